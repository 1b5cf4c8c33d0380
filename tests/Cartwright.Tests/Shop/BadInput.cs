using System.Globalization;

namespace Cartwright.Tests.Shop;

/// <summary>What a model does wrong gets it advice, and costs no shopper a line.</summary>
public sealed class BadInput(SampleShops shops) : IClassFixture<SampleShops>
{
    internal static readonly (string Name, string Tool, string Arguments, string[] Advice)[] Table =
    [
        ("an unknown product", "add_to_cart", Items("""{"product_id":"aloe"}"""), ["no product \"aloe\"", "did you mean aloe-vera (Aloe Vera)"]),
        ("an unknown name", "add_to_cart", Items("""{"name":"Monstera Deluxe"}"""), ["no product \"Monstera Deluxe\"", "monstera"]),
        ("a name like nothing", "add_to_cart", Items("""{"name":"qqqqqqqqqqqq"}"""), ["list_products"]),
        ("an empty name", "add_to_cart", Items("""{"name":"  "}"""), ["product_id and name are both missing"]),
        ("no name at all", "add_to_cart", Items("{}"), ["product_id and name are both missing"]),
        ("quantity 0", "add_to_cart", Items("""{"product_id":"monstera","quantity":0}"""), ["items[0].quantity must be a whole number from 1 to 99, not 0"]),
        ("quantity -1", "add_to_cart", Items("""{"product_id":"monstera","quantity":-1}"""), ["from 1 to 99, not -1"]),
        ("quantity 1.5", "add_to_cart", Items("""{"product_id":"monstera","quantity":1.5}"""), ["from 1 to 99, not 1.5"]),
        ("quantity 100", "add_to_cart", Items("""{"product_id":"monstera","quantity":100}"""), ["from 1 to 99, not 100"]),
        ("quantity two", "add_to_cart", Items("""{"product_id":"monstera","quantity":"two"}"""), ["from 1 to 99, not \"two\""]),
        ("a huge quantity", "add_to_cart", Items("""{"product_id":"monstera","quantity":99999999999999999999999}"""), ["from 1 to 99"]),
        ("quantity -1 to set", "update_cart", Items("""{"product_id":"monstera","quantity":-1}"""), ["from 0 to 99, not -1"]),
        ("quantity 1.5 to set", "update_cart", Items("""{"product_id":"monstera","quantity":1.5}"""), ["from 0 to 99, not 1.5"]),
        ("quantity 100 to set", "update_cart", Items("""{"product_id":"monstera","quantity":100}"""), ["from 0 to 99, not 100"]),
        ("no quantity to set", "update_cart", Items("""{"product_id":"monstera"}"""), ["items[0].quantity is required"]),
        ("no product to set", "update_cart", Items("""{"quantity":1}"""), ["items[0].product_id is required"]),
        ("quantity 0 to show", "show_cart", Items("""{"product_id":"monstera","quantity":0}"""), ["from 1 to 99, not 0"]),
        ("too many of one line", "add_to_cart", Items("""{"product_id":"aloe-vera","quantity":98}"""), ["at most 99", "2 are in the cart already"]),
        ("more than there are", "add_to_cart", Items("""{"product_id":"monstera","quantity":99}"""), ["only 60 left"]),
        ("51 lines", "add_to_cart", Items([.. Enumerable.Repeat("""{"product_id":"monstera"}""", 51)]), ["items must have 1 to 50 entries, not 51"]),
        ("51 lines to set", "update_cart", Items([.. Enumerable.Repeat("""{"product_id":"monstera","quantity":1}""", 51)]), ["items must have 1 to 50 entries, not 51"]),
        ("51 lines to show", "show_cart", Items([.. Enumerable.Repeat("""{"product_id":"monstera"}""", 51)]), ["items must have 1 to 50 entries, not 51"]),
        ("no lines", "add_to_cart", Items(), ["items must have 1 to 50 entries, not 0"]),
        ("no items", "add_to_cart", """{"CART":1}""", ["items is required"]),
        ("null for items", "add_to_cart", """{"CART":1,"items":null}""", ["items is required"]),
        ("null for an item", "add_to_cart", Items("null"), ["items[0] must be an object, not null"]),
        ("items that are no list", "add_to_cart", """{"CART":1,"items":{"product_id":"monstera"}}""", ["items must be a list"]),
        ("an unknown property", "add_to_cart", """{"CART":1,"items":[{"product_id":"monstera"}],"price":1}""", ["no property \"price\""]),
        ("an unknown property of an item", "add_to_cart", Items("""{"product_id":"monstera","price":0.01}"""), ["no property \"price\""]),
        ("the same product with two quantities", "update_cart", Items("""{"product_id":"monstera","quantity":1}""", """{"product_id":"monstera","quantity":2}"""), ["is there twice"]),
        ("a version that has passed", "update_cart", """{"CART":1,"expected_version":0,"items":[{"product_id":"monstera","quantity":5}]}""", ["at version 1, not 0", "show_cart"]),
        ("a version to come", "update_cart", """{"CART":1,"expected_version":9223372036854775807,"items":[{"product_id":"monstera","quantity":5}]}""", ["at version 1"]),
        ("a version beyond numbers", "update_cart", """{"CART":1,"expected_version":9223372036854775808,"items":[{"product_id":"monstera","quantity":5}]}""", ["expected_version must be a whole number"]),
        ("a cart nobody has", "add_to_cart", """{"cart_id":"cart_00000000000000000000000000","items":[{"product_id":"monstera"}]}""", ["There is no cart", "leave out cart_id to start a new cart"]),
        ("a cart that is no id", "show_cart", """{"cart_id":"'; drop table cart; --"}""", ["There is no cart"]),
        ("a cart with a zero byte", "show_cart", """{"cart_id":"a\u0000b"}""", ["There is no cart"]),
        ("an empty cart id", "show_cart", """{"cart_id":""}""", ["cart_id must have 1 to 100 characters, not 0"]),
        ("a cart id without end", "show_cart", $$"""{"cart_id":"{{new string('c', 101)}}"}""", ["cart_id must have 1 to 100 characters, not 101"]),
        ("a cart that is a number", "show_cart", """{"cart_id":7}""", ["cart_id must be a text, not 7"]),
        ("a key that is too long", "add_to_cart", $$"""{"CART":1,"items":[{"product_id":"monstera"}],"idempotency_key":"{{new string('k', 129)}}"}""", ["idempotency_key must have 1 to 128 characters, not 129"]),
        ("an empty key", "add_to_cart", """{"CART":1,"items":[{"product_id":"monstera"}],"idempotency_key":""}""", ["idempotency_key must have 1 to 128 characters"]),
        ("a key with a control character", "add_to_cart", """{"CART":1,"items":[{"product_id":"monstera"}],"idempotency_key":"k\u0000a"}""", ["idempotency_key", "control characters"]),
        ("a key that can be guessed", "add_to_cart", """{"items":[{"product_id":"monstera"}],"idempotency_key":"1"}""", ["idempotency_key", "UUID"]),
        ("an unknown product to look at", "get_product", """{"product_id":"aloe"}""", ["did you mean aloe-vera (Aloe Vera)"]),
        ("nothing to look at", "get_product", "{}", ["product_id is required"]),
        ("an unknown facet", "list_products", """{"shade":"dark"}""", ["no property \"shade\"", "sunlight", "water", "climate", "category"]),
        ("an unknown facet value", "list_products", """{"sunlight":"Moonlight"}""", ["sunlight must be one of \"Full Sun\", \"Indirect Light\", \"Low Light\", not \"Moonlight\""]),
        ("an unknown value among known ones", "list_products", """{"water":["Low","Lots"]}""", ["water[1] must be one of \"Low\", \"Moderate\", \"High\", not \"Lots\""]),
        ("a facet that is a number", "list_products", """{"water":7}""", ["water must be"]),
        ("limit 0", "list_products", """{"limit":0}""", ["limit must be a whole number from 1 to 50, not 0"]),
        ("limit 51", "list_products", """{"limit":51}""", ["from 1 to 50, not 51"]),
        ("an unknown sort", "list_products", """{"sort":"best"}""", ["sort must be one of \"featured\", \"relevance\", \"price_asc\", \"price_desc\", \"name\", not \"best\""]),
        ("prices the wrong way round", "list_products", """{"min_price":20,"max_price":10}""", ["min_price 20 is above max_price 10"]),
        ("a price below zero", "list_products", """{"min_price":-1}""", ["min_price: -1 is below zero"]),
        ("a price in fractions of a cent", "list_products", """{"max_price":1.005}""", ["max_price: 1.005 has more decimals than USD allows"]),
        ("a price beyond numbers", "list_products", """{"max_price":1e30}""", ["max_price"]),
        ("a price in words", "list_products", """{"max_price":"ten"}""", ["max_price must be a number, not \"ten\""]),
        ("a cursor of elsewhere", "list_products", """{"cursor":"abc"}""", ["not a cursor of this shop", "leave out cursor"]),
        ("a search that is too long", "list_products", $$"""{"search":"{{new string('a', 201)}}"}""", ["search must have 0 to 200 characters, not 201"]),
    ];

