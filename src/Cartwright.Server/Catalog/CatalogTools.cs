using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Cartwright.Mcp;
using Cartwright.Server.Widgets;

namespace Cartwright.Server.Catalog;

/// <summary>Arguments of <c>list_products</c>; each facet of the catalogue is one more.</summary>
internal sealed record ListProductsRequest
{
    [Description("Words to look for in name, description and categories")]
    [Size(0, 200)]
    public string? Search { get; init; }

    [Description("Lowest price, inclusive, in the shop's currency")]
    public decimal? MinPrice { get; init; }

    [Description("Highest price, inclusive, in the shop's currency")]
    public decimal? MaxPrice { get; init; }

    [Description("Order of the products: by default relevance with a search, featured without")]
    [AllowedValues("featured", "relevance", "price_asc", "price_desc", "name")]
    public string? Sort { get; init; }

    [Description("Products per page, by default 20")]
    [Range(1, ProductQuery.MaxLimit)]
    public int? Limit { get; init; }

    [Description("next_cursor of the page before; everything else as in that call")]
    public string? Cursor { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Facets { get; set; }
}

/// <summary>Arguments of <c>get_product</c>.</summary>
internal sealed record GetProductRequest([property: Description("Id of the product, e.g. from list_products")] string ProductId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListProductsRequest))]
[JsonSerializable(typeof(GetProductRequest))]
[JsonSerializable(typeof(ProductListResult))]
[JsonSerializable(typeof(ProductResult))]
internal sealed partial class CatalogToolJson : JsonSerializerContext;

/// <summary>The tools that show the catalogue. Their schemas follow the loaded catalogue, so they are made anew when it changes.</summary>
internal sealed class CatalogTools(ProductCatalog catalog, CatalogWatch watch, ProductJson products, CatalogHead? head)
{
    /// <summary>A catalogue of this many products or fewer also travels whole, for the widget alone.</summary>
    private const int MaxWhole = 100;

    // Answers depend on nothing but the catalogue's version and the query, and most calls repeat one of few queries.
    private readonly AnswerCache _answers = new();

    public IReadOnlyList<McpTool> All() => [ListProducts(), GetProduct()];

    private McpTool ListProducts() => McpTool.Create(
        new ToolDeclaration(
            "list_products",
            "Browse products",
            $"Lists and searches the products of {head?.Store.Name ?? "the shop"}, with prices and stock. Filter by the shop's own properties, "
            + "by words and by price. Shows the products to the shopper.",
            ToolBehaviour.Reads)
        {
            Meta = Widget.Catalog.ToolMeta("Looking through the shelves", "Products found"),
        },
        CatalogToolJson.Default.ListProductsRequest,
        CatalogToolJson.Default.ProductListResult,
        List,
        AddFacets);

    private McpTool GetProduct() => McpTool.Create(
        new ToolDeclaration(
            "get_product",
            "Look at a product",
            "Tells everything about one product: description, price now, whether it is in stock.",
            ToolBehaviour.Reads)
        {
            Meta = Widget.NoneMeta("Looking at the product", "Product found"),
        },
        CatalogToolJson.Default.GetProductRequest,
        CatalogToolJson.Default.ProductResult,
        Get);

    private async ValueTask<ToolResult> List(ListProductsRequest request, McpCall call)
    {
        var key = JsonSerializer.Serialize(request, CatalogToolJson.Default.ListProductsRequest);
        if (await watch.Version(call.Aborted) == head?.Version && _answers.Find(key) is { } known)
        {
            return known;
        }

        var page = await catalog.Find(
            new ProductQuery
            {
                Search = request.Search,
                MinPrice = request.MinPrice,
                MaxPrice = request.MaxPrice,
                Sort = request.Sort,
                Limit = request.Limit,
                Cursor = request.Cursor,
                Facets = Values(request.Facets),
            },
            call.Aborted);
        if (!page.Ok)
        {
            return page.Problem.ToToolResult();
        }

        var answer = await Answer(request, page.Value, call.Aborted);
        if (page.Value.Head.Version == head?.Version)
        {
            _answers.Keep(key, answer);
        }

        return answer;
    }

