namespace Cartwright.Server.Catalog;

/// <summary>What to list, as a client says it: nothing here is checked yet.</summary>
internal sealed record ProductQuery
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 50;

    private static readonly Dictionary<string, IReadOnlyList<string>> NoFacets = [];

    /// <summary>Facet key to values: any of the values, and that for each of the facets. No values is no filter.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Facets { get; init; } = NoFacets;

    public string? Search { get; init; }

    /// <summary>Inclusive, in the store's currency.</summary>
    public decimal? MinPrice { get; init; }

    /// <summary>Inclusive, in the store's currency.</summary>
    public decimal? MaxPrice { get; init; }

    /// <summary>One of <see cref="ProductSort.Names"/>; by default relevance with a search, featured without.</summary>
    public string? Sort { get; init; }

    /// <summary>1..50, by default 20.</summary>
    public long? Limit { get; init; }

    /// <summary>The previous page's <see cref="ProductPage.NextCursor"/>; everything but the limit must be as it was.</summary>
    public string? Cursor { get; init; }
}

/// <summary>
/// A page of products. Total counts all pages; the filters are the query's in the catalogue's own spelling; the cursor is
/// null on the last page.
/// </summary>
internal sealed record ProductPage(
    CatalogHead Head,
    IReadOnlyList<Product> Products,
    int Total,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Filters,
    string? NextCursor);
