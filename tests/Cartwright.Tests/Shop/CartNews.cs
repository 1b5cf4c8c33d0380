using System.Text.Json.Nodes;
using Cartwright.Tests.Mcp;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Cartwright.Tests.Shop;

/// <summary>A cart is a resource, and whoever subscribed to it hears of its changes.</summary>
public sealed class CartNews
{
    [Fact]
    public async Task A_cart_reads_as_show_cart_answers_it_and_nobody_may_keep_it()
    {
        await using var shop = await ShopServer.Start();
        var cart = await Fill(shop);
        var uri = $"shop://cart/{cart.CartId()}";
        var read = (await shop.Wire.Call("resources/read", new JsonObject { ["uri"] = uri })).Result;
        var shown = await shop.Call("show_cart", $$"""{"cart_id":"{{cart.CartId()}}"}""");
        Assert.Equal(shown.Data().ToJsonString(), JsonNode.Parse((string)read["contents"]![0]!["text"]!)!.ToJsonString());
        Assert.Equal((0, "private"), ((int)read["ttlMs"]!, (string)read["cacheScope"]!));
        Assert.Equal(uri, (string?)JsonNode.Parse((await shop.Wire.Get($"/mcp/resources/read/{uri}")).Body)!["contents"]![0]!["uri"]);

        // Somebody's guess tells nothing, and makes no cart.
        Assert.Equal(404, (await shop.Wire.Get("/mcp/resources/read/shop://cart/cart_00000000000000000000000000")).Status);
        Assert.Equal(-32602, (await shop.Wire.Call("resources/read", new JsonObject { ["uri"] = "shop://cart/cart_00000000000000000000000000" })).Code);
        var templates = (await shop.Wire.Ask("resources/templates/list")).Result["resourceTemplates"]!.AsArray();
        Assert.Contains("shop://cart/{cart_id}", templates.Select(template => (string?)template!["uriTemplate"]));
    }

    [Fact]
    public async Task Streams_of_both_eras_hear_of_changes_of_their_cart_and_of_no_other()
    {
        await using var shop = await ShopServer.Start();
        var (mine, other) = (await Fill(shop), await Fill(shop));
        var uri = $"shop://cart/{mine.CartId()}";
        using var modern = await Listen(shop, uri);
        var session = await shop.Wire.Initialize();
        Assert.Equal(200, (await shop.Wire.Ask("resources/subscribe", $$"""{"uri":"{{uri}}"}""", session)).Status);
        using var legacy = await shop.Wire.OpenGet(session);

        await Add(shop, other);
        await Add(shop, mine);
        foreach (var stream in new[] { modern, legacy })
        {
            var news = (await stream.NextEvent()).Json;
            Assert.Equal(("notifications/resources/updated", uri), ((string)news["method"]!, (string)news["params"]!["uri"]!));
        }

        // Nobody needs to hear of a change that changed nothing.
        await shop.Call("update_cart", $$"""{"cart_id":"{{mine.CartId()}}","items":[{"product_id":"no-such","quantity":1}]}""");
        await shop.Wire.Ask("resources/unsubscribe", $$"""{"uri":"{{uri}}"}""", session);
        await Add(shop, mine);
        Assert.Equal("notifications/resources/updated", (string?)(await modern.NextEvent()).Json["method"]);
        await shop.Load(Sample.Catalog(Sample.Plants()));
        Assert.Equal("notifications/resources/updated", (string?)(await Skip(modern, "notifications/tools/list_changed")).Json["method"]);
        Assert.Equal("notifications/tools/list_changed", (string?)(await legacy.NextEvent()).Json["method"]);
    }

