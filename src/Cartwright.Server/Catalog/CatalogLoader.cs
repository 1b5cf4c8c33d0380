using System.Security.Cryptography;
using System.Text.Json;
using Cartwright.Server.Orders;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Catalog;

/// <summary>What a load did. Products that come back after they were retired count as added.</summary>
internal sealed record CatalogLoad(long Version, int Added, int Changed, int Unchanged, int Retired);

/// <summary>Puts a catalogue file into the database: whole, in one transaction, or not at all.</summary>
internal static class CatalogLoader
{
    private sealed record Stored(string Id, string Fingerprint, long Position, long? Stock, bool Retired);

    /// <summary>Invalid when an image changed between being checked and being loaded; the old catalogue stays then.</summary>
    public static ValueTask<Result<CatalogLoad>> Load(Database database, CatalogFile file, CancellationToken cancellation = default) =>
        database.Write(
            async session =>
            {
                await Locks.Catalog(session);
                return await Load(session, file);
            },
            isRepeatable: true,
            cancellation);

    /// <summary>The same for a shop that has no catalogue yet: of several instances that start at once, one loads it.</summary>
    public static async ValueTask<Problem?> LoadFirst(Database database, CatalogFile file) => (await database.Write<bool>(
        async session =>
        {
            await Locks.Catalog(session);
            return await session.Integer("select 1 from store") is null && await Load(session, file) is { Ok: false, Problem: var problem } ? problem : true;
        },
        isRepeatable: true)).Problem;

    private static async ValueTask<Result<CatalogLoad>> Load(DbSession session, CatalogFile file)
    {
        session.TakeTime();
        if (await LoadImages(session, file) is { } problem)
        {
            return problem;
        }

        await LoadFacets(session, file);
        var (added, changed) = await LoadProducts(session, file);
        var retired = await Retire(session, file);
        if (added + changed + retired > 0)
        {
            await Index(session, file);
        }

        await session.Execute("delete from image where path not in (select image from product where image is not null)");
        session.Tell(Notices.Catalog, "");
        return new CatalogLoad(await LoadStore(session, file.Store), added, changed, file.Products.Count - added - changed, retired);
    }

    private static async ValueTask<Problem?> LoadImages(DbSession session, CatalogFile file)
    {
        var stored = (await session.Query("select path, sha256 from image", row => (Path: row.GetString(0), Sha256: row.GetString(1))))
            .ToDictionary(row => row.Path, row => row.Sha256);
        foreach (var image in file.Images.Where(image => stored.GetValueOrDefault(image.Path) != image.Sha256))
        {
            if (Unchanged(image) is not { } bytes)
            {
                return Problem.Invalid($"The image {image.Path} changed while the catalogue was being loaded: load it again.");
            }

            await session.Execute(
                """
                insert into image (path, media_type, sha256, bytes) values (@path, @media_type, @sha256, @bytes)
                on conflict (path) do update set media_type = excluded.media_type, sha256 = excluded.sha256, bytes = excluded.bytes
                """,
                ("@path", image.Path),
                ("@media_type", image.MediaType),
                ("@sha256", image.Sha256),
                ("@bytes", bytes));
        }

        return null;
    }

