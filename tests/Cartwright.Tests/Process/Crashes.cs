using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>What has been acknowledged stays, once, whatever happens to the process.</summary>
public sealed class Crashes
{
    private const int Clients = 32;
    private const int Adds = 1000;

    // 1,000 adds over lines of 99 at most; every one of them has at least that many in stock.
    private static readonly string[] Products = ProductsWithStock(99);

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task A_thousand_adds_by_32_clients_count_once_each_however_often_the_process_is_killed(int kills)
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        var shop = await ShopProcess.Serve(folder, port);
        try
        {
            var cartId = await NewCart(port);
            var work = new ConcurrentQueue<int>(Enumerable.Range(0, Adds));
            var versions = new ConcurrentBag<int>();
            var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AddAll(port, cartId, work, versions))).ToList();
            var killed = 0;
            for (var i = 1; i <= kills; i++)
            {
                // At a fifth, two fifths, ... of the work, in the middle of it.
                while (versions.Count < i * Adds / (kills + 1))
                {
                    await Task.Delay(1);
                }

                await shop.Kill();
                killed += versions.Count < Adds ? 1 : 0;
                shop.Dispose();
                shop = await ShopProcess.Serve(folder, port);
            }

            await Task.WhenAll(clients);
            Assert.Equal(kills, killed);
            Assert.Equal(Enumerable.Range(1, Adds), versions.Order());
            using var caller = new ShopCaller(port);
            var cart = await caller.Call("show_cart", new JsonObject { ["cart_id"] = cartId });
            Assert.Equal(Adds, cart.Version());
            var expected = Enumerable.Range(0, Adds).CountBy(Product).ToDictionary(StringComparer.Ordinal);
            var actual = cart.Data()["items"]!.AsArray().ToDictionary(item => (string)item!["product_id"]!, item => (int)item!["quantity"]!, StringComparer.Ordinal);
            Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), actual.OrderBy(pair => pair.Key, StringComparer.Ordinal));
            Assert.Equal(0, await shop.Stop());
            await AssertSound(folder);
        }
        finally
        {
            shop.Dispose();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conversation_goes_on_after_the_server_was_killed_or_stopped(bool kill)
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        using var first = await ShopProcess.Serve(folder, port);
        using var caller = new ShopCaller(port);
        await Add(caller, "eggs", 2);
        await Add(caller, "milk", 1);
        var cart = await caller.Call("update_cart", new JsonObject { ["items"] = new JsonArray(ShopCaller.Item("avocados", 2)) }, "a conversation");
        if (kill)
        {
            await first.Kill();
        }
        else
        {
            Assert.Equal(0, await first.Stop());
        }

        using var second = await ShopProcess.Serve(folder, port);
        await Add(caller, "tomatoes", 3);
        const string wanted = "2 eggs, 1 milk, 2 avocados, 3 tomatoes";
        Assert.Equal(wanted, (await caller.Call("show_cart", [], "a conversation")).Lines());
        using var stranger = new ShopCaller(port);
        Assert.Equal(wanted, (await stranger.Call("show_cart", new JsonObject { ["cart_id"] = cart.CartId() })).Lines());
        foreach (var guess in Guesses(cart.CartId()))
        {
            var refused = await stranger.Call("show_cart", new JsonObject { ["cart_id"] = guess });
            Assert.True(refused.IsError(), guess);
            Assert.DoesNotContain("eggs", refused.ToJsonString(), StringComparison.Ordinal);
        }
    }

    private static Task<JsonNode> Add(ShopCaller caller, string product, int quantity) =>
        caller.Call("add_to_cart", new JsonObject { ["items"] = new JsonArray(ShopCaller.Item(product, quantity)) }, "a conversation");

    private static IEnumerable<string> Guesses(string cartId)
    {
        var last = cartId[^1] == '0' ? '1' : '0';
        return [cartId[..^1] + last, cartId[..^1], cartId + "0", cartId.ToUpperInvariant(), cartId["cart_".Length..], $" {cartId}", "%", "", new string('x', 10_000)];
    }

    private static async Task<string> NewCart(int port)
    {
        using var caller = new ShopCaller(port);
        return (await caller.Call("show_cart", [])).CartId();
    }

    /// <summary>Takes adds from the queue and repeats each with its key until it has been acknowledged.</summary>
    private static async Task AddAll(int port, string cartId, ConcurrentQueue<int> work, ConcurrentBag<int> versions)
    {
        using var caller = new ShopCaller(port);
        while (work.TryDequeue(out var number))
        {
            versions.Add(await AddUntilAcknowledged(caller, cartId, number));
        }
    }

    private static async Task<int> AddUntilAcknowledged(ShopCaller caller, string cartId, int number)
    {
        while (true)
        {
            try
            {
                var added = await caller.Call("add_to_cart", new JsonObject
                {
                    ["cart_id"] = cartId,
                    ["items"] = new JsonArray(ShopCaller.Item(Product(number), 1)),
                    ["idempotency_key"] = $"add {number}",
                });
                Assert.False(added.IsError(), added.ToJsonString());
                return added.Version();
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // Killed while it worked, or not there again yet: nobody knows whether the add was made.
                await Task.Delay(20);
            }
        }
    }

    private static string Product(int number) => Products[number % Products.Length];

    private static string[] ProductsWithStock(int quantity)
    {
        var catalog = JsonNode.Parse(File.ReadAllText(ShopServer.SampleFile("groceries")))!;
        return
        [
            .. catalog["products"]!.AsArray()
                .Where(product => product!["stock"] is not { } stock || (int)stock >= quantity)
                .Select(product => (string)product!["id"]!)
                .Take(16),
        ];
    }

    private static async Task AssertSound(TempFolder folder)
    {
        await using var database = (await Database.Open(Path.Combine(folder.Path, "data"), new FakeTime())).Value;
        Assert.Equal(["ok"], await database.Read(session => session.Query("pragma integrity_check", row => row.GetString(0))));
    }
}
