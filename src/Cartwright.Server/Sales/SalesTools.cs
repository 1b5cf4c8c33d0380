using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cartwright.Mcp;
using Cartwright.Server.Widgets;

namespace Cartwright.Server.Sales;

internal sealed record FindProductsRequest
{
    [Description("Id, name, or words of the name; a few letters may be wrong")]
    [Size(1, 200)]
    public required string Query { get; init; }

    [Description(SalesTools.FirstDayText + "; left out, the last 30 days count")]
    [Size(1, 40)]
    public string? DateStart { get; init; }

    [Description(SalesTools.LastDayText)]
    [Size(1, 40)]
    public string? DateEnd { get; init; }
}

internal sealed record SalesBetweenRequest
{
    [Description(SalesTools.FirstDayText)]
    [Size(1, 40)]
    [Example("2025-01-01")]
    public required string DateStart { get; init; }

    [Description(SalesTools.LastDayText)]
    [Size(1, 40)]
    [Example("2025-01-31")]
    public required string DateEnd { get; init; }
}

internal sealed record TopProductsRequest
{
    [Description("How many of each currency; left out, as many as the shop has set")]
    [Range(1, SalesReports.MostTop)]
    public int? N { get; init; }

    [Description("How many of each currency to leave out first: the products behind those already seen")]
    [Range(0, SalesReports.MostOffset)]
    public int? Offset { get; init; }

    [Description(SalesTools.FirstDayText + "; left out, the last 30 days count")]
    [Size(1, 40)]
    public string? DateStart { get; init; }

    [Description(SalesTools.LastDayText)]
    [Size(1, 40)]
    public string? DateEnd { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FindProductsRequest))]
[JsonSerializable(typeof(SalesBetweenRequest))]
[JsonSerializable(typeof(TopProductsRequest))]
internal sealed partial class SalesRequestJson : JsonSerializerContext;

/// <summary>The merchant's tools. All of them only read.</summary>
internal sealed class SalesTools(SalesReports reports)
{
    internal const string FirstDayText = "First day, yyyy-mm-dd in the shop's time zone, or today or yesterday";
    internal const string LastDayText = "Last day, included: yyyy-mm-dd, today or yesterday; not in the future";

    public IReadOnlyList<McpTool> All() =>
    [
        Tool(
            "find_products",
            "Find products",
            "Finds products by id, name or words, in the catalogue and in what was ever sold, and tells what each sold in the period. "
            + $"Use it to learn the id that a product has. {SalesDefinitions.DescribeProducts}",
            ("Searching the products", "Products found"),
            SalesRequestJson.Default.FindProductsRequest,
            SalesAnswerJson.Default.FoundAnswer,
            (request, call) => reports.Find(request.Query, request.DateStart, request.DateEnd, call.Aborted)),
        Tool(
            "sales_between",
            "Sales between two days",
            "Orders, units, gross, refunds and net of a period, in total and by day (weeks and months for long periods). "
            + SalesDefinitions.Describe("orders", "units", "gross", "refunds", "net"),
            ("Adding up the sales", "Sales added up"),
            SalesRequestJson.Default.SalesBetweenRequest,
            SalesAnswerJson.Default.BetweenAnswer,
            (request, call) => reports.Between(request.DateStart, request.DateEnd, call.Aborted)),
        Tool(
            "top_products",
            "Best-selling products",
            $"The products with the highest net of a period, best first, with units and orders. {SalesDefinitions.DescribeProducts}",
            ("Ranking the products", "Products ranked"),
            SalesRequestJson.Default.TopProductsRequest,
            SalesAnswerJson.Default.TopAnswer,
            (request, call) => reports.Top(request.N, request.Offset ?? 0, request.DateStart, request.DateEnd, call.Aborted),
            Widget.SalesReport),
        Tool(
            "sales_report",
            "Sales report",
            "Everything about a period in one answer: totals, average order, best and worst day, categories, days, and the change against the period before. "
            + SalesDefinitions.Describe([.. SalesDefinitions.Figures.Select(figure => figure.Name)]),
            ("Writing the report", "Report written"),
            SalesRequestJson.Default.SalesBetweenRequest,
            SalesAnswerJson.Default.ReportAnswer,
            (request, call) => reports.Report(request.DateStart, request.DateEnd, call.Aborted),
            Widget.SalesReport),
    ];

    private static McpTool Tool<TRequest, TResult>(
        string name,
        string title,
        string description,
        (string Doing, string Done) status,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TResult> result,
        Func<TRequest, McpCall, ValueTask<Result<SalesReply>>> answer,
        Widget? widget = null)
        where TRequest : class => McpTool.Create(
            new ToolDeclaration(name, title, description, ToolBehaviour.Reads)
            {
                Meta = widget?.ToolMeta(status.Doing, status.Done) ?? Widget.NoneMeta(status.Doing, status.Done, isBackOffice: true),
            },
            request,
            result,
            async (asked, call) =>
            {
                var reply = await answer(asked, call);
                return reply.Ok
                    ? ToolResult.OfJson(reply.Value.Json, reply.Value.Text).WithMeta(widget?.ResultMeta() ?? [])
                    : reply.Problem.ToToolResult();
            });
}
