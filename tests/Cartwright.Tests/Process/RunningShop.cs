using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>What happens to a shop while it runs: it is stopped in the middle of work, its catalogue is replaced, a second one joins.</summary>
public sealed class RunningShop
{
    [Theory]
    [InlineData(ShopProcess.Terminate)]
    [InlineData(ShopProcess.Interrupt)]
    public async Task A_signal_stops_it_after_what_it_accepted(int signal)
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        using var shop = await ShopProcess.Serve(folder, port);
        using var caller = new ShopCaller(port);
        var cartId = (await caller.Call("show_cart", [])).CartId();
        using var stream = await OpenStream(port);
        var adds = Enumerable.Range(0, 50).Select(_ => TryAdd(caller, cartId)).ToList();
        await adds[0];
        Assert.Equal(0, await shop.Stop(signal));
        var acknowledged = (await Task.WhenAll(adds)).Count(added => added);

        using var again = await ShopProcess.Serve(folder, port);
        using var second = new ShopCaller(port);
        var cart = await second.Call("show_cart", new JsonObject { ["cart_id"] = cartId });
        Assert.InRange((int)cart.Data()["item_count"]!, acknowledged, 50);
        Assert.True(acknowledged > 0);
    }

    [Fact]
    public async Task A_catalogue_is_loaded_while_it_runs_and_a_bad_one_changes_nothing()
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        using var shop = await ShopProcess.Serve(folder, port);
        using var caller = new ShopCaller(port);
        var data = ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data"));

        folder.File("bad.json", """{ "store": { "name": "S", "currency": "USD", "country": "US" }, "facets": [], "products": [ { "id": "x", "name": "X", "price": "1.999" } ] }""");
        using var refused = ShopProcess.Run(folder.Path, ["catalog", "load", "bad.json"], data);
        Assert.Equal(2, await refused.Exit());
        Assert.Contains("line 1, products[0].price: \"1.999\" has more decimals than USD allows (2)", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("eggs", (await caller.Call("list_products", [])).Ids());

        folder.File("next.json", Sample.Catalog(Sample.Plants()).ToJsonString());
        using var checkedFile = ShopProcess.Run(folder.Path, ["catalog", "check", "next.json"]);
        Assert.Equal(0, await checkedFile.Exit());
        Assert.Contains("no mistakes", checkedFile.Output, StringComparison.Ordinal);
        using var loaded = ShopProcess.Run(folder.Path, ["catalog", "load", "next.json"], data);
        Assert.Equal(0, await loaded.Exit());
        Assert.Contains("catalogue version 2 is loaded", loaded.Output, StringComparison.Ordinal);
        await Until(async () => (await caller.Call("list_products", [])).Ids() is var ids && !ids.Contains("eggs") && ids.Length > 0);
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
        var cartId = (await callers.Call("show_cart", [])).CartId();
        var added = await Task.WhenAll(Enumerable.Range(0, 80).Select(number => TryAdd(number % 2 == 0 ? callers : others, cartId)));
        Assert.All(added, Assert.True);
        Assert.Equal("80 eggs", (await others.Call("show_cart", new JsonObject { ["cart_id"] = cartId })).Lines());
        Assert.Equal(80, (await callers.Call("show_cart", new JsonObject { ["cart_id"] = cartId })).Version());
    }

    private static async Task<bool> TryAdd(ShopCaller caller, string cartId)
    {
        try
        {
            var arguments = new JsonObject { ["cart_id"] = cartId, ["items"] = new JsonArray(ShopCaller.Item("eggs", 1)) };
            return !(await caller.Call("add_to_cart", arguments)).IsError();
        }
        catch (HttpRequestException)
        {
            // Refused because the server is stopping.
            return false;
        }
    }

    /// <summary>A notification stream, which a stopping server has to close itself.</summary>
    private static async Task<Stream> OpenStream(int port)
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Accept", "text/event-stream");
        return await http.GetStreamAsync(new Uri($"http://127.0.0.1:{port}/mcp"));
    }

    private static async Task Until(Func<Task<bool>> isSo)
    {
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(20), "It did not come about in 20 s.");
            await Task.Delay(50);
        }
    }
}
