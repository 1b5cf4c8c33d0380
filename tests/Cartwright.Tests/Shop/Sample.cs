using System.Globalization;
using System.Text.Json.Nodes;

namespace Cartwright.Tests.Shop;

/// <summary>Catalogues in the file format, as small as a test can use them.</summary>
internal static class Sample
{
    public static JsonObject Product(string id, string name, string price, long? stock = null, string? sunlight = null, string? category = null)
    {
        var product = new JsonObject { ["id"] = id, ["name"] = name, ["price"] = price, ["description"] = $"This is {name}." };
        if (stock is not null)
        {
            product["stock"] = stock;
        }

        if (sunlight is not null)
        {
            product["facets"] = new JsonObject { ["sunlight"] = sunlight };
        }

        if (category is not null)
        {
            product["category"] = category;
        }

        return product;
    }

    public static JsonObject[] Plants() =>
    [
        Product("aloe-vera", "Aloe Vera", "14.99", sunlight: "Full Sun", category: "Top Rated"),
        Product("monstera", "Monstera", "34.99", stock: 3, sunlight: "Indirect Light", category: "Essentials"),
        Product("fern", "Boston Fern", "9.50", sunlight: "Low Light", category: "Essentials"),
        Product("pot-small", "Clay Pot", "4.00", category: "Accessories"),
        Product("pot-large", "Clay  pot", "8.00", stock: 0, category: "Accessories"),
    ];

    public static JsonObject Catalog(IEnumerable<JsonObject> products, string currency = "USD") => new()
    {
        ["$schema"] = "../docs/catalog.schema.json",
        ["store"] = new JsonObject { ["name"] = "Plantly", ["currency"] = currency, ["country"] = "US" },
        ["facets"] = new JsonArray(
            Facet("sunlight", "Sunlight", "Full Sun", "Indirect Light", "Low Light"),
            Facet("category", "Category", "Top Rated", "Essentials", "Accessories")),
        ["products"] = new JsonArray([.. products]),
    };

    /// <summary>So many products with ids p0, p1, ..., at one unit each and more.</summary>
    public static IEnumerable<JsonObject> Many(int count) => Enumerable.Range(0, count)
        .Select(i => Product($"p{i}", $"Product {i}", (i + 1).ToString(CultureInfo.InvariantCulture)));

    private static JsonObject Facet(string key, string title, params string[] values) => new()
    {
        ["key"] = key,
        ["title"] = title,
        ["values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]),
    };
}
