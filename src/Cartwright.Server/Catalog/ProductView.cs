using System.Buffers;
using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cartwright.Server.Catalog;

/// <summary>A product as clients see it; each facet is one more property, a text or a list of texts.</summary>
internal sealed record ProductView(
    string Id,
    string Name,
    [property: Description("Price in the shop's currency")] decimal Price,
    string Currency,
    string Description,
    string? Image,
    string? Category,
    bool InStock)
{
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Facets { get; set; }
}

/// <summary>Shape of <c>get_product</c>.</summary>
internal sealed record ProductResult(ProductView Product);

/// <summary>Shape of <c>list_products</c>.</summary>
internal sealed record ProductListResult(
    IReadOnlyList<ProductView> Products,
    [property: Description("What can be filtered by, and the values there are")] IReadOnlyDictionary<string, string[]> Filters,
    [property: Description("The filters that were applied"), JsonPropertyName("initialFilters")] IReadOnlyDictionary<string, JsonElement>? InitialFilters,
    [property: Description("How many products match, on all pages")] int Total,
    [property: Description("Pass it as cursor to get the next page; absent on the last one")] string? NextCursor);

/// <summary>Writes products as JSON. By hand, because a catalogue's facets are properties that no type knows.</summary>
internal sealed class ProductJson(string origin)
{
    /// <summary>Relaxed: the JSON goes to models and widgets, never into a page.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public void Write(Utf8JsonWriter writer, IEnumerable<Product> products)
    {
        writer.WriteStartArray();
        foreach (var product in products)
        {
            Write(writer, product);
        }

        writer.WriteEndArray();
    }

    public void Write(Utf8JsonWriter writer, Product product)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, product.Id);
        writer.WriteString("name"u8, product.Name);
        writer.WriteNumber("price"u8, product.Price.ToDecimal());
        writer.WriteString("currency"u8, product.Price.Currency.Code);
        writer.WriteString("description"u8, product.Description);
        if (ImageUrl(product.Image) is { } image)
        {
            writer.WriteString("image"u8, image);
        }

        if (product.Category is not null)
        {
            writer.WriteString("category"u8, product.Category);
        }

        writer.WriteBoolean("in_stock"u8, product.InStock);
        foreach (var (key, values) in product.Facets)
        {
            writer.WritePropertyName(key);
            WriteValues(writer, values);
        }

        writer.WriteEndObject();
    }

    /// <summary>The address of an image: the shop's own ones under its public URL, others as they are.</summary>
    public string? ImageUrl(string? image) =>
        image is null || image.StartsWith("https://", StringComparison.Ordinal) ? image : MediaRoutes.Address(origin, image);

    private static void WriteValues(Utf8JsonWriter writer, string[] values)
    {
        if (values.Length == 1)
        {
            writer.WriteStringValue(values[0]);
            return;
        }

        writer.WriteStartArray();
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
