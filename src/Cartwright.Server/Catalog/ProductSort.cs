namespace Cartwright.Server.Catalog;

/// <summary>
/// An order of products: an SQL expression that no two snapshots of one version disagree on, and the product id behind it
/// for ties, in the same direction so that an index serves both.
/// </summary>
internal sealed record ProductSort(string Name, string? Column, bool Descending, bool IsText)
{
    public static readonly ProductSort Featured = new("featured", "p.position", Descending: false, IsText: false);
    public static readonly ProductSort Relevance = new("relevance", null, Descending: false, IsText: false);
    public static readonly ProductSort PriceUp = new("price_asc", "p.price_minor", Descending: false, IsText: false);
    public static readonly ProductSort PriceDown = new("price_desc", "p.price_minor", Descending: true, IsText: false);
    public static readonly ProductSort ByName = new("name", "p.name_key", Descending: false, IsText: true);

    private static readonly ProductSort[] All = [Featured, Relevance, PriceUp, PriceDown, ByName];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(sort => sort.Name)];

    public string Key(ProductSearch search) => Column ?? search.Rank;

    public string Order(ProductSearch search) => Descending ? $"{Key(search)} desc, p.id desc" : $"{Key(search)}, p.id";

    public string Beyond(ProductSearch search) => $"({Key(search)}, p.id) {(Descending ? '<' : '>')} (@sort_key, @sort_id)";

    public static ProductSort? Find(string name) => Array.Find(All, sort => sort.Name == name);
}
