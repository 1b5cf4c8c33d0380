using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>What happens to a shop while it runs: it is stopped in the middle of work, its catalogue is replaced, a second one joins.</summary>
public sealed class RunningShop
{
    [Theory]
    [InlineData(ShopProcess.Terminate)]
    [InlineData(ShopProcess.Interrupt)]
    public async Task A_signal_stops_it_after_it_has_answered_what_it_accepted(int signal)
    {
        const int clients = 50;
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        using var shop = await ShopProcess.Serve(folder, port);
        using var streaming = new HttpClient { DefaultRequestHeaders = { { "Accept", "text/event-stream" } } };
        using var stream = new StreamReader(await streaming.GetStreamAsync(new Uri($"http://127.0.0.1:{port}/mcp")));
        using var started = new CountdownEvent(clients);
        var working = Enumerable.Range(0, clients).Select(_ => Task.Run(() => ChangeUntilRefused(port, started))).ToList();
        await shop.Until(() => started.IsSet || working.Exists(client => client.IsCompleted));

        Assert.Equal(0, await shop.Stop(signal));
        Assert.StartsWith("event: endpoint", await stream.ReadToEndAsync(), StringComparison.Ordinal);
        var carts = await Task.WhenAll(working);
        using var again = await ShopProcess.Serve(folder, port);
        using var caller = new ShopCaller(port);
        foreach (var (cartId, acknowledged) in carts)
        {
            Assert.Equal(acknowledged, (await caller.Show(cartId)).Version());
        }
    }