    private async ValueTask<ToolResult> Get(GetProductRequest request, McpCall call)
    {
        var found = await catalog.Get(request.ProductId, call.Aborted);
        if (!found.Ok)
        {
            return found.Problem.ToToolResult();
        }

        var product = found.Value;
        var json = ProductJson.Encode(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("product"u8);
            products.Write(writer, product);
            writer.WriteEndObject();
        });
        return ToolResult.OfJson(json, $"{CatalogText.Line(product)}\n{product.Description}");
    }

    private async ValueTask<ToolResult> Answer(ListProductsRequest request, ProductPage page, CancellationToken cancellation)
    {
        var json = ProductJson.Encode(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("products"u8);
            products.Write(writer, page.Products);
            writer.WriteStartObject("filters"u8);
            foreach (var facet in page.Head.Facets)
            {
                WriteList(writer, facet.Key, facet.Values);
            }

            writer.WriteEndObject();
            WriteInitialFilters(writer, request, page);
            writer.WriteNumber("total"u8, page.Total);
            if (page.NextCursor is not null)
            {
                writer.WriteString("next_cursor"u8, page.NextCursor);
            }

            writer.WriteEndObject();
        });
        var meta = Widget.Catalog.ResultMeta();
        if (page.Head.ProductCount <= MaxWhole)
        {
            var all = await catalog.All(MaxWhole, cancellation);
            meta = [.. meta, new("catalog", ProductJson.Encode(writer => products.Write(writer, all)))];
        }

        return ToolResult.OfJson(json, CatalogText.Of(page)).WithMeta(meta);
    }

    private static void WriteInitialFilters(Utf8JsonWriter writer, ListProductsRequest request, ProductPage page)
    {
        var hasSearch = !string.IsNullOrWhiteSpace(request.Search);
        if (page.Filters.Count == 0 && !hasSearch && request.MinPrice is null && request.MaxPrice is null && request.Sort is null)
        {
            return;
        }

        writer.WriteStartObject("initialFilters"u8);
        foreach (var (key, values) in page.Filters)
        {
            WriteList(writer, key, values);
        }

        if (hasSearch)
        {
            writer.WriteString("search"u8, request.Search);
        }

        if (request.MinPrice is { } minimum)
        {
            writer.WriteNumber("min_price"u8, minimum);
        }

        if (request.MaxPrice is { } maximum)
        {
            writer.WriteNumber("max_price"u8, maximum);
        }

        if (request.Sort is not null)
        {
            writer.WriteString("sort"u8, request.Sort);
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private void AddFacets(JsonObject schema)
    {
        var properties = (JsonObject)schema["properties"]!;
        var index = 0;
        foreach (var facet in head?.Facets ?? [])
        {
            JsonArray Values() => [.. facet.Values.Select(value => (JsonNode)value)];
            properties.Insert(index++, facet.Key, new JsonObject
            {
                ["description"] = $"{facet.Title}: one value, or several of which any may apply",
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["type"] = "string", ["enum"] = Values() },
                    new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string", ["enum"] = Values() } }),
            });
        }

        schema["additionalProperties"] = false;
    }

    private static Dictionary<string, IReadOnlyList<string>> Values(IDictionary<string, JsonElement>? facets) =>
        (facets ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal))
            .Where(entry => entry.Value.ValueKind is JsonValueKind.String or JsonValueKind.Array)
            .ToDictionary(
                entry => entry.Key,
                entry => entry.Value.ValueKind == JsonValueKind.String
                    ? (IReadOnlyList<string>)[entry.Value.GetString()!]
                    : [.. entry.Value.EnumerateArray().Select(value => value.GetString()!)],
                StringComparer.Ordinal);
}

/// <summary>Products in words, for clients without widgets.</summary>
internal static class CatalogText
{
    public static string Of(ProductPage page)
    {
        var text = new StringBuilder();
        text.Append(page switch
        {
            { Total: 0 } => $"No product of {page.Head.Store.Name} matches: leave out a filter or try other words.",
            { Total: 1 } => $"1 product of {page.Head.Store.Name}:",
            _ when page.Products.Count == page.Total => $"{page.Total} products of {page.Head.Store.Name}:",
            _ => $"{page.Products.Count} of {page.Total} products of {page.Head.Store.Name}:",
        });
        foreach (var product in page.Products)
        {
            text.Append("\n- ").Append(Line(product));
        }

        if (page.NextCursor is not null)
        {
            text.Append("\nThere are more: repeat the call with cursor \"").Append(page.NextCursor).Append("\".");
        }

        return text.ToString();
    }

    public static string Line(Product product)
    {
        var facets = string.Concat(product.Facets.Select(facet => $"; {facet.Key}: {string.Join(", ", facet.Value)}"));
        var category = product.Category is null ? "" : $"; {product.Category}";
        return $"{product.Name} ({product.Id}), {product.Price}, {Stock(product)}{category}{facets}";
    }

    private static string Stock(Product product) => product.Stock switch
    {
        null => "in stock",
        <= 0 => "out of stock",
        < 10 => $"only {product.Stock} left",
        _ => "in stock",
    };
}
