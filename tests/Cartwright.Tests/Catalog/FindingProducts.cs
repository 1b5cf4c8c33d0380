using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Catalog;

public sealed class FindingProducts
{
    [Fact]
    public async Task Without_a_query_all_products_come_in_the_files_order()
    {
        await using var shop = await TestShop.Open();
        var page = await Find(shop, new());
        Assert.Equal(["aloe-vera", "monstera", "fern", "pot-small", "pot-large"], Ids(page));
        Assert.Equal((5, null), (page.Total, page.NextCursor));
        Assert.Equal([true, true, true, true, false], page.Products.Select(product => product.InStock));
    }

    [Fact]
    public async Task Values_of_one_facet_are_alternatives_and_facets_narrow_each_other()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(["aloe-vera", "fern"], Ids(await Find(shop, Facets(("sunlight", ["Low Light", "full sun"])))));
        var page = await Find(shop, Facets(("sunlight", ["low light", "FULL SUN"]), ("category", ["essentials"])));
        Assert.Equal(["fern"], Ids(page));
        Assert.Equal(["Full Sun", "Low Light"], page.Filters["sunlight"]);
        Assert.Equal(["Essentials"], page.Filters["category"]);
        Assert.Equal(5, (await Find(shop, Facets(("sunlight", [])))).Total);
    }

    [Fact]
    public async Task Prices_are_bounded_inclusively()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(["aloe-vera", "fern"], Ids(await Find(shop, new() { MinPrice = 9.5m, MaxPrice = 14.99m })));
    }

    [Fact]
    public async Task Sorts_order_by_price_and_name()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(["pot-small", "pot-large", "fern", "aloe-vera", "monstera"], Ids(await Find(shop, new() { Sort = "price_asc" })));
        Assert.Equal(["monstera", "aloe-vera", "fern", "pot-large", "pot-small"], Ids(await Find(shop, new() { Sort = "price_desc" })));
        Assert.Equal(["aloe-vera", "fern", "pot-large", "pot-small", "monstera"], Ids(await Find(shop, new() { Sort = "name" })));
    }

    [Theory]
    [InlineData("aloe", "aloe-vera")]
    [InlineData("ALO", "aloe-vera")]
    [InlineData("boston ferns", "fern")]
    [InlineData("low light", "fern")]
    [InlineData("monstera nonsense", "monstera")]
    [InlineData("\"aloe\" AND NOT (", "aloe-vera")]
    public async Task Search_finds_beginnings_of_words_in_any_form(string text, string first)
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(first, (await Find(shop, new() { Search = text })).Products[0].Id);
    }

    [Fact]
    public async Task A_search_of_punctuation_only_is_no_filter_and_of_nonsense_finds_nothing()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(5, (await Find(shop, new() { Search = " *\"()-: " })).Total);
        Assert.Equal(0, (await Find(shop, new() { Search = "xyzzy" })).Total);
    }

    [Fact]
    public async Task Every_mistake_of_a_query_is_named_with_what_is_allowed()
    {
        await using var shop = await TestShop.Open();
        var problem = (await shop.Catalog.Find(Facets(("sunlight", ["Moonlight"]), ("water", ["Low"])) with
        {
            MinPrice = 1.001m,
            MaxPrice = -1,
            Sort = "cheapest",
            Limit = 51,
            Cursor = "!",
        })).Problem!;
        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Equal(
            [
                "There is no sunlight \"Moonlight\": use Full Sun, Indirect Light, Low Light.",
                "There is no filter water: use sunlight, category.",
                "min_price: 1.001 has more decimals than USD allows (2).",
                "max_price: -1 is below zero.",
                "There is no sort \"cheapest\": use featured, relevance, price_asc, price_desc, name.",
                "limit 51 is out of range: use 1 to 50.",
                "This is not a cursor of this shop: leave out cursor to start at the first page.",
            ],
            problem.Advice.Split('\n'));
    }

    [Fact]
    public async Task A_cursor_of_another_query_is_refused_and_one_with_another_limit_is_not()
    {
        await using var shop = await TestShop.Open();
        var cursor = (await Find(shop, new() { Limit = 2 })).NextCursor;
        Assert.Equal(["fern"], Ids(await Find(shop, new() { Limit = 1, Cursor = cursor })));
        foreach (var query in new ProductQuery[] { new() { Sort = "name" }, new() { Search = "aloe" }, new() { MinPrice = 1 } })
        {
            Assert.Contains("other filters", (await shop.Catalog.Find(query with { Cursor = cursor })).Problem!.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Products_that_come_and_go_before_it_do_not_move_a_cursor()
    {
        await using var shop = await TestShop.Open(Sample.Product("a", "A", "1"), Sample.Product("b", "B", "2"), Sample.Product("c", "C", "3"));
        var page = await Find(shop, new() { Limit = 2, Sort = "price_asc" });
        await shop.Load(Sample.Product("b", "B", "2"), Sample.Product("c", "C", "3"), Sample.Product("d", "D", "0.50"));
        Assert.Equal(["c"], Ids(await Find(shop, new() { Limit = 2, Sort = "price_asc", Cursor = page.NextCursor })));
    }

    [Fact]
    public async Task An_unknown_product_comes_with_the_nearest_names()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal("There is no product \"aloe\"; did you mean aloe-vera (Aloe Vera)?", (await shop.Catalog.Get("aloe")).Problem!.Advice);
        Assert.Equal("There is no product \"mosntera\"; did you mean monstera (Monstera)?", (await shop.Catalog.Get("mosntera")).Problem!.Advice);
        Assert.Equal("There is no product \"?\"; list_products shows what there is.", (await shop.Catalog.Get("?")).Problem!.Advice);
        Assert.Equal(34.99m, (await shop.Catalog.Get("monstera")).Value.Price.ToDecimal());
    }

    [Fact]
    public async Task Any_text_may_be_searched_for_or_asked_about()
    {
        await using var shop = await TestShop.Open();
        Prop.ForAll(Arb.From(Gen.OneOf(ArbMap.Default.GeneratorFor<string?>(), RandomText())), text =>
        {
            Assert.True(Task.Run(() => shop.Catalog.Find(new() { Search = text }).AsTask()).GetAwaiter().GetResult().Ok);
            _ = Task.Run(() => shop.Catalog.Get(text ?? "").AsTask()).GetAwaiter().GetResult();
            _ = Task.Run(() => shop.Catalog.Find(new() { Cursor = text }).AsTask()).GetAwaiter().GetResult();
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("\u0301", 5)]
    [InlineData("fern \u0301", 1)]
    [InlineData("'\u0301", 5)]
    [InlineData("\u034f", 5)]
    [InlineData("\ufe20", 5)]
    [InlineData("fe\u0301rn", 1)]
    public async Task An_accent_without_a_letter_is_no_word(string text, int found)
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(found, (await Find(shop, new() { Search = text })).Total);
        Assert.False((await shop.Carts.Add(new(Conversation: "one"), [new CartEntry(null, text, 1)], null)).Ok);
    }

    // Where marks, letters that fall apart, other digits, the tsquery's own signs and rare planes are as likely as words.
    private static Gen<string?> RandomText() =>
        from runes in Gen.OneOf(
            Range(0x20, 0x7E), Range(0x300, 0x36F), Range(0x80, 0x24F), Range(0x370, 0x3FF), Range(0x600, 0x6FF), Range(0x1AB0, 0x1AFF),
            Range(0x20D0, 0x20FF), Range(0xFB00, 0xFDFF), Range(0xFE20, 0xFE2F), Range(0xFE70, 0xFFFD), Range(0x10000, 0x10FFFF)).ListOf()
        select (string?)string.Concat(runes);

    private static Gen<string> Range(int first, int last) => Gen.Choose(first, last).Select(char.ConvertFromUtf32);

    [Fact]
    public void Cursors_walk_every_product_of_any_catalogue_and_filter_exactly_once_in_every_sort()
    {
        var product =
            from price in Gen.Choose(1, 4)
            from word in Gen.Elements("Red", "red", "Blue", "Green")
            from sun in Gen.Elements("Full Sun", "Low Light", null)
            select (price, word, sun);
        var catalogs =
            from size in Gen.Choose(1, 25)
            from products in Gen.ListOf(product, size)
            from sun in Gen.SubListOf("Full Sun", "Low Light")
            from search in Gen.Elements(null, "re", "blue green")
            from limit in Gen.Choose(1, 7)
            select (Products: products.ToList(), Sun: sun.ToArray(), Search: search, Limit: limit);
        Prop.ForAll(catalogs.ToArbitrary(), drawn => Task.Run(async () =>
        {
            await using var shop = await TestShop.Open([.. drawn.Products.Select((p, i) => Sample.Product($"p{i}", $"{p.word} one", $"{p.price}", sunlight: p.sun))]);
            foreach (var sort in ProductSort.Names)
            {
                await Walk(shop, Facets(("sunlight", drawn.Sun)) with { Search = drawn.Search, Sort = sort, Limit = drawn.Limit });
            }
        }).GetAwaiter().GetResult()).Holds(runs: 25);
    }

    private static async Task Walk(TestShop shop, ProductQuery query)
    {
        var whole = await Find(shop, query with { Limit = 50 });
        Assert.Equal(whole.Total, whole.Products.Count);
        Assert.Null(whole.NextCursor);
        var walked = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Find(shop, query with { Cursor = cursor });
            Assert.Equal(whole.Total, page.Total);
            Assert.True(page.NextCursor is null || page.Products.Count == query.Limit);
            walked.AddRange(Ids(page));
            cursor = page.NextCursor;
        }
        while (cursor is not null && walked.Count <= whole.Total);
        Assert.Equal(Ids(whole), walked);
        Assert.Equal(walked.Count, walked.Distinct().Count());
        var sun = query.Facets["sunlight"];
        Assert.All(whole.Products, product => Assert.True(sun.Count == 0 || product.Facets["sunlight"].Intersect(sun).Any()));
    }

    private static async Task<ProductPage> Find(TestShop shop, ProductQuery query) => (await shop.Catalog.Find(query)).Value;

    private static ProductQuery Facets(params (string Key, string[] Values)[] facets) =>
        new() { Facets = facets.ToDictionary(facet => facet.Key, facet => (IReadOnlyList<string>)facet.Values) };

    private static IEnumerable<string> Ids(ProductPage page) => page.Products.Select(product => product.Id);
}
