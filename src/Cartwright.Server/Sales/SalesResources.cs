using System.Text;
using System.Text.Json;
using Cartwright.Mcp;
using Cartwright.Server.Catalog;

namespace Cartwright.Server.Sales;

/// <summary>What a client can attach to a conversation: the shop's facts, the definitions, a product, a month.</summary>
internal sealed class SalesResources(SalesBook book, SalesReports reports, SalesCompletion completion)
{
    public const string FactsUri = "shop://facts";
    public const string DefinitionsUri = "shop://definitions";

    private const string Json = "application/json";
    private const string Markdown = "text/markdown";

    // Of a large catalogue not all fit; find_products has them.
    private const int MostCategories = 100;

    public IReadOnlyList<McpResource> All() =>
    [
        new McpResource(FactsUri, "shop-facts", Json, ReadFacts)
        {
            Title = "Facts about the shop",
            Description = "Name, currency, time zone, today's date there, the days with sales, categories, and whether simulated or sample sales count.",
        },
        new McpResource(
            DefinitionsUri,
            "metric-definitions",
            Markdown,
            _ => ValueTask.FromResult(new ReadResult(ResourceContents.Text(DefinitionsUri, Markdown, SalesDefinitions.Markdown))))
        {
            Title = "What the figures mean",
            Description = "The definition of every figure that the tools give, and the rules of ranges and currencies.",
        },
    ];

    public IReadOnlyList<McpResourceTemplate> Templates() =>
    [
        new McpResourceTemplate("shop://product/{id}", "product", Json, ReadProduct)
        {
            Title = "A product's sales",
            Description = "One product by its id: name, category, and its figures of the last 30 days.",
            Complete = completion.Complete,
        },
        new McpResourceTemplate("shop://report/{month}", "month-report", Json, ReadMonth)
        {
            Title = "A month's report",
            Description = "The report of a month, yyyy-mm: what sales_report answers for it; of the running month up to today.",
            Complete = completion.Complete,
        },
    ];

    private async ValueTask<ReadResult> ReadFacts(McpCall call)
    {
        var facts = await book.Facts(call.Aborted);
        var categories = await book.Categories(call.Aborted);
        var json = ProductJson.Encode(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, facts.ShopName);
            writer.WriteString("currency"u8, facts.Currency.Code);
            writer.WriteString("time_zone"u8, facts.Zone.Id);
            writer.WriteString("today"u8, SalesPeriods.Iso(facts.Today));
            WriteDay(writer, "first_day"u8, facts.FirstDay);
            WriteDay(writer, "last_day"u8, facts.LastDay);
            writer.WriteBoolean("includes_simulated"u8, facts.HasSimulated);
            writer.WriteBoolean("includes_sample"u8, facts.HasSample);
            writer.WriteString("definition_version"u8, SalesDefinitions.Version);
            writer.WriteNumber("category_count"u8, categories.Count);
            writer.WriteStartArray("categories"u8);
            foreach (var category in categories.Take(MostCategories))
            {
                writer.WriteStringValue(category);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return new ReadResult(ResourceContents.Text(FactsUri, Json, Encoding.UTF8.GetString(json)));
    }

    private async ValueTask<ReadResult?> ReadProduct(IReadOnlyDictionary<string, string> variables, McpCall call)
    {
        var id = variables["id"];
        var reply = await reports.Product(id, call.Aborted);
        return reply.Ok
            ? new ReadResult(ResourceContents.Text($"shop://product/{Uri.EscapeDataString(id)}", Json, reply.Value.JsonText))
            : reply.Problem.ToReadResult(call);
    }

    private async ValueTask<ReadResult?> ReadMonth(IReadOnlyDictionary<string, string> variables, McpCall call)
    {
        var reply = await reports.Month(variables["month"], call.Aborted);
        return reply.Ok
            ? new ReadResult(ResourceContents.Text($"shop://report/{variables["month"]}", Json, reply.Value.JsonText))
            : reply.Problem.ToReadResult(call);
    }

    private static void WriteDay(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateOnly? day)
    {
        if (day is { } known)
        {
            writer.WriteString(name, SalesPeriods.Iso(known));
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
