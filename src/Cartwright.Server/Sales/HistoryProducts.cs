using System.Text;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>
/// Products as a history names them: by id, or by name alone; then the catalogue's product of that name is meant, or one of an earlier
/// history, or else a product of its own whose id is made of the name.
/// </summary>
internal sealed class HistoryProducts
{
    private readonly Dictionary<string, HistoryProduct> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HistoryProduct> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ids;
    private readonly HashSet<string> _taken;
    private readonly HashSet<string> _sold;

    private HistoryProducts(Dictionary<string, string> ids, HashSet<string> taken, HashSet<string> sold) => (_ids, _taken, _sold) = (ids, taken, sold);

    public static async ValueTask<HistoryProducts> Load(DbSession session)
    {
        var known = await session.Query(
            "select id, name, retired from (select id, name, retired, position from product union all select id, name, 2, key from sales_product) named order by retired, position",
            row => (Id: row.GetString(0), Name: row.GetString(1), IsSold: row.GetInt64(2) == 2));
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, name, _) in known)
        {
            ids.TryAdd(ProductNames.Key(name), id);
        }

        return new HistoryProducts(ids, [.. known.Select(product => product.Id)], [.. known.Where(product => product.IsSold).Select(product => product.Id)]);
    }

    /// <summary>The product of an id, or else of a name; one of them is given.</summary>
    public HistoryProduct Find(string id, string name) => id.Length > 0 ? ById(id, name) : ByName(name);

    private HistoryProduct ById(string id, string name)
    {
        if (!_byId.TryGetValue(id, out var product))
        {
            product = new HistoryProduct(id, name.Length > 0 ? name : id);
            _byId.Add(id, product);

            // As it will be read from the database when the load goes on: a name is the product's that was sold under it first.
            if (_sold.Add(id))
            {
                _ids.TryAdd(ProductNames.Key(product.Name), id);
                _taken.Add(id);
            }
        }

        return product;
    }

    private HistoryProduct ByName(string name)
    {
        if (!_byName.TryGetValue(name, out var product))
        {
            var key = ProductNames.Key(name);
            if (!_ids.TryGetValue(key, out var id))
            {
                id = Unused(Slug(key));
            }

            product = ById(id, name);
            _byName.Add(name, product);
        }

        return product;
    }

    private string Unused(string slug)
    {
        var id = slug;
        for (var i = 2; _taken.Contains(id); i++)
        {
            id = $"{slug}-{i}";
        }

        return id;
    }

    private static string Slug(string key)
    {
        var slug = new StringBuilder(key.Length);
        foreach (var rune in key.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                slug.Append(rune.ToString());
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().Trim('-') is { Length: > 0 } text ? text : "product";
    }
}
