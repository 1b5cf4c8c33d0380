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

    private HistoryProducts(Dictionary<string, string> ids, HashSet<string> taken) => (_ids, _taken) = (ids, taken);

    public static async ValueTask<HistoryProducts> Load(DbSession session)
    {
        var known = await session.Query(
            "select id, name from (select id, name, retired, position from product union all select id, name, 2, key from sales_product) named order by retired, position",
            row => (Id: row.GetString(0), Name: row.GetString(1)));
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, name) in known)
        {
            ids.TryAdd(ProductNames.Key(name), id);
        }

        return new HistoryProducts(ids, [.. known.Select(product => product.Id)]);
    }

    /// <summary>The product; null when neither id nor name is given.</summary>
    public HistoryProduct? Find(string id, string name) =>
        id.Length > 0 ? ById(id, name) : name.Length > 0 ? ByName(name) : null;

    private HistoryProduct ById(string id, string name)
    {
        if (!_byId.TryGetValue(id, out var product))
        {
            product = new HistoryProduct(id, name.Length > 0 ? name : id);
            _byId.Add(id, product);
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
                _ids.Add(key, id);
                _taken.Add(id);
            }

            product = ById(id, name);
            _byName.Add(name, product);
        }

        return product;
    }

    private string Unused(string slug)
    {
        var id = slug;
        for (var i = 2; _taken.Contains(id) || _byId.ContainsKey(id); i++)
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
