using Cartwright.Server.Storage;

namespace Cartwright.Server.Catalog;

/// <summary>How products are named: by id, or by name in any case and spacing. And which are meant when neither fits.</summary>
internal sealed class ProductNames
{
    // Of a larger catalogue, only as many products as can be compared in a few milliseconds; search covers the others.
    private const int MaxCompared = 5_000;
    private const int MaxText = 64;
    private const int MaxSuggestions = 3;

    private readonly List<(ProductName Product, string Key)> _names;

    private ProductNames(long version, List<(ProductName Product, string Key)> names)
    {
        Version = version;
        _names = names;
    }

    public long Version { get; }

    /// <summary>The form in which names are compared: trimmed, single spaces, lower case.</summary>
    public static string Key(string name) =>
        string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    public static async ValueTask<ProductNames> Load(DbSession session, long version) => new(
        version,
        await session.Query(
            "select id, name, name_key from product where retired = 0 order by position, id limit @limit",
            row => (new ProductName(row.GetString(0), row.GetString(1)), row.GetString(2)),
            ("@limit", MaxCompared)));

    public async ValueTask<IReadOnlyList<ProductName>> Nearest(DbSession session, string text)
    {
        var key = Key(text.Length > MaxText ? text[..MaxText] : text);
        if (key.Length == 0)
        {
            return [];
        }

        // A third of the letters may be wrong.
        var limit = Math.Max(1, key.Length / 3);
        var near = _names
            .Select(name => (name.Product, Distance: Math.Min(
                EditDistance.Between(key, name.Product.Id, limit),
                EditDistance.Between(key, name.Key, limit))))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Product)
            .Take(MaxSuggestions)
            .ToList();
        return near.Count == MaxSuggestions ? near : [.. near.Concat(await Search(session, key)).Distinct().Take(MaxSuggestions)];
    }

    private static async ValueTask<List<ProductName>> Search(DbSession session, string text)
    {
        var terms = ProductSearch.Terms(text);
        return terms.Count == 0 ? [] : await session.Query(
            $"""
            select p.id, p.name from {ProductSearch.Source}
            where {ProductSearch.Condition} and p.retired = 0 order by {ProductSearch.Rank}, p.id limit @limit
            """,
            row => new ProductName(row.GetString(0), row.GetString(1)),
            ("@match", ProductSearch.MatchAny(terms)),
            ("@limit", MaxSuggestions));
    }
}