    public static TheoryData<string> Rows => [.. Table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Gets_advice_and_changes_nothing(string name)
    {
        var (_, tool, arguments, advice) = Table.Single(row => row.Name == name);
        var before = await shops.Plantly.Call("add_to_cart", """{"items":[{"product_id":"aloe-vera","quantity":2},{"product_id":"monstera"}]}""");
        var result = await shops.Plantly.Call(tool, arguments.Replace("\"CART\":1", $"\"cart_id\":\"{before.CartId()}\"", StringComparison.Ordinal));
        Assert.True(result.IsError(), result.ToJsonString());
        Assert.Null(result["structuredContent"]);
        Assert.All(advice, text => Assert.Contains(text, result.Text(), StringComparison.Ordinal));

        var after = await shops.Plantly.Call("show_cart", $$"""{"cart_id":"{{before.CartId()}}"}""");
        Assert.Equal(before.Data().ToJsonString(), after.Data().ToJsonString());
    }

    [Fact]
    public async Task A_key_used_for_another_request_is_refused_and_for_the_same_request_answered_again()
    {
        const string key = "\"idempotency_key\":\"8b5c2a52-6c0f-4a8e-9d8b-0c3f7a1e9b11\"";
        var first = await shops.Plantly.Call("add_to_cart", $$"""{"items":[{"product_id":"monstera","quantity":2}],{{key}}}""");
        var again = await shops.Plantly.Call("add_to_cart", $$"""{"items":[{"product_id":"monstera","quantity":2}],{{key}}}""");
        Assert.Equal(first.ToJsonString(), again.ToJsonString());

        var other = await shops.Plantly.Call("add_to_cart", $$"""{"items":[{"product_id":"monstera","quantity":3}],{{key}}}""");
        Assert.True(other.IsError());
        Assert.Contains("was used for another request", other.Text(), StringComparison.Ordinal);
        Assert.Equal("2 monstera", (await shops.Plantly.Call("show_cart", $$"""{"cart_id":"{{first.CartId()}}"}""")).Lines());
    }

    [Fact]
    public async Task A_version_conflict_tells_the_current_version_which_then_works()
    {
        var cart = await shops.Plantly.Call("add_to_cart", """{"items":[{"product_id":"monstera"}]}""");
        await shops.Plantly.Call("add_to_cart", $$"""{"cart_id":"{{cart.CartId()}}","items":[{"product_id":"monstera"}]}""");
        var conflict = await shops.Plantly.Call("update_cart", Update(cart.Version()));
        Assert.True(conflict.IsError());
        Assert.Contains("expected_version 2", conflict.Text(), StringComparison.Ordinal);
        Assert.Equal("7 monstera", (await shops.Plantly.Call("update_cart", Update(2))).Lines());

        string Update(int version) => $$"""{"cart_id":"{{cart.CartId()}}","expected_version":{{version}},"items":[{"product_id":"monstera","quantity":7}]}""";
    }

    [Fact]
    public async Task An_expired_cart_is_told_as_one_that_is_not_there()
    {
        var time = new FakeTime();
        await using var shop = await ShopServer.Start(time: time);
        var cart = await shop.Call("add_to_cart", """{"items":[{"product_id":"monstera"}]}""");
        time.Pass(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("1 monstera", (await shop.Call("show_cart", $$"""{"cart_id":"{{cart.CartId()}}"}""")).Lines());
        time.Pass(TimeSpan.FromMilliseconds(1));
        var gone = await shop.Call("add_to_cart", $$"""{"cart_id":"{{cart.CartId()}}","items":[{"product_id":"monstera"}]}""");
        Assert.True(gone.IsError());
        Assert.Contains("expired", gone.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cart_has_no_more_than_fifty_lines_however_they_come()
    {
        await using var shop = await ShopServer.Start(Sample.Catalog(Sample.Many(51)));
        var items = Enumerable.Range(0, 50).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"product_id":"p{{i}}"}"""));
        var full = await shop.Call("add_to_cart", $$"""{"items":[{{string.Join(',', items)}}]}""");
        var beyond = await shop.Call("add_to_cart", $$"""{"cart_id":"{{full.CartId()}}","items":[{"product_id":"p50"}]}""");
        Assert.True(beyond.IsError());
        Assert.Contains("at most 50", beyond.Text(), StringComparison.Ordinal);
        Assert.Equal(50, (await shop.Call("show_cart", $$"""{"cart_id":"{{full.CartId()}}"}""")).Data()["items"]!.AsArray().Count);
    }

    private static string Items(params string[] items) => $$"""{"CART":1,"items":[{{string.Join(',', items)}}]}""";
}
