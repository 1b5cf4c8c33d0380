using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Cartwright.Server.Sales;

/// <summary>What every answer says of itself. The order of the properties puts this before the rows.</summary>
internal abstract record SalesAnswer
{
    [JsonPropertyOrder(-9)]
    [Description("First day, in the shop's time zone")]
    public required string DateStart { get; init; }

    [JsonPropertyOrder(-8)]
    [Description("Last day, included")]
    public required string DateEnd { get; init; }

    [JsonPropertyOrder(-7)]
    public required int Days { get; init; }

    [JsonPropertyOrder(-6)]
    [Description("The shop's time zone, an IANA name")]
    public required string TimeZone { get; init; }

    [JsonPropertyOrder(-5)]
    [Description("Version of the definitions of the figures (resource shop://definitions)")]
    public required string DefinitionVersion { get; init; }

    [JsonPropertyOrder(-4)]
    [Description("Entries in rows")]
    public required int RowCount { get; init; }

    [JsonPropertyOrder(-3)]
    [Description("Simulated orders count in these figures")]
    public required bool IncludesSimulated { get; init; }

    [JsonPropertyOrder(-2)]
    [Description("Sample history counts in these figures")]
    public required bool IncludesSample { get; init; }

    [JsonPropertyOrder(-1)]
    [Description("What was left out, and how to get it")]
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>Figures of one currency; amounts are decimals with its places.</summary>
internal record FiguresRow
{
    [JsonConstructor]
    public FiguresRow()
    {
    }

    [SetsRequiredMembers]
    public FiguresRow(Currency currency, SalesFigures figures)
    {
        (Currency, Orders, Units) = (currency.Code, figures.Orders, figures.Units);
        Gross = new Money(figures.GrossMinor, currency).ToDecimal();
        Refunds = new Money(figures.RefundsMinor, currency).ToDecimal();
        Net = new Money(figures.NetMinor, currency).ToDecimal();
    }

    [JsonPropertyOrder(-9)]
    [Description("ISO 4217")]
    public required string Currency { get; init; }

    [JsonPropertyOrder(-8)]
    public required long Orders { get; init; }

    [JsonPropertyOrder(-7)]
    public required long Units { get; init; }

    [JsonPropertyOrder(-6)]
    public required decimal Gross { get; init; }

    [JsonPropertyOrder(-5)]
    public required decimal Refunds { get; init; }

    [JsonPropertyOrder(-4)]
    public required decimal Net { get; init; }
}

/// <summary>Figures of a day, or of a week or month as far as it lies in the period.</summary>
internal sealed record PeriodRow : FiguresRow
{
    [JsonConstructor]
    public PeriodRow()
    {
    }

    [SetsRequiredMembers]
    public PeriodRow(string start, string? end, Currency currency, SalesFigures figures)
        : base(currency, figures) => (Start, End) = (start, end);

    [JsonPropertyOrder(-11)]
    [Description("First day of the row")]
    public required string Start { get; init; }

    [JsonPropertyOrder(-10)]
    [Description("Last day of the row; left out when the row is one day")]
    public string? End { get; init; }
}

/// <summary>Answer of <c>sales_between</c>.</summary>
internal sealed record BetweenAnswer : SalesAnswer
{
    [Description("day, week or month")]
    public required string Granularity { get; init; }

    [Description("The whole period, one entry per currency")]
    public required IReadOnlyList<FiguresRow> Totals { get; init; }

    [Description("In the order of time, one per currency")]
    public required IReadOnlyList<PeriodRow> Rows { get; init; }
}

internal sealed record DayNet(string Date, decimal Net);

/// <summary>The same figures of the days before.</summary>
internal sealed record PreviousFigures(string DateStart, string DateEnd, long Orders, long Units, decimal Gross, decimal Refunds, decimal Net, decimal? AverageOrderValue);

/// <summary>Percent, one place.</summary>
internal sealed record Changes(decimal? Orders, decimal? Units, decimal? Gross, decimal? Refunds, decimal? Net, decimal? AverageOrderValue);

internal sealed record ReportTotals : FiguresRow
{
    [JsonConstructor]
    public ReportTotals()
    {
    }

    [SetsRequiredMembers]
    public ReportTotals(Currency currency, SalesFigures figures, PreviousFigures previous, Changes changePercent)
        : base(currency, figures) => (Previous, ChangePercent) = (previous, changePercent);

    public decimal? AverageOrderValue { get; init; }

    public decimal? UnitsPerOrder { get; init; }

    public required long DistinctProducts { get; init; }

    public required int DaysWithSales { get; init; }

    public DayNet? BestDay { get; init; }

    public DayNet? WorstDay { get; init; }

    public required PreviousFigures Previous { get; init; }

    public required Changes ChangePercent { get; init; }
}

internal sealed record CategoryRow(
    string Category, string Currency, int Products, long Units, decimal Gross, decimal Refunds, decimal Net, decimal? GrossSharePercent);

/// <summary>Answer of <c>sales_report</c>.</summary>
internal sealed record ReportAnswer : SalesAnswer
{
    [Description("The whole period against the one before, one entry per currency")]
    public required IReadOnlyList<ReportTotals> Totals { get; init; }

    [Description("Highest gross first; \"(other categories)\" sums up those that do not fit")]
    public required IReadOnlyList<CategoryRow> ByCategory { get; init; }

    [Description("What a row stands for: day, week or month")]
    public required string Granularity { get; init; }

    [Description("In the order of time, one per currency")]
    public required IReadOnlyList<PeriodRow> Rows { get; init; }
}

internal sealed record ProductRow : FiguresRow
{
    [JsonConstructor]
    public ProductRow()
    {
    }

    [SetsRequiredMembers]
    public ProductRow(int rank, ProductFigures product)
        : base(product.Currency, product.Figures) => (Rank, ProductId, Name, Category) = (rank, product.ProductId, product.Name, product.Category);

    [JsonPropertyOrder(-13)]
    [Description("1 is the best of its currency")]
    public required int Rank { get; init; }

    [JsonPropertyOrder(-12)]
    public required string ProductId { get; init; }

    [JsonPropertyOrder(-11)]
    public required string Name { get; init; }

    [JsonPropertyOrder(-10)]
    public string? Category { get; init; }
}

internal sealed record SoldTotals(
    string Currency,
    [property: Description("Different products of which at least one piece was sold")] int Products,
    long Units,
    decimal Net);

/// <summary>Answer of <c>top_products</c>.</summary>
internal sealed record TopAnswer : SalesAnswer
{
    [Description("All products of the period, shown or not, refunds of those that sold nothing in it too; one entry per currency")]
    public required IReadOnlyList<SoldTotals> Totals { get; init; }

    [Description("Best first by net, currency after currency")]
    public required IReadOnlyList<ProductRow> Rows { get; init; }
}

internal sealed record FoundRow(
    string ProductId,
    string Name,
    string? Category,
    [property: Description("Whether the catalogue has it now; else it is known from history alone")] bool InCatalog,
    [property: Description("Its figures in the period, one entry per currency; empty when none was sold")] IReadOnlyList<FiguresRow> Sold);

/// <summary>Answer of <c>find_products</c>.</summary>
internal sealed record FoundAnswer : SalesAnswer
{
    [Description("Best match first")]
    public required IReadOnlyList<FoundRow> Rows { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BetweenAnswer))]
[JsonSerializable(typeof(ReportAnswer))]
[JsonSerializable(typeof(TopAnswer))]
[JsonSerializable(typeof(FoundAnswer))]
internal sealed partial class SalesAnswerJson : JsonSerializerContext;
