using System.Text.Json.Nodes;
using Cartwright.Server;
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
    [InlineData(0, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public async Task A_thousand_adds_by_32_clients_count_once_each_however_often_the_process_is_killed(int kills, int seed)
    {
        Assert.True(Products.Length * 99 >= Adds, "The sample has too few products with enough stock.");
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        var shop = await ShopProcess.Serve(folder, port);
        try
        {
            using var caller = new ShopCaller(port);
            var cartId = await caller.NewCart();
            var adding = new AddingClients(port, cartId, Products);
            var clients = adding.Run(Clients);
            foreach (var moment in Moments(kills, seed))
            {
                // Work for every client is left at the moment of the kill, and some stays for afterwards.
                adding.Release(moment + (2 * Clients));
                await adding.Acknowledged(moment);
                await shop.Kill();
                shop.Dispose();
                shop = await ShopProcess.Serve(folder, port);
            }

            adding.Finish(Adds);
            await clients;
            Assert.Equal(Enumerable.Range(1, Adds), adding.Versions.Order());
            var cart = await caller.Show(cartId);
            Assert.Equal(Adds, cart.Version());
            Assert.Equal(Adds, (int)cart.Data()["item_count"]!);
            Assert.Equal(adding.Expected(), Quantities(cart));

            await shop.Kill();
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
        Assert.Equal(wanted, (await stranger.Show(cart.CartId())).Lines());
        var refusals = new HashSet<string>(StringComparer.Ordinal);
        foreach (var guess in Guesses(cart.CartId()))
        {
            var refused = await stranger.Show(guess);
            Assert.True(refused.IsError(), guess);
            refusals.Add(refused.ToJsonString().Replace(guess, "GUESS", StringComparison.Ordinal));
        }

        // Not one of them tells how near it was.
        Assert.Contains("There is no cart", Assert.Single(refusals), StringComparison.Ordinal);
        foreach (var nonsense in new[] { "", new string('x', 10_000) })
        {
            var refused = await stranger.Show(nonsense);
            Assert.True(refused.IsError());
            Assert.DoesNotContain("xxx", refused.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Equal(4, (await caller.Show(cart.CartId())).Version());
    }

    private static Task<JsonNode> Add(ShopCaller caller, string product, int quantity) =>
        caller.Call("add_to_cart", new JsonObject { ["items"] = new JsonArray(ShopCaller.Item(product, quantity)) }, "a conversation");

    /// <summary>Ids of the right form, and ids that miss this one by a character, its case, its prefix, a space.</summary>
    private static IEnumerable<string> Guesses(string cartId)
    {
        var ids = new IdSource(new Random(7).NextBytes);
        var near = Enumerable.Range("cart_".Length, cartId.Length - "cart_".Length)
            .Select(i => $"{cartId[..i]}{(cartId[i] == '0' ? '1' : '0')}{cartId[(i + 1)..]}");
        return
        [
            .. Enumerable.Range(0, 20).Select(_ => ids.Next("cart_")),
            .. near,
            cartId[..^1],
            $"{cartId}0",
            cartId.ToUpperInvariant(),
            cartId["cart_".Length..],
            $" {cartId}",
            $"{cartId} ",
            $"{cartId[..^1]}%",
        ];
    }

    /// <summary>After how many acknowledged adds the process is killed; random, but the same in every run.</summary>
    private static IEnumerable<int> Moments(int kills, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, kills).Select(_ => random.Next(1, Adds - (2 * Clients))).Order()];
    }

    private static IEnumerable<KeyValuePair<string, int>> Quantities(JsonNode cart) => cart.Data()["items"]!.AsArray()
        .Select(item => KeyValuePair.Create((string)item!["product_id"]!, (int)item["quantity"]!))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Sixteen products of the groceries.</summary>
    internal static string[] ProductsWithStock(int quantity)
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
        await using var database = await TestDatabase.Open(Path.Combine(folder.Path, "data"), new FakeTime());
        if (database.IsPostgres)
        {
            // PostgreSQL was not killed; that it keeps what it said is its own tests' business.
            return;
        }

        Assert.Equal(["ok"], await database.Read(session => session.Query("pragma integrity_check", row => row.GetString(0))));
        Assert.Empty(await database.Read(session => session.Query("pragma foreign_key_check", row => row.GetString(0))));
    }
}
