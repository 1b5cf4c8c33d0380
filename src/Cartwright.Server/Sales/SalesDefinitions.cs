using System.Text;

namespace Cartwright.Server.Sales;

/// <summary>One figure: its name in the answers, and what it means.</summary>
internal sealed record FigureDefinition(string Name, string Meaning);

/// <summary>
/// What every figure means, said once: the tools' descriptions, the resource <c>shop://definitions</c> and docs/sales.md all have it
/// from here. Whoever changes a meaning changes the version, which every answer names.
/// </summary>
internal static class SalesDefinitions
{
    public const string Version = "1";

    private const string RangeRule = "Dates are whole days in the shop's time zone, both ends included.";
    private const string CurrencyRule = "Amounts are decimals with the places of their currency. Currencies are never added up: each has rows of its own.";

    private const string ProductRule = "Orders of a product are the orders that contain it, so they do not add up over products.";

    public static IReadOnlyList<FigureDefinition> Figures { get; } =
    [
        new("orders", "orders paid in the period, each on the day it was paid; a refund takes none away"),
        new("units", "pieces in those orders; a refund takes none away"),
        new("gross", "price times quantity of all lines of those orders, as sold"),
        new("refunds", "money given back in the period, on the day it was given back, whenever the order was paid"),
        new("net", "gross without refunds; below zero when more was given back than sold"),
        new("average_order_value", "gross divided by orders, rounded to the currency's places; left out when there is no order"),
        new("units_per_order", "units divided by orders, to two places; left out when there is no order"),
        new("distinct_products", "different products of which at least one piece was sold"),
        new("days_with_sales", "days with at least one order"),
        new("best_day", "the day with the highest net among the days with an order or a refund; the first of equal ones"),
        new("worst_day", "the day with the lowest net among the same days; the first of equal ones"),
        new("previous", "the same figures of as many days right before the period"),
        new("change_percent", "change against those, in percent to one place; left out when the figure was zero or less before"),
        new("by_category", "units and amounts by product category, a refund shared out over the order's lines in proportion; no orders, because one order can touch several"),
        new("gross_share_percent", "part of the currency's gross, in percent to one place; left out when the gross is zero"),
    ];

    public static IReadOnlyList<string> Rules { get; } =
    [
        RangeRule,
        CurrencyRule,
        "A period without any sale has rows of zeros in the shop's currency.",
        "Rows stand for days up to 62 days, for weeks (Monday to Sunday) up to 400, for months above; the first and the last are cut off by the period.",
        ProductRule,
        "Taxes and delivery are not part of any amount: the shop charges none.",
        "Simulated orders count only while the sandbox is the payment provider, sample history always; every answer says whether they do.",
    ];

    /// <summary>What these figures mean, for a tool's description.</summary>
    public static string Describe(params IEnumerable<string> names) =>
        $"{string.Join("; ", names.Select(name => $"{name}: {Figures.Single(figure => figure.Name == name).Meaning}"))}. {RangeRule} {CurrencyRule}";

    /// <summary>What the figures of single products mean.</summary>
    public static string DescribeProducts => $"{Describe("orders", "units", "gross", "refunds", "net")} {ProductRule}";

    /// <summary>The definitions as a page.</summary>
    public static string Markdown { get; } = Write();

    private static string Write()
    {
        var text = new StringBuilder($"Definitions, version {Version}.\n\n| Figure | Meaning |\n| --- | --- |\n");
        foreach (var figure in Figures)
        {
            text.Append($"| `{figure.Name}` | {figure.Meaning} |\n");
        }

        text.Append('\n');
        foreach (var rule in Rules)
        {
            text.Append($"- {rule}\n");
        }

        return text.ToString();
    }
}
