using System.Data.Common;
using System.Text.Json;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Catalog;

/// <summary>The loaded catalogue, as clients read it. Retired products are not in it.</summary>
internal sealed class ProductCatalog(Database database)
{
    private const string Columns = "p.id, p.name, p.price_minor, p.description, p.image, p.category, p.stock, p.facets";

    // Of one version, and replaced as soon as a read meets another: never older than the snapshot it is used with.
    private CatalogHead? _cachedHead;
    private ProductNames? _cachedNames;

    /// <summary>The version that was loaded last, in whatever process; 0 before the first load.</summary>
    public ValueTask<long> CurrentVersion(CancellationToken cancellation = default) => database.ReadOne(Version, cancellation);

    /// <summary>Null before the first load.</summary>
    public ValueTask<CatalogHead?> Head(CancellationToken cancellation = default) => database.Read(Head, cancellation);

    /// <summary>One page of the products that pass the query; Invalid, naming every mistake, when it cannot be understood.</summary>
    public ValueTask<Result<ProductPage>> Find(ProductQuery query, CancellationToken cancellation = default) =>
        database.Read(session => Find(session, query), cancellation);

    /// <summary>The product; NotFound with the nearest ones when there is none of that id, or no longer.</summary>
    public async ValueTask<Result<Product>> Get(string productId, CancellationToken cancellation = default)
    {
        var product = await database.Read(
            async session => await Head(session) is not { } head ? null : await session.First(
                $"select {Columns} from product p where p.id = @id and p.retired = 0",
                row => ReadProduct(row, head),
                ("@id", productId)),
            cancellation);
        return product is not null
            ? product
            : Problem.NotFound($"There is no product \"{productId}\"{DidYouMean(await Suggest(productId, cancellation))}");
    }

    /// <summary>The first products in the file's order.</summary>
    public ValueTask<List<Product>> All(int limit, CancellationToken cancellation = default) => database.Read(
        async session => await Head(session) is not { } head ? [] : await session.Query(
            $"select {Columns} from product p where p.retired = 0 order by p.position, p.id limit @limit",
            row => ReadProduct(row, head),
            ("@limit", limit)),
        cancellation);

    /// <summary>An image that was loaded with the catalogue, by the path it has in <see cref="Product.Image"/>.</summary>
    public ValueTask<StoredImage?> Image(string path, CancellationToken cancellation = default) => database.ReadOne(
        session => session.First(
            "select media_type, sha256, bytes from image where path = @path",
            row => new StoredImage(row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2)),
            ("@path", path)),
        cancellation);

    /// <summary>At most three products whose id or name is near the text or that a search for it finds; best first.</summary>
    public ValueTask<IReadOnlyList<ProductName>> Suggest(string text, CancellationToken cancellation = default) =>
        database.Read(session => Suggest(session, text), cancellation);

    /// <summary>"; did you mean aloe-vera (Aloe Vera), ...?", or advice to look into the list when nothing is near.</summary>
    public static string DidYouMean(IReadOnlyList<ProductName> near) => near.Count == 0
        ? "; list_products shows what there is."
        : $"; did you mean {string.Join(", ", near)}?";

    public static Problem NotLoaded() =>
        Problem.Unavailable("This shop has no catalogue yet: its operator loads one with: cartwright catalog load FILE");

    private static async ValueTask<long> Version(DbSession session) =>
        await session.Integer("select catalog_version from store") ?? 0;

    private static Product ReadProduct(DbDataReader row, CatalogHead head) => new(
        row.GetString(0),
        row.GetString(1),
        new Money(row.GetInt64(2), head.Store.Currency),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.IsDBNull(6) ? null : row.GetInt64(6),
        JsonSerializer.Deserialize(row.GetString(7), CatalogJson.Default.DictionaryStringStringArray)!);

    private async ValueTask<CatalogHead?> Head(DbSession session)
    {
        var version = await Version(session);
        if (_cachedHead is { } cached && cached.Version == version)
        {
            return cached;
        }

        var store = await session.First(
            "select name, currency, country, description, time_zone from store",
            row => new StoreFacts(
                row.GetString(0),
                Currency.Find(row.GetString(1)).Value,
                row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3),
                row.GetString(4)));
        if (store is null)
        {
            return null;
        }

        var values = (await session.Query("select facet, value from facet_value order by facet, position", row => (Facet: row.GetString(0), Value: row.GetString(1))))
            .ToLookup(row => row.Facet, row => row.Value);
        var facets = await session.Query(
            "select key, title from facet order by position",
            row => new Facet(row.GetString(0), row.GetString(1), [.. values[row.GetString(0)]]));
        var count = await session.Integer("select count(*) from product where retired = 0") ?? 0;
        return _cachedHead = new CatalogHead(version, store, facets, (int)count);
    }

    private async ValueTask<Result<ProductPage>> Find(DbSession session, ProductQuery query)
    {
        if (await Head(session) is not { } head)
        {
            return NotLoaded();
        }

        var check = ProductFilter.Check(query, head);
        if (!check.Ok)
        {
            return check.Problem;
        }

        var filter = check.Value;
        var (match, total) = await Count(session, filter, head);
        var rows = await Page(session, filter, match, head);
        var shown = rows.Take(filter.Limit).ToList();
        return new ProductPage(
            head,
            [.. shown.Select(row => row.Product)],
            total,
            filter.Facets,
            rows.Count > shown.Count ? new ProductCursor(shown[^1].SortKey, shown[^1].Product.Id).Write(filter.Fingerprint) : null);
    }

    // All words have to match; only when no product has them all, some may.
    private static async ValueTask<(string? Match, int Total)> Count(DbSession session, ProductFilter filter, CatalogHead head)
    {
        if (filter.IsEmpty)
        {
            return (null, head.ProductCount);
        }

        var search = ProductSearch.Of(session);
        var match = filter.Terms.Count > 0 ? search.MatchAll(filter.Terms) : null;
        var sql = $"select count(*) from {filter.Source(search)}";
        var total = await session.Integer(sql, filter.Args(match)) ?? 0;
        if (total == 0 && filter.Terms.Count > 1)
        {
            match = search.MatchAny(filter.Terms);
            total = await session.Integer(sql, filter.Args(match)) ?? 0;
        }

        return (match, (int)total);
    }

    private static ValueTask<List<(object SortKey, Product Product)>> Page(DbSession session, ProductFilter filter, string? match, CatalogHead head)
    {
        // One more than the page shows whether another page follows.
        (string, object?) limit = ("@limit", filter.Limit + 1);
        var search = ProductSearch.Of(session);
        return session.Query(
            $"""
            select {Columns}, {filter.Sort.Key(search)} from {filter.Source(search)} {(filter.After is null ? "" : $"and {filter.Sort.Beyond(search)}")}
            order by {filter.Sort.Order(search)} limit @limit
            """,
            row => (row.GetValue(8), ReadProduct(row, head)),
            filter.After is { } after
                ? filter.Args(match, ("@sort_key", after.SortKey), ("@sort_id", after.Id), limit)
                : filter.Args(match, limit));
    }

    private async ValueTask<IReadOnlyList<ProductName>> Suggest(DbSession session, string text)
    {
        var version = await Version(session);
        var names = _cachedNames;
        if (names?.Version != version)
        {
            _cachedNames = names = await ProductNames.Load(session, version);
        }

        return await names.Nearest(session, text);
    }
}
