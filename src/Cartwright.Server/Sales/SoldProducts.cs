using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>
/// Every product that is or was sold, kept in memory for one state of the catalogue and of the history. What the catalogue says of a
/// product goes before what a history said.
/// </summary>
internal sealed class SoldProducts
{
    private readonly List<(SoldProduct Product, string Key)> _names;
    private readonly SoldProduct?[] _byKey;

    private SoldProducts((long, long, long) state, List<(int? Key, SoldProduct Product)> rows)
    {
        State = state;
        _byKey = new SoldProduct?[1 + (rows.Max(row => row.Key) ?? 0)];
        foreach (var (key, product) in rows.Where(row => row.Key is not null))
        {
            _byKey[key!.Value] = product;
        }

        _names = [.. rows.Select(row => (row.Product, ProductNames.Key(row.Product.Name)))];
        Categories = [.. rows.Select(row => row.Product.Category).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public (long Catalog, long Last, long Categorized) State { get; }

    public IReadOnlyList<string> Categories { get; }

    public SoldProduct this[int key] => _byKey[key]!;

    /// <summary>Products only ever get new rows, with keys that ascend, or a category that they lacked.</summary>
    public static async ValueTask<(long Catalog, long Last, long Categorized)> StateOf(DbSession session) => (
        await session.Integer("select catalog_version from store") ?? 0,
        await session.Integer("select max(key) from sales_product") ?? 0,
        await session.Integer("select count(category) from sales_product") ?? 0);

    public static async ValueTask<SoldProducts> Load(DbSession session, (long, long, long) state)
    {
        var sold = await session.Query(
            """
            select s.key, s.id, coalesce(p.name, s.name), coalesce(p.category, s.category), case p.retired when 0 then 1 else 0 end
            from sales_product s left join product p on p.id = s.id
            """,
            row => ((int?)row.GetInt32(0), new SoldProduct(row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetInt64(4) == 1)));
        var unsold = await session.Query(
            "select id, name, category from product where retired = 0 and id not in (select id from sales_product)",
            row => ((int?)null, new SoldProduct(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), IsInCatalog: true)));
        return new SoldProducts(state, [.. sold, .. unsold]);
    }

    /// <summary>By id, name, words of it, beginnings of words, and near misses; best first.</summary>
    public IReadOnlyList<SoldProduct> Find(string query, int limit)
    {
        var key = ProductNames.Key(query.Length > 200 ? query[..200] : query);
        var words = ProductSearch.Terms(key);
        return
        [
            .. _names
                .Select(name => (name.Product, Rank: Rank(name.Product, name.Key, key, words)))
                .Where(match => match.Rank < int.MaxValue)
                .OrderBy(match => match.Rank)
                .ThenBy(match => match.Product.IsInCatalog ? 0 : 1)
                .ThenBy(match => match.Product.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(match => match.Product.ProductId, StringComparer.Ordinal)
                .Take(limit)
                .Select(match => match.Product),
        ];
    }

    // Smaller is better: the product itself, names that begin so, all words, all beginnings of words, some words, near misses.
    private static int Rank(SoldProduct product, string name, string key, IReadOnlyList<string> words)
    {
        if (key.Length == 0 || product.ProductId == key || name == key)
        {
            return 0;
        }

        if (string.Equals(product.ProductId, key, StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        if (name.StartsWith(key, StringComparison.Ordinal) || product.ProductId.StartsWith(key, StringComparison.OrdinalIgnoreCase))
        {
            return 2;
        }

        var own = ProductSearch.Terms($"{name} {product.ProductId} {product.Category}".ToLowerInvariant());
        var (whole, begun) = (words.Count(own.Contains), words.Count(word => own.Any(part => part.StartsWith(word, StringComparison.Ordinal))));
        if (words.Count > 0 && begun > 0)
        {
            return whole == words.Count ? 3 : begun == words.Count ? 4 : 10 + words.Count - begun;
        }

        // A third of the letters may be wrong.
        var allowed = Math.Max(1, key.Length / 3);
        var distance = Math.Min(EditDistance.Between(key, name, allowed), EditDistance.Between(key, product.ProductId, allowed));
        distance = Math.Min(distance, words is [var word] ? own.Min(part => EditDistance.Between(word, part, allowed)) : int.MaxValue);
        return distance <= allowed ? 100 + distance : int.MaxValue;
    }
}
