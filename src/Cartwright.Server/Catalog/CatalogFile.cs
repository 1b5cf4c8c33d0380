using System.Text.Json;

namespace Cartwright.Server.Catalog;

/// <summary>
/// A catalogue file that was read and found without a mistake. The format is described in docs/catalog.schema.json; what
/// a schema cannot say (currencies, references, images) is checked here too.
/// </summary>
internal sealed record CatalogFile(StoreFacts Store, IReadOnlyList<Facet> Facets, IReadOnlyList<Product> Products, IReadOnlyList<CatalogImage> Images)
{
    // Far above 100,000 products with ordinary descriptions; below what would exhaust a small machine.
    private const long MaxBytes = 256 * 1024 * 1024;
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Refused whole when there is any mistake; the problem's advice then lists them, each on a line of its own.</summary>
    public static Result<CatalogFile> Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
            {
                return Problem.Invalid($"The catalogue file {path} is larger than {MaxBytes >> 20} MiB: nothing of it was loaded.");
            }

            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Problem.NotFound($"The catalogue file {path} cannot be read: check that it is there and readable.");
        }
    }

    private static Result<CatalogFile> Parse(byte[] bytes, string path)
    {
        var json = bytes.AsSpan().StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        var mistakes = new CatalogMistakes(json);
        JsonSpot root;
        try
        {
            root = JsonSpot.Parse(json);
        }
        catch (JsonException error)
        {
            // The message ends in the position, in other words than ours.
            var message = error.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');
            return Problem.Invalid($"{path} is not JSON, nothing of it was loaded:\nline {error.LineNumber + 1}, {message}");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var file = Check(root, mistakes, new CatalogImages(folder));
        return mistakes.None && file is not null ? file : mistakes.AsProblem(path);
    }

    private static CatalogFile? Check(JsonSpot root, CatalogMistakes mistakes, CatalogImages images)
    {
        var fields = new CatalogFields(root, "", mistakes, ["$schema", "store", "facets", "products"]);
        var store = fields.Required("store") is { } spot ? CheckStore(new CatalogFields(
            spot, "store", mistakes, ["name", "currency", "country", "description", "time_zone"])) : null;
        var facets = CatalogFacets.Check(fields, mistakes);
        fields.Required("products");
        var products = new CatalogProducts(store?.Currency, facets, images, mistakes).Check(fields.Items("products", 1, 100_000));
        return store is null ? null : new CatalogFile(store, facets, products, images.Found);
    }

    private static StoreFacts? CheckStore(CatalogFields fields)
    {
        var name = fields.RequiredText("name", 150);
        var currency = fields.RequiredText("currency", 150) is { } code ? CheckCurrency(fields, code) : null;
        var country = fields.RequiredText("country", 150);
        if (country is not null and not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'])
        {
            fields.Mistake("country", $"\"{country}\" is not a country code of ISO 3166: use two capital letters, such as US");
        }

        var description = fields.Text("description", 5000, allowLines: true);
        var timeZone = fields.Text("time_zone", 150) ?? "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _))
        {
            fields.Mistake("time_zone", $"\"{timeZone}\" is not a known time zone: use an IANA name, such as Europe/Berlin");
        }

        // Even a store with mistakes lets the prices be checked, as long as its currency is right.
        return currency is null ? null : new StoreFacts(name ?? "", currency, country ?? "", description, timeZone);
    }

    private static Currency? CheckCurrency(CatalogFields fields, string code)
    {
        var currency = Currency.Find(code);
        if (!currency.Ok)
        {
            fields.Mistake("currency", currency.Problem.Advice);
            return null;
        }

        return currency.Value;
    }
}
