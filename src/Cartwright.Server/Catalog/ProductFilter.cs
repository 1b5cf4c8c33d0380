using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cartwright.Server.Catalog;

/// <summary>A <see cref="ProductQuery"/> checked against the catalogue, in the catalogue's own spelling, as SQL.</summary>
internal sealed class ProductFilter
{
    private readonly StringBuilder _conditions = new("p.retired = 0");
    private readonly List<(string Name, object? Value)> _args = [];
    private readonly List<string> _mistakes = [];
    private readonly SortedDictionary<string, IReadOnlyList<string>> _facets = new(StringComparer.Ordinal);

    private ProductFilter(ProductQuery query, CatalogHead head)
    {
        AddFacets(query, head);
        AddPrices(query, head);
        Terms = ProductSearch.Terms(query.Search);
        Sort = SortOf(query);
        Limit = LimitOf(query);
        Fingerprint = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["where"] = [_conditions.ToString(), .. _args.Select(arg => $"{arg.Name}={arg.Value}")],
                ["search"] = [.. Terms],
                ["sort"] = [Sort.Name],
            },
            CatalogJson.Default.SortedDictionaryStringStringArray))[..ProductCursor.FingerprintLength];
        if (query.Cursor is { Length: > 0 } cursor)
        {
            var read = ProductCursor.Read(cursor, Fingerprint, Sort);
            After = read.Ok ? read.Value : null;
            Note(read.Problem?.Advice);
        }
    }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Facets => _facets;

    public IReadOnlyList<string> Terms { get; }

    public ProductSort Sort { get; }

    public int Limit { get; }

    /// <summary>Equal for queries that differ in nothing but limit and cursor.</summary>
    public byte[] Fingerprint { get; }

    public ProductCursor? After { get; }

    /// <summary>True when every product that is sold passes.</summary>
    public bool IsEmpty => _args.Count == 0 && Terms.Count == 0;

    public string Source(ProductSearch search) => Terms.Count > 0
        ? $"{ProductSearch.Source} where {search.Condition} and {_conditions}"
        : $"product p where {_conditions}";

    public static Result<ProductFilter> Check(ProductQuery query, CatalogHead head)
    {
        var filter = new ProductFilter(query, head);
        return filter._mistakes.Count == 0 ? filter : Problem.Invalid(string.Join("\n", filter._mistakes));
    }

    /// <summary>The arguments of <see cref="Source"/>, then those that the statement adds.</summary>
    public (string Name, object? Value)[] Args(string? match, params ReadOnlySpan<(string Name, object? Value)> more) =>
        match is null ? [.. _args, .. more] : [("@match", match), .. _args, .. more];

    private void AddFacets(ProductQuery query, CatalogHead head)
    {
        foreach (var (key, values) in query.Facets.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (head.Facets.FirstOrDefault(facet => facet.Key == key) is not { } facet)
            {
                _mistakes.Add(head.Facets.Count == 0
                    ? $"There is no filter {key}: this catalogue has none."
                    : $"There is no filter {key}: use {string.Join(", ", head.Facets.Select(facet => facet.Key))}.");
            }
            else if (values.Count > 0)
            {
                AddFacet(facet, values);
            }
        }
    }

    private void AddFacet(Facet facet, IReadOnlyList<string> values)
    {
        // In the catalogue's order, so that the same filter said differently is the same filter.
        var chosen = facet.Values.Where(value => values.Contains(value, StringComparer.OrdinalIgnoreCase)).ToList();
        var unknown = values.Where(value => !facet.Values.Contains(value, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count > 0)
        {
            _mistakes.Add($"There is no {facet.Key} {string.Join(", ", unknown.Select(value => $"\"{value}\""))}: use {string.Join(", ", facet.Values)}.");
            return;
        }

        var n = _facets.Count;
        _facets.Add(facet.Key, chosen);
        _conditions.Append(" and p.id in (select product_id from product_facet where facet = @f").Append(n).Append(" and value in (");
        _args.Add(($"@f{n}", facet.Key));
        for (var i = 0; i < chosen.Count; i++)
        {
            _conditions.Append(i == 0 ? "" : ", ").Append("@f").Append(n).Append('v').Append(i);
            _args.Add(($"@f{n}v{i}", chosen[i]));
        }

        _conditions.Append("))");
    }

    private void AddPrices(ProductQuery query, CatalogHead head)
    {
        var min = Bound(query.MinPrice, "min_price", head);
        var max = Bound(query.MaxPrice, "max_price", head);
        if (min > max)
        {
            _mistakes.Add($"min_price {query.MinPrice} is above max_price {query.MaxPrice}: swap them, or leave one out.");
        }

        if (min is not null)
        {
            _conditions.Append(" and p.price_minor >= @min");
            _args.Add(("@min", min));
        }

        if (max is not null)
        {
            _conditions.Append(" and p.price_minor <= @max");
            _args.Add(("@max", max));
        }
    }

    private long? Bound(decimal? price, string name, CatalogHead head)
    {
        if (price is not { } amount)
        {
            return null;
        }

        var money = Money.FromDecimal(amount, head.Store.Currency);
        if (money.Ok && money.Value.Minor >= 0)
        {
            return money.Value.Minor;
        }

        _mistakes.Add($"{name}: {(money.Ok ? $"{amount} is below zero" : money.Problem.Advice)}.");
        return null;
    }

    private ProductSort SortOf(ProductQuery query)
    {
        var standard = Terms.Count > 0 ? ProductSort.Relevance : ProductSort.Featured;
        var sort = query.Sort is { Length: > 0 } name ? ProductSort.Find(name) : standard;
        if (sort is null)
        {
            _mistakes.Add($"There is no sort \"{query.Sort}\": use {string.Join(", ", ProductSort.Names)}.");
        }

        // Without words to be relevant to, there is no relevance.
        return sort is null || sort == ProductSort.Relevance ? standard : sort;
    }

    private int LimitOf(ProductQuery query)
    {
        var limit = query.Limit ?? ProductQuery.DefaultLimit;
        Note(limit is >= 1 and <= ProductQuery.MaxLimit ? null : $"limit {limit} is out of range: use 1 to {ProductQuery.MaxLimit}.");
        return (int)Math.Clamp(limit, 1, ProductQuery.MaxLimit);
    }

    private void Note(string? mistake)
    {
        if (mistake is not null)
        {
            _mistakes.Add(mistake);
        }
    }
}