    [Fact]
    public async Task A_client_that_does_not_go_on_with_its_request_holds_up_the_end_for_seconds_only_and_is_not_logged()
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        using var shop = await ShopProcess.Serve(folder, port);
        using var head = await Begin(port, "POST /mcp HTTP/1.1\r\nHost: local");
        using var body = await Begin(port, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{");
        using var idle = await Begin(port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.NotEqual(0, await idle.GetStream().ReadAsync(new byte[100]));
        Assert.Equal(0, await shop.Stop());
        Assert.Empty(shop.Errors);
    }

    [Fact]
    public async Task A_catalogue_is_loaded_while_it_runs_and_a_bad_one_changes_nothing()
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        using var shop = await ShopProcess.Serve(folder, port);
        using var caller = new ShopCaller(port);
        var data = ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data"));

        folder.File("bad.json", """
            { "store": { "name": "S", "currency": "USD", "country": "US" }, "facets": [], "products": [
              { "id": "x", "name": "X", "price": "1.999" },
              { "id": "x", "name": "", "price": "1" }
            ] }
            """);
        using var refused = ShopProcess.Run(folder.Path, ["catalog", "load", "bad.json"], data);
        Assert.Equal(2, await refused.Exit());
        Assert.Empty(refused.Output);
        Assert.Contains("line 2, products[0].price: \"1.999\" has more decimals than USD allows (2)", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("line 3, products[1].name: ", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("line 3, products[1].id: ", refused.Errors, StringComparison.Ordinal);
        using var found = ShopProcess.Run(folder.Path, ["catalog", "check", "bad.json"]);
        Assert.Equal(2, await found.Exit());
        Assert.Equal(refused.Errors, found.Errors);
        Assert.Contains("eggs", (await caller.Call("list_products", [])).Ids());

        folder.File("next.json", Sample.Catalog(Sample.Plants()).ToJsonString());
        using var checkedFile = ShopProcess.Run(folder.Path, ["catalog", "check", "next.json"]);
        Assert.Equal(0, await checkedFile.Exit());
        Assert.Contains("no mistakes", checkedFile.Output, StringComparison.Ordinal);
        using var loaded = ShopProcess.Run(folder.Path, ["catalog", "load", "next.json"], data);
        Assert.Equal(0, await loaded.Exit());
        Assert.Contains("catalogue version 2 is loaded", loaded.Output, StringComparison.Ordinal);
        await shop.Until(async () => (await caller.Call("list_products", [])).Ids() is var ids && !ids.Contains("eggs") && ids.Length > 0);
    }

    [Fact]
    public async Task Two_servers_on_one_folder_keep_one_cart()
    {
        using var folder = new TempFolder();
        var ports = (First: ShopProcess.FreePort(), Second: ShopProcess.FreePort());
        using var first = await ShopProcess.Serve(folder, ports.First);
        using var second = await ShopProcess.Serve(folder, ports.Second);
        using var callers = new ShopCaller(ports.First);
        using var others = new ShopCaller(ports.Second);
        var cartId = await callers.NewCart();
        var added = await Task.WhenAll(Enumerable.Range(0, 80).Select(number => Add(number % 2 == 0 ? callers : others, cartId)));
        Assert.Equal(Enumerable.Range(1, 80), added.Select(answer => answer.Version()).Order());
        Assert.Equal("80 eggs", (await others.Show(cartId)).Lines());
        await Set(others, cartId, 7);
        var cart = await callers.Show(cartId);
        Assert.Equal(("7 eggs", 81), (cart.Lines(), cart.Version()));

        await first.Kill();
        await Set(others, cartId, 8);
        Assert.Equal("8 eggs", (await others.Show(cartId)).Lines());
    }

    [Fact]
    public async Task Two_servers_that_make_their_folder_at_once_take_an_add_sent_to_both_with_one_key_once()
    {
        using var folder = new TempFolder();
        var ports = (First: ShopProcess.FreePort(), Second: ShopProcess.FreePort());
        var starts = new[] { ShopProcess.Serve(folder, ports.First), ShopProcess.Serve(folder, ports.Second) };
        try
        {
            await Task.WhenAll(starts);
            using var callers = new ShopCaller(ports.First);
            using var others = new ShopCaller(ports.Second);
            var cartId = await callers.NewCart();
            var added = await Task.WhenAll(Enumerable.Range(0, 60).Select(number =>
                Task.WhenAll(Add(callers, cartId, $"add {number}"), Add(others, cartId, $"add {number}"))));
            Assert.All(added, pair => Assert.Equal(pair[0].Version(), pair[1].Version()));
            Assert.Equal(Enumerable.Range(1, 60), added.Select(pair => pair[0].Version()).Order());
            Assert.Equal("60 eggs", (await others.Show(cartId)).Lines());
        }
        finally
        {
            foreach (var start in starts.Where(start => start.IsCompletedSuccessfully))
            {
                (await start).Dispose();
            }
        }
    }

    private static Task<JsonNode> Add(ShopCaller caller, string cartId, string key) => caller.Call("add_to_cart", new JsonObject
    {
        ["cart_id"] = cartId,
        ["items"] = new JsonArray(ShopCaller.Item("eggs", 1)),
        ["idempotency_key"] = key,
    });

    private static Task<JsonNode> Add(ShopCaller caller, string cartId) =>
        caller.Call("add_to_cart", new JsonObject { ["cart_id"] = cartId, ["items"] = new JsonArray(ShopCaller.Item("eggs", 1)) });

    private static Task<JsonNode> Set(ShopCaller caller, string cartId, int quantity) =>
        caller.Call("update_cart", new JsonObject { ["cart_id"] = cartId, ["items"] = new JsonArray(ShopCaller.Item("eggs", quantity)) });

    /// <summary>Changes a cart of its own again and again. Every answer is the next version, until no more comes; half of one fails.</summary>
    private static async Task<(string CartId, int Acknowledged)> ChangeUntilRefused(int port, CountdownEvent started)
    {
        using var caller = new ShopCaller(port);
        var cartId = await caller.NewCart();
        for (var version = 1; ; version++)
        {
            try
            {
                Assert.Equal(version, (await Set(caller, cartId, 1 + (version % 2))).Version());
            }
            catch (HttpRequestException)
            {
                Assert.True(version > 1);
                return (cartId, version - 1);
            }

            if (version == 1)
            {
                started.Signal();
            }
        }
    }

    private static async Task<TcpClient> Begin(int port, string bytes)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes));
        return client;
    }
}
