using System.Text.Json.Nodes;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Shop;

/// <summary>A catalogue that another process loads while the server runs.</summary>
public sealed class CatalogReloads
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_cached_answer_does_not_outlive_the_age_it_may_have()
    {
        var clock = new Clock();
        await using var shop = await ShopServer.Start(time: clock);
        Assert.Contains("aloe-vera", (await shop.Call("list_products")).Ids());
        await shop.Load(Catalog("A Thing", "1.00"));
        clock.Pass(MaxAge);
        var listed = await shop.Call("list_products");
        Assert.Equal(["thing"], listed.Ids());
        Assert.Equal("""["thing"]""", new JsonArray([.. listed["_meta"]!["catalog"]!.AsArray().Select(product => product!["id"]!.DeepClone())]).ToJsonString());

        await shop.Load(Catalog("A Thing", "2.00"));
        clock.Pass(MaxAge);
        Assert.Equal("2.00", (await shop.Call("list_products")).Data()["products"]![0]!["price"]!.ToJsonString());
    }

    [Fact]
    public async Task The_schema_follows_the_catalogue()
    {
        var clock = new Clock();
        await using var shop = await ShopServer.Start(time: clock);
        await shop.Load(Catalog("A Thing", "1.00", facet: "colour"));
        clock.Pass(MaxAge);
        await shop.Call("list_products");
        var properties = (await shop.Tool("list_products"))["inputSchema"]!["properties"]!.AsObject();
        Assert.True(properties.ContainsKey("colour"));
        Assert.False(properties.ContainsKey("sunlight"));
        Assert.Equal(["thing"], (await shop.Call("list_products", """{"colour":"red"}""")).Ids());
        Assert.True((await shop.Call("list_products", """{"sunlight":"Full Sun"}""")).IsError());
    }

    [Fact]
    public async Task After_the_first_new_answer_no_old_one_comes_again_however_many_ask()
    {
        await using var shop = await ShopServer.Start(Catalog("A Thing", "1.00"));
        for (var price = 2; price <= 4; price++)
        {
            await shop.Load(Catalog("A Thing", $"{price}.00"));
            using var late = new CancellationTokenSource(Wire.Patience);
            while (await Price(shop) != price)
            {
                late.Token.ThrowIfCancellationRequested();
            }

            Assert.All(await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Price(shop))), seen => Assert.Equal(price, seen));
        }

        static async Task<decimal> Price(ShopServer shop) => (decimal)(await shop.Call("list_products")).Data()["products"]![0]!["price"]!;
    }

    [Fact]
    public async Task Carts_and_single_products_see_new_prices_at_once_and_say_so()
    {
        await using var shop = await ShopServer.Start(Catalog("A Thing", "1.00"));
        var cart = await shop.Call("add_to_cart", """{"items":[{"product_id":"thing","quantity":2}]}""");
        await shop.Load(Catalog("A Thing", "1.50"));
        var shown = await shop.Call("show_cart", $$"""{"cart_id":"{{cart.CartId()}}"}""");
        Assert.Equal("3.00", shown.Data()["subtotal"]!.ToJsonString());
        Assert.Contains("price was 1.00 when added", shown.Text(), StringComparison.Ordinal);
        Assert.Equal("1.50", (await shop.Call("get_product", """{"product_id":"thing"}""")).Data()["product"]!["price"]!.ToJsonString());
    }

    [Fact]
    public async Task Open_streams_of_both_eras_hear_that_the_tools_changed_and_only_when_they_did()
    {
        await using var shop = await ShopServer.Start(Catalog("A Thing", "1.00"));
        using var legacy = await shop.Wire.OpenGet(await shop.Wire.Initialize());
        var wish = new JsonObject { ["notifications"] = new JsonObject { ["toolsListChanged"] = true, ["promptsListChanged"] = true, ["resourceSubscriptions"] = new JsonArray("ui://widget/shopping-cart.html") } };
        using var modern = await shop.Wire.Open("POST", "/mcp", Modern.Body("subscriptions/listen", wish, "\"s\""), Modern.Headers("subscriptions/listen"));
        Assert.Equal("""{"toolsListChanged":true,"resourceSubscriptions":["ui://widget/shopping-cart.html"]}""", (await modern.NextEvent()).Json["params"]!["notifications"]!.ToJsonString());

        // The first changes only a price, which no list shows; the second a facet.
        await shop.Load(Catalog("A Thing", "2.00"));
        await shop.Load(Catalog("A Thing", "2.00", facet: "colour"));
        Assert.Equal("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{}}""", (await legacy.NextEvent()).Data);
        Assert.Equal(
            """{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}}""",
            (await modern.NextEvent()).Data);
        Assert.True((await shop.Tool("list_products"))["inputSchema"]!["properties"]!.AsObject().ContainsKey("colour"));

        var stopping = shop.App.StopAsync();
        Assert.Equal("s", (string?)(await modern.NextEvent()).Json["id"]);
        await stopping.WaitAsync(Wire.Patience);
    }

    private static JsonObject Catalog(string name, string price, string facet = "size") => new()
    {
        ["store"] = new JsonObject { ["name"] = "Things", ["currency"] = "USD", ["country"] = "US" },
        ["facets"] = new JsonArray(new JsonObject { ["key"] = facet, ["title"] = facet, ["values"] = new JsonArray("red", "blue") }),
        ["products"] = new JsonArray(new JsonObject
        {
            ["id"] = "thing",
            ["name"] = name,
            ["price"] = price,
            ["description"] = "A thing.",
            ["facets"] = new JsonObject { [facet] = "red" },
        }),
    };

    /// <summary>Time stands still, also for ages, until it is told to pass.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }
}
