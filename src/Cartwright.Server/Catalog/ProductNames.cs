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
        if (near.Count < MaxSuggestions)
        {
            near.AddRange(await Search(session, key));
        }

        if (near.Count < MaxSuggestions && session.IsPostgres && _names.Count == MaxCompared)
        {
            near.AddRange(await Similar(session, key));
        }

        return [.. near.Distinct().Take(MaxSuggestions)];
    }

    // What was not compared above: the index of PostgreSQL's trigrams reaches all of a large catalogue.
    private static ValueTask<List<ProductName>> Similar(DbSession session, string key) => session.Query(
        "select id, name from product where name_key % @key and retired = 0 order by similarity(name_key, @key) desc, id limit @limit",
        row => new ProductName(row.GetString(0), row.GetString(1)),
        ("@key", key),
        ("@limit", MaxSuggestions));

    private static async ValueTask<List<ProductName>> Search(DbSession session, string text)
    {
        var (search, terms) = (ProductSearch.Of(session), ProductSearch.Terms(text));
        return terms.Count == 0 ? [] : await session.Query(
            $"""
            select p.id, p.name from {ProductSearch.Source}
            where {search.Condition} and p.retired = 0 order by {search.Rank}, p.id limit @limit
            """,
            row => new ProductName(row.GetString(0), row.GetString(1)),
            ("@match", search.MatchAny(terms)),
            ("@limit", MaxSuggestions));
    }
}
