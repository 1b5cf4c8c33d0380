using System.Text;

namespace Cartwright.Server.Sales;

/// <summary>Answers in words, for clients that show only text.</summary>
internal static class SalesText
{
    public static string Of(BetweenAnswer answer, SalesFacts facts)
    {
        var text = Begin("Sales", answer, facts);
        foreach (var total in answer.Totals)
        {
            text.Append($"- {Figures(total)}\n");
        }

        AddRows(text, answer.Rows, answer.Granularity);
        return End(text, answer);
    }

    public static string Of(ReportAnswer answer, SalesFacts facts)
    {
        var text = Begin("Sales report", answer, facts);
        foreach (var total in answer.Totals)
        {
            text.Append($"- {Figures(total)}");
            text.Append(total.AverageOrderValue is { } average ? $"; {average} per order, {total.UnitsPerOrder} units per order" : "");
            text.Append($"; {total.DistinctProducts} different products; {total.DaysWithSales} days with sales");
            text.Append(total.BestDay is { } best ? $"; best day {best.Date} ({best.Net} net), worst {total.WorstDay!.Date} ({total.WorstDay.Net} net)" : "");
            text.Append($"\n  before ({total.Previous.DateStart} to {total.Previous.DateEnd}): {total.Previous.Orders} orders, {total.Previous.Units} units, net {total.Previous.Net}");
            text.Append(total.ChangePercent.Net is { } change ? $"; net changed by {change} %\n" : "\n");
        }

        if (answer.ByCategory.Count > 0)
        {
            text.Append("By category:\n");
            foreach (var row in answer.ByCategory)
            {
                text.Append($"- {row.Category}: {row.Units} units, net {row.Net} {row.Currency}{(row.GrossSharePercent is { } share ? $", {share} % of gross" : "")}\n");
            }
        }

        AddRows(text, answer.Rows, answer.Granularity);
        return End(text, answer);
    }

    public static string Of(TopAnswer answer, SalesFacts facts)
    {
        var text = Begin("Best products by net", answer, facts);
        foreach (var row in answer.Rows)
        {
            text.Append($"{row.Rank}. {row.Name} ({row.ProductId}): net {row.Net} {row.Currency}, {row.Units} units in {row.Orders} orders\n");
        }

        text.Append(answer.Totals.All(total => total.Products == 0) ? "Nothing was sold in this period.\n" : "");
        return End(text, answer);
    }

    public static string Of(FoundAnswer answer, SalesFacts facts, string query)
    {
        var text = Begin($"Products for {SalesPeriods.Quote(query)}", answer, facts);
        foreach (var row in answer.Rows)
        {
            var sold = row.Sold.Count == 0 ? "none sold" : string.Join("; ", row.Sold.Select(figures => $"{figures.Units} units, net {figures.Net} {figures.Currency}"));
            text.Append($"- {row.Name} ({row.ProductId}){(row.Category is null ? "" : $", {row.Category}")}{(row.InCatalog ? "" : ", no longer in the catalogue")}: {sold}\n");
        }

        return End(text, answer);
    }

    private static StringBuilder Begin(string title, SalesAnswer answer, SalesFacts facts) => new(
        $"{title} of {facts.ShopName}, {answer.DateStart} to {answer.DateEnd} ({answer.Days} {(answer.Days == 1 ? "day" : "days")}, {answer.TimeZone}):\n");

    private static string Figures(FiguresRow row) =>
        $"{row.Currency}: {row.Orders} orders, {row.Units} units, gross {row.Gross}, refunds {row.Refunds}, net {row.Net}";

    private static void AddRows(StringBuilder text, IReadOnlyList<PeriodRow> rows, string granularity)
    {
        var sold = rows.Where(row => row.Orders != 0 || row.Net != 0 || row.Refunds != 0).ToList();
        text.Append(sold.Count == 0 ? "Nothing was sold or given back.\n" : $"By {granularity}, those without sales left out:\n");
        foreach (var row in sold)
        {
            text.Append($"- {row.Start}: {row.Orders} orders, {row.Units} units, net {row.Net} {row.Currency}\n");
        }
    }

    private static string End(StringBuilder text, SalesAnswer answer)
    {
        foreach (var note in answer.Notes ?? [])
        {
            text.Append(note).Append('\n');
        }

        text.Append(answer.IncludesSimulated ? "Simulated orders count in these figures: no money moved for them.\n" : "");
        text.Append(answer.IncludesSample ? "Sample history counts in these figures: it is made up.\n" : "");
        return text.Append($"{answer.RowCount} {(answer.RowCount == 1 ? "row" : "rows")}; definitions version {answer.DefinitionVersion} (shop://definitions).").ToString();
    }
}
