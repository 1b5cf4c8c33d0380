using System.Text.Json.Nodes;

namespace Cartwright.Tests.Shop;

/// <summary><c>list_products</c> and <c>get_product</c> on both samples.</summary>
public sealed class BrowseProducts(SampleShops shops) : IClassFixture<SampleShops>
{
    [Theory]
    [InlineData("plantly", "sunlight", "water", "climate", "category")]
    [InlineData("groceries", "aisle", "diet")]
    public async Task The_schema_and_the_answer_enumerate_the_catalogues_own_facets(string sample, params string[] facets)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(ShopServer.SampleFile(sample)))!;
        var declared = file["facets"]!.AsArray().ToDictionary(facet => (string)facet!["key"]!, facet => facet!["values"]!.ToJsonString());
        var properties = (await shops[sample].Tool("list_products"))["inputSchema"]!["properties"]!.AsObject();
        var result = await shops[sample].Call("list_products");
        Assert.Equal(facets, declared.Keys);
        Assert.Equal([.. facets, "search", "min_price", "max_price", "sort", "limit", "cursor"], properties.Select(property => property.Key));
        foreach (var facet in facets)
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(declared[facet]), properties[facet]!["anyOf"]![0]!["enum"]));
            Assert.Equal(properties[facet]!["anyOf"]![0]!["enum"]!.ToJsonString(), properties[facet]!["anyOf"]![1]!["items"]!["enum"]!.ToJsonString());
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(declared[facet]), result.Data()["filters"]![facet]));
        }
    }

    [Theory]
    [InlineData("plantly", """{"sunlight":"Full Sun","water":"Low","climate":"Arid"}""", "aloe-vera")]
    [InlineData("plantly", """{"sunlight":"full sun","water":["low"],"climate":["ARID"]}""", "aloe-vera")]
    [InlineData("plantly", """{"search":"monstera"}""", "monstera")]
    [InlineData("plantly", """{"min_price":34.99,"max_price":34.99}""", "monstera")]
    [InlineData("groceries", """{"search":"egg"}""", "eggs")]
    [InlineData("groceries", """{"aisle":"Dairy & Eggs","diet":"Dairy-Free"}""", "eggs")]
    public async Task Filters_find(string sample, string arguments, string id)
    {
        var result = await shops[sample].Call("list_products", arguments);
        Assert.Contains(id, result.Ids());
        Assert.InRange(result.Ids().Length, 1, 10);
    }

    [Theory]
    [InlineData("plantly")]
    [InlineData("groceries")]
    public async Task Every_filter_keeps_exactly_what_fits_it(string sample)
    {
        var all = JsonNode.Parse(await File.ReadAllTextAsync(ShopServer.SampleFile(sample)))!["products"]!.AsArray();
        var filters = (await shops[sample].Call("list_products")).Data()["filters"]!.AsObject();
        foreach (var (facet, values) in filters)
        {
            foreach (var value in values!.AsArray().Select(value => (string)value!))
            {
                var expected = all.Where(product => Has(product!, facet, value)).Select(product => (string)product!["id"]!).Order();
                var result = await shops[sample].Call("list_products", new JsonObject { [facet] = value, ["limit"] = 50 }.ToJsonString());
                Assert.Equal(expected, result.Ids().Order());
                Assert.Equal(result.Ids().Length, (int)result.Data()["total"]!);
            }
        }

        static bool Has(JsonNode product, string facet, string value) => (facet == "category" ? product["category"] : product["facets"]?[facet]) switch
        {
            JsonArray list => list.Any(entry => (string?)entry == value),
            var single => (string?)single == value,
        };
    }

    [Fact]
    public async Task Several_values_of_a_facet_are_alternatives_and_several_facets_conditions()
    {
        var low = (await List("""{"water":"Low"}""")).Ids();
        var high = (await List("""{"water":"High"}""")).Ids();
        Assert.Equal(low.Concat(high).Order(), (await List("""{"water":["Low","High"]}""")).Ids().Order());
        Assert.Empty((await List("""{"water":"Low","search":"zzzzzz"}""")).Ids());

        Task<JsonNode> List(string arguments) => shops.Plantly.Call("list_products", arguments.Replace("}", ",\"limit\":50}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("price_asc")]
    [InlineData("price_desc")]
    [InlineData("name")]
    [InlineData("featured")]
    public async Task Pages_follow_the_order_and_miss_nothing(string sort)
    {
        var seen = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var arguments = new JsonObject { ["sort"] = sort, ["limit"] = 7 };
            if (cursor is not null)
            {
                arguments["cursor"] = cursor;
            }

            var page = await shops.Groceries.Call("list_products", arguments.ToJsonString());
            seen.AddRange(page.Data()["products"]!.AsArray().Select(product => product!));
            cursor = (string?)page.Data()["next_cursor"];
            Assert.Equal(cursor is not null, page.Text().Contains($"cursor \"{cursor}\"", StringComparison.Ordinal));
        }
        while (cursor is not null);

        var all = (await shops.Groceries.Call("list_products"))["_meta"]!["catalog"]!.AsArray();
        Assert.Equal(all.Count, seen.Count);
        Assert.Equal(all.Select(Id).Order(), seen.Select(Id).Order());
        Assert.Equal(
            (sort switch
            {
                "price_asc" => seen.OrderBy(Price),
                "price_desc" => seen.OrderByDescending(Price),
                "name" => seen.OrderBy(product => ((string)product["name"]!).ToLowerInvariant(), StringComparer.Ordinal),
                _ => all.Select(product => product!),
            }).Select(Id),
            seen.Select(Id));

        static string Id(JsonNode? product) => (string)product!["id"]!;
        static decimal Price(JsonNode product) => (decimal)product["price"]!;
    }

    [Fact]
    public async Task A_page_has_twenty_products_unless_said_otherwise()
    {
        Assert.Equal(20, (await shops.Plantly.Call("list_products")).Ids().Length);
        Assert.Equal(50, (int)(await shops.Plantly.Tool("list_products"))["inputSchema"]!["properties"]!["limit"]!["maximum"]!);
    }

    [Fact]
    public async Task A_cursor_goes_with_its_own_filters_only()
    {
        var cursor = (string)(await shops.Plantly.Call("list_products", """{"limit":2,"water":"Low"}""")).Data()["next_cursor"]!;
        Assert.False((await shops.Plantly.Call("list_products", $$"""{"limit":5,"water":"Low","cursor":"{{cursor}}"}""")).IsError());
        var other = await shops.Plantly.Call("list_products", $$"""{"water":"High","cursor":"{{cursor}}"}""");
        Assert.True(other.IsError());
        Assert.Contains("other filters", other.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"limit":3}""", null)]
    [InlineData("""{"search":"  "}""", null)]
    [InlineData("""{"sunlight":[]}""", null)]
    [InlineData("""{"sunlight":null,"search":null,"min_price":null,"limit":null}""", null)]
    [InlineData("""{"sunlight":"full sun"}""", """{"sunlight":["Full Sun"]}""")]
    [InlineData("""{"water":["Low","High"],"search":"plant","min_price":1,"max_price":99.5,"sort":"name"}""", """{"water":["Low","High"],"search":"plant","min_price":1,"max_price":99.5,"sort":"name"}""")]
    public async Task The_filters_that_were_applied_are_echoed_for_the_widget(string arguments, string? expected)
    {
        var echoed = (await shops.Plantly.Call("list_products", arguments)).Data()["initialFilters"];
        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), echoed), echoed?.ToJsonString());
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task A_small_catalogue_travels_whole_beside_the_page_and_a_large_one_does_not(int products, bool whole)
    {
        await using var shop = await ShopServer.Start(Sample.Catalog(Sample.Many(products)));
        var result = await shop.Call("list_products", """{"limit":1}""");
        Assert.Equal(whole ? products : null, (result["_meta"]!["catalog"] as JsonArray)?.Count);
        Assert.Single(result.Ids());
        Assert.Equal(products, (int)result.Data()["total"]!);
    }

    [Theory]
    [InlineData("plantly")]
    [InlineData("groceries")]
    public async Task The_text_tells_all_that_the_page_has(string sample)
    {
        var result = await shops[sample].Call("list_products", """{"limit":50}""");
        Assert.All(result.Data()["products"]!.AsArray(), product => Assert.Contains(
            $"{product!["name"]} ({product["id"]}), {product["price"]!.ToJsonString()} USD", result.Text(), StringComparison.Ordinal));
        var none = await shops[sample].Call("list_products", """{"search":"zzzzzz"}""");
        Assert.False(none.IsError());
        Assert.Contains("No product", none.Text(), StringComparison.Ordinal);
        Assert.Equal(0, (int)none.Data()["total"]!);
    }

    [Fact]
    public async Task One_product_is_told_with_everything()
    {
        var result = await shops.Plantly.Call("get_product", """{"product_id":"aloe-vera"}""");
        var product = result.Data()["product"]!;
        Assert.Equal("14.99", product["price"]!.ToJsonString());
        Assert.Equal(("Aloe Vera", "USD", "Full Sun", "Low", "Arid", "Top Rated"), (
            (string?)product["name"], (string?)product["currency"], (string?)product["sunlight"], (string?)product["water"], (string?)product["climate"], (string?)product["category"]));
        Assert.True((bool)product["in_stock"]!);
        Assert.Contains("Aloe Vera (aloe-vera), 14.99 USD", result.Text(), StringComparison.Ordinal);
        Assert.Contains((string)product["description"]!, result.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'; drop table product; --")]
    [InlineData("\\\"")]
    [InlineData("* OR 1")]
    [InlineData("NEAR(a b) AND name:x")]
    [InlineData("a\\u0000b")]
    [InlineData("%_")]
    [InlineData("😀")]
    public async Task Nothing_in_a_search_is_taken_for_a_command(string search)
    {
        var result = await shops.Plantly.Call("list_products", $$"""{"search":"{{search}}"}""");
        Assert.False(result.IsError(), result.Text());
    }
}
