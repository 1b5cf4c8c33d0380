using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Catalog;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Catalog;

public sealed class ReadingFiles : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_without_mistakes_is_read_whole()
    {
        _folder.File("images/aloe.svg", "<svg/>");
        var catalog = Sample.Catalog(Sample.Plants());
        catalog["products"]![0]!["image"] = "images/aloe.svg";
        catalog["products"]![1]!["image"] = "https://example.com/monstera.webp";
        catalog["products"]![1]!["facets"]!["sunlight"] = new JsonArray("Full Sun", "Low Light");
        var file = Read("\uFEFF" + catalog.ToJsonString()).Value;
        Assert.Equal(("Plantly", "USD", "US", "UTC"), (file.Store.Name, file.Store.Currency.Code, file.Store.Country, file.Store.TimeZone));
        Assert.Equal(["sunlight", "category"], file.Facets.Select(facet => facet.Key));
        Assert.Equal(5, file.Products.Count);
        Assert.Equal(["Full Sun", "Low Light"], file.Products[1].Facets["sunlight"]);
        Assert.Equal(("images/aloe.svg", "image/svg+xml"), (file.Images[0].Path, file.Images[0].MediaType));
        Assert.Single(file.Images);
    }

    [Fact]
    public void Every_mistake_is_listed_by_line_and_field()
    {
        _folder.File("big.png", new string('x', (2 * 1024 * 1024) + 1));
        _folder.File("notes.txt", "x");
        var advice = Read("""
            {
              "store": { "name": "", "currency": "USD", "country": "usa", "time_zone": "Moon/Base" },
              "facets": [
                { "key": "price", "title": "P", "values": ["a"] },
                { "key": "Sun", "title": "S", "values": [] },
                { "key": "sun", "title": "S", "values": ["Full", "full", 3] },
                { "key": "sun", "title": "S", "values": ["Full"], "titel": 1 },
                { "key": "category", "title": "C", "values": ["Top"] }
              ],
              "products": [
                { "id": "a", "name": "A", "price": "14.999" },
                { "id": "a", "name": "A", "price": 14.99 },
                { "id": "A b", "name": "A\u0007", "price": "-1", "stock": -1 },
                { "id": "b", "nmae": "B", "price": "1", "stock": 1.5 },
                { "id": "c", "name": "C", "price": "1", "category": "top", "facets": { "sun": "Ful", "moon": "x" } },
                { "id": "d", "name": "D", "price": "1", "facets": { "sun": ["Full", "Full"], "category": "Top" } },
                { "id": "e", "name": "E", "price": "1", "image": "../secret.png" },
                { "id": "f", "name": "F", "price": "1", "image": "missing.png" },
                { "id": "g", "name": "G", "price": "1", "image": "notes.txt" },
                { "id": "h", "name": "H", "price": "1", "image": "big.png" },
                { "id": "i", "name": "I", "price": "1", "image": "http://example.com/i.png" },
                { "id": "j", "name": "J", "name": "J", "price": "1", "description": null },
                "k",
                { "id": "l", "name": "\ud800", "price": "99999999999999" }
              ]
            }
            """).Problem!.Advice;
        Assert.Equal(
            [
                "line 2, store.name: is empty",
                "line 2, store.country: \"usa\" is not a country code of ISO 3166: use two capital letters, such as US",
                "line 2, store.time_zone: \"Moon/Base\" is not a known time zone: use an IANA name, such as Europe/Berlin",
                "line 4, facets[0].key: \"price\" is taken by the tools themselves; use another key",
                "line 5, facets[1].key: \"Sun\" is not a key: use up to 32 small letters, digits and underscores, beginning with a letter",
                "line 5, facets[1].values: has 0 entries; 1 to 100 are allowed",
                "line 6, facets[2].values[1]: \"full\" is there twice (capital letters make no difference)",
                "line 6, facets[2].values[2]: is a number, not text in quotes",
                "line 7, facets[3].key: \"sun\" is the key of two facets",
                "line 7, facets[3].titel: is not known here; did you mean title?",
                "line 11, products[0].price: \"14.999\" has more decimals than USD allows (2)",
                "line 12, products[1].id: \"a\" is the id of two products",
                "line 12, products[1].price: is a number, which readers may round: write it as text in quotes, such as \"14.99\"",
                "line 13, products[2].id: \"A b\" is not an id: use up to 64 small letters, digits, points, dashes and underscores, beginning with a letter or digit",
                "line 13, products[2].name: has control characters in it",
                "line 13, products[2].price: \"-1\" is below zero",
                "line 13, products[2].stock: is not a whole number from 0 to 1000000000; leave it out when stock is not limited",
                "line 14, products[3].name: is missing",
                "line 14, products[3].nmae: is not known here; did you mean name?",
                "line 14, products[3].stock: is not a whole number from 0 to 1000000000; leave it out when stock is not limited",
                "line 15, products[4].category: \"top\" is not a value of the facet category; did you mean \"Top\"?",
                "line 15, products[4].facets.sun: \"Ful\" is not a value of the facet sun; did you mean \"Full\"?",
                "line 15, products[4].facets.moon: is not known here (known are price, Sun, sun, category)",
                "line 16, products[5].facets.sun[1]: \"Full\" is there twice",
                "line 16, products[5].facets.category: is not a facet here: write it as the product's own category",
                "line 17, products[6].image: \"../secret.png\" is not a path below the catalogue's folder: write it as images/name.svg",
                "line 18, products[7].image: there is no file \"missing.png\" beside the catalogue",
                "line 19, products[8].image: \"notes.txt\" is not an image that can be served: use svg, png, jpg, jpeg, webp, gif or avif",
                "line 20, products[9].image: \"big.png\" is larger than 2 MiB",
                "line 21, products[10].image: \"http://example.com/i.png\" is not an https address",
                "line 22, products[11].name: is there twice",
                "line 22, products[11].description: is null, not text in quotes",
                "line 23, products[12]: is text, not an object in braces",
                "line 24, products[13].name: is not valid Unicode",
                "line 24, products[13].price: \"99999999999999\" is above the limit of 10000000000.00 USD",
            ],
            advice.Split('\n')[1..]);
        Assert.Contains("has 35 mistakes, nothing of it was loaded:", advice.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused()
    {
        using var outside = new TempFolder();
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link.png"), outside.File("secret.png", "x"));
        var catalog = Sample.Catalog([Sample.Product("a", "A", "1")]);
        catalog["products"]![0]!["image"] = "link.png";
        Assert.Contains("is a link out of the catalogue's folder", Read(catalog.ToJsonString()).Problem!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_100_mistakes_are_listed_and_the_rest_is_counted()
    {
        var catalog = Sample.Catalog(Enumerable.Range(0, 107).Select(i => Sample.Product($"p{i}", "P", "free")));
        var lines = Read(catalog.ToJsonString()).Problem!.Advice.Split('\n');
        Assert.Equal(102, lines.Length);
        Assert.Equal("and 7 more", lines[^1]);
    }

    [Theory]
    [InlineData("{\n  \"store\": {},\n}", "line 3, ")]
    [InlineData("{\n  \"store\": \n", "line 3, ")]
    [InlineData("", "line 1, ")]
    [InlineData("{} {}", "line 1, ")]
    public void A_syntax_error_is_given_with_its_line(string text, string line)
    {
        var problem = Read(text).Problem!;
        Assert.Contains("is not JSON, nothing of it was loaded", problem.Advice, StringComparison.Ordinal);
        Assert.StartsWith(line, problem.Advice.Split('\n')[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "line 1, is a list, not an object in braces")]
    [InlineData("{}", "line 1, store: is missing\nline 1, products: is missing")]
    [InlineData("""{"store":[],"products":{}}""", "line 1, store: is a list, not an object in braces\nline 1, products: is an object, not a list in brackets")]
    public void A_file_of_another_shape_is_refused_too(string text, string mistakes) =>
        Assert.Equal(mistakes, Read(text).Problem!.Advice.Split('\n', 2)[1]);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var path = Path.Combine(_folder.Path, "nowhere.json");
        Assert.Equal(
            (ProblemKind.NotFound, $"The catalogue file {path} cannot be read: check that it is there and readable."),
            (CatalogFile.Read(path).Problem!.Kind, CatalogFile.Read(path).Problem!.Advice));
        Assert.False(CatalogFile.Read(_folder.Path).Ok);
    }

    private Result<CatalogFile> Read(string text) => CatalogFile.Read(_folder.File("catalog.json", text));
}
