using System.Text.Json.Serialization;

namespace Cartwright.Server.Catalog;

/// <summary>What a catalogue says of its shop. The country is ISO 3166 alpha-2, the time zone an IANA name.</summary>
internal sealed record StoreFacts(string Name, Currency Currency, string Country, string? Description, string TimeZone);

/// <summary>A property to filter by, and the only values it has. The key <c>category</c> filters by the products' category.</summary>
internal sealed record Facet(string Key, string Title, IReadOnlyList<string> Values);

/// <summary>What is true of the whole catalogue. The version grows by one with every load.</summary>
internal sealed record CatalogHead(long Version, StoreFacts Store, IReadOnlyList<Facet> Facets, int ProductCount);

/// <summary>
/// A product that is sold. The image is a path for <see cref="ProductCatalog.Image"/> or an https URL. Stock null is not
/// limited. Facets has no entry for <c>category</c>: that is <paramref name="Category"/>.
/// </summary>
internal sealed record Product(
    string Id,
    string Name,
    Money Price,
    string Description,
    string? Image,
    string? Category,
    long? Stock,
    IReadOnlyDictionary<string, string[]> Facets)
{
    public bool InStock => Stock is not <= 0;
}

/// <summary>Enough of a product to suggest it.</summary>
internal sealed record ProductName(string Id, string Name)
{
    public override string ToString() => $"{Id} ({Name})";
}

/// <summary>An image of the catalogue; the SHA-256 (lower-case hex) serves as its entity tag.</summary>
internal sealed record StoredImage(string MediaType, string Sha256, byte[] Bytes);

[JsonSerializable(typeof(SortedDictionary<string, string[]>))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class CatalogJson : JsonSerializerContext;