    private static byte[]? Unchanged(CatalogImage image)
    {
        try
        {
            var bytes = File.ReadAllBytes(image.File);
            return Convert.ToHexStringLower(SHA256.HashData(bytes)) == image.Sha256 ? bytes : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async ValueTask LoadFacets(DbSession session, CatalogFile file)
    {
        await session.Execute("delete from facet");
        foreach (var (i, facet) in file.Facets.Index())
        {
            await session.Later(
                "insert into facet (key, position, title) values (@key, @position, @title)",
                ("@key", facet.Key),
                ("@position", i),
                ("@title", facet.Title));
            foreach (var (j, value) in facet.Values.Index())
            {
                await session.Later(
                    "insert into facet_value (facet, position, value) values (@facet, @position, @value)",
                    ("@facet", facet.Key),
                    ("@position", j),
                    ("@value", value));
            }
        }
    }

    private static async ValueTask<(int Added, int Changed)> LoadProducts(DbSession session, CatalogFile file)
    {
        await Locks.Products(session);
        var stored = (await session.Query(
            "select id, fingerprint, position, stock, retired from product",
            row => new Stored(row.GetString(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3), row.GetInt64(4) == 1)))
            .ToDictionary(row => row.Id);
        var reserved = await OrderTables.Reserved(session);
        var hasCategories = file.Facets.Any(facet => facet.Key == CatalogFacets.Category);
        var (added, changed) = (0, 0);
        foreach (var (position, product) in file.Products.Index())
        {
            var facets = FacetValues(product, hasCategories);
            var fingerprint = Fingerprint(product, facets);
            var before = stored.GetValueOrDefault(product.Id);

            // The file has what is on hand; what open orders have set aside of it is not for sale. Below zero when it is more than that.
            var forSale = product.Stock - reserved.GetValueOrDefault(product.Id);
            if (before is { Retired: false } && before.Fingerprint == fingerprint && before.Stock == forSale)
            {
                if (before.Position != position)
                {
                    await session.Later("update product set position = @position where id = @id", ("@position", position), ("@id", product.Id));
                }

                continue;
            }

            (added, changed) = before is { Retired: false } ? (added, changed + 1) : (added + 1, changed);
            await LoadProduct(session, product, forSale, position, fingerprint);
            await LoadProductFacets(session, product.Id, facets);
        }

        return (added, changed);
    }

    // What filters see: the product's facets, and its category when that is a facet.
    private static SortedDictionary<string, string[]> FacetValues(Product product, bool hasCategories)
    {
        var facets = new SortedDictionary<string, string[]>(product.Facets.ToDictionary(), StringComparer.Ordinal);
        if (hasCategories && product.Category is { } category)
        {
            facets.Add(CatalogFacets.Category, [category]);
        }

        return facets;
    }

    private static string Fingerprint(Product product, SortedDictionary<string, string[]> facets) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, string[]>(facets, StringComparer.Ordinal)
            {
                // No facet may have one of these as its key.
                ["id"] = [product.Id],
                ["name"] = [product.Name],
                ["price"] = [product.Price.ToString()],
                ["description"] = [product.Description],
                ["image"] = product.Image is null ? [] : [product.Image],
                ["(category)"] = product.Category is null ? [] : [product.Category],
            },
            CatalogJson.Default.SortedDictionaryStringStringArray)));

    private static ValueTask LoadProduct(DbSession session, Product product, long? forSale, int position, string fingerprint) => session.Later(
        """
        insert into product (id, position, name, name_key, price_minor, description, image, category, stock, facets, fingerprint, retired)
        values (@id, @position, @name, @name_key, @price, @description, @image, @category, @stock, @facets, @fingerprint, 0)
        on conflict (id) do update set position = excluded.position, name = excluded.name, name_key = excluded.name_key,
            price_minor = excluded.price_minor, description = excluded.description, image = excluded.image,
            category = excluded.category, stock = excluded.stock, facets = excluded.facets, fingerprint = excluded.fingerprint,
            retired = 0
        """,
        ("@id", product.Id),
        ("@position", position),
        ("@name", product.Name),
        ("@name_key", ProductNames.Key(product.Name)),
        ("@price", product.Price.Minor),
        ("@description", product.Description),
        ("@image", product.Image),
        ("@category", product.Category),
        ("@stock", forSale),
        ("@facets", JsonSerializer.Serialize(product.Facets.ToDictionary(), CatalogJson.Default.DictionaryStringStringArray)),
        ("@fingerprint", fingerprint));

    private static async ValueTask LoadProductFacets(DbSession session, string id, SortedDictionary<string, string[]> facets)
    {
        await session.Later("delete from product_facet where product_id = @id", ("@id", id));
        foreach (var (facet, values) in facets)
        {
            foreach (var value in values)
            {
                await session.Later(
                    "insert into product_facet (product_id, facet, value) values (@id, @facet, @value)",
                    ("@id", id),
                    ("@facet", facet),
                    ("@value", value));
            }
        }
    }

    private static async ValueTask<int> Retire(DbSession session, CatalogFile file)
    {
        var kept = file.Products.Select(product => product.Id).ToHashSet(StringComparer.Ordinal);
        var gone = (await session.Query("select id from product where retired = 0", row => row.GetString(0))).Where(id => !kept.Contains(id)).ToList();
        foreach (var id in gone)
        {
            await session.Later("update product set retired = 1 where id = @id", ("@id", id));
        }

        return gone.Count;
    }

    private static async ValueTask Index(DbSession session, CatalogFile file)
    {
        var search = ProductSearch.Of(session);
        await session.Execute("delete from product_search");
        foreach (var product in file.Products)
        {
            await search.Add(session, product);
        }
    }

    private static async ValueTask<long> LoadStore(DbSession session, StoreFacts store) => (await session.Integer(
        """
        insert into store (id, name, currency, country, description, time_zone, catalog_version)
        values (1, @name, @currency, @country, @description, @time_zone, 1)
        on conflict (id) do update set name = excluded.name, currency = excluded.currency, country = excluded.country,
            description = excluded.description, time_zone = excluded.time_zone, catalog_version = store.catalog_version + 1
        returning catalog_version
        """,
        ("@name", store.Name),
        ("@currency", store.Currency.Code),
        ("@country", store.Country),
        ("@description", store.Description),
        ("@time_zone", store.TimeZone)))!.Value;
}