    [Fact]
    public async Task A_session_hears_at_one_instance_what_it_asked_for_at_another()
    {
        using var folder = new TempFolder();
        await using var here = await ShopServer.Start(folder: folder);
        await using var there = await ShopServer.Start(folder: folder);
        var cart = await Fill(here);
        var uri = $"shop://cart/{cart.CartId()}";
        var session = await here.Wire.Initialize();
        await there.Wire.Ask("resources/subscribe", $$"""{"uri":"{{uri}}"}""", session);
        using (var stream = await here.Wire.OpenGet(session))
        {
            await Add(here, cart);
            Assert.Equal(uri, (string?)(await stream.NextEvent()).Json["params"]!["uri"]);
        }

        // Its end ends its subscriptions, too.
        await there.Wire.Delete(session);
        await using var database = await TestDatabase.Open(Path.Combine(folder.Path, "data"), new FakeTime());
        Assert.Equal(0, await database.Read(db => db.Integer("select count(*) from session_subscription")));
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Postgres)]
    public async Task Streams_hear_of_what_happens_at_another_instance_also_after_the_connection_for_news_was_lost()
    {
        using var folder = new TempFolder();
        await using var here = await ShopServer.Start(folder: folder);
        await using var there = await ShopServer.Start(folder: folder);
        var cart = await Fill(there);
        var uri = $"shop://cart/{cart.CartId()}";
        using var modern = await Listen(here, uri);
        var session = await there.Wire.Initialize();
        using var legacy = await here.Wire.OpenGet(session);
        await there.Wire.Ask("resources/subscribe", $$"""{"uri":"{{uri}}"}""", session);

        // When the instance begins to listen, and hears of the subscription, is its own business; the news after that are not.
        await Until(legacy, uri, () => Add(there, cart));
        await Until(modern, uri, () => Task.CompletedTask);

        await using var database = await TestDatabase.Open(Path.Combine(folder.Path, "data"), new FakeTime());
        Assert.InRange(
            (await database.Read(db => db.Integer(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query = 'listen cartwright'")))!.Value,
            2,
            2);
        await Add(there, cart);
        await Until(modern, uri, () => Task.CompletedTask);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2025-03-26")]
    public async Task The_official_client_subscribes_and_reads_what_a_second_device_put_into_the_cart(string revision)
    {
        await using var shop = await ShopServer.Start();
        var cart = await Fill(shop);
        var uri = $"shop://cart/{cart.CartId()}";
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(shop.Wire.Address, "/mcp"), TransportMode = HttpTransportMode.StreamableHttp }),
            new McpClientOptions { ProtocolVersion = revision });
        Assert.True(client.ServerCapabilities.Resources!.Subscribe);
        var told = new TaskCompletionSource<string>();
        await using var subscription = await client.SubscribeToResourceAsync(new Uri(uri), (update, _) =>
        {
            told.TrySetResult(update.Uri);
            return ValueTask.CompletedTask;
        });

        // The client opens its stream in the background.
        await using var second = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(shop.Wire.Address, "/mcp"), TransportMode = HttpTransportMode.StreamableHttp }));
        var quantity = 1;
        for (; !told.Task.IsCompleted && quantity < 90; quantity++)
        {
            var added = await second.CallToolAsync("add_to_cart", new Dictionary<string, object?>
            {
                ["cart_id"] = System.Text.Json.JsonElement.Parse($"\"{cart.CartId()}\""),
                ["items"] = System.Text.Json.JsonElement.Parse("""[{"product_id":"aloe-vera"}]"""),
            });
            Assert.NotEqual(true, added.IsError);
            await Task.WhenAny(told.Task, Task.Delay(200));
        }

        Assert.Equal(uri, new Uri(await told.Task.WaitAsync(Wire.Patience)).OriginalString);
        var read = Assert.IsType<TextResourceContents>(Assert.Single((await client.ReadResourceAsync(uri)).Contents));
        Assert.Equal(quantity, (int)JsonNode.Parse(read.Text)!["items"]![0]!["quantity"]!);
    }

    private static Task<JsonNode> Fill(ShopServer shop) => shop.Call("add_to_cart", """{"items":[{"product_id":"aloe-vera"}]}""");

    private static Task<JsonNode> Add(ShopServer shop, JsonNode cart) =>
        shop.Call("add_to_cart", $$"""{"cart_id":"{{cart.CartId()}}","items":[{"product_id":"aloe-vera"}]}""");

    private static async Task<EventReader> Listen(ShopServer shop, string uri)
    {
        var wish = new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray(uri) } };
        var stream = await shop.Wire.Open("POST", "/mcp", Modern.Body("subscriptions/listen", wish), Modern.Headers("subscriptions/listen"));
        Assert.Equal("notifications/subscriptions/acknowledged", (string?)(await stream.NextEvent()).Json["method"]);
        return stream;
    }

    /// <summary>Does something again and again until the stream tells of the cart.</summary>
    private static async Task Until(EventReader stream, string uri, Func<Task> act)
    {
        var next = stream.NextEvent();
        for (var tries = 0; tries < 80 && !next.IsCompleted; tries++)
        {
            await act();
            await Task.WhenAny(next, Task.Delay(250));
        }

        Assert.Equal(uri, (string?)(await next).Json["params"]!["uri"]);
    }

    private static async Task<ServerEvent> Skip(EventReader stream, string method)
    {
        var next = await stream.NextEvent();
        return (string?)next.Json["method"] == method ? await stream.NextEvent() : next;
    }
}
