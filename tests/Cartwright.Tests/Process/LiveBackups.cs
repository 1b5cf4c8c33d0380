using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;
using Cartwright.Tests.Storage;

namespace Cartwright.Tests.Process;

/// <summary>A backup of a shop that is being written to, restored elsewhere.</summary>
public sealed class LiveBackups
{
    private const int Clients = 8;

    [Fact]
    public async Task A_backup_during_writes_has_what_was_acknowledged_before_it_and_each_cart_whole()
    {
        using var folder = new TempFolder();
        var (port, file, other) = (ShopProcess.FreePort(), Path.Combine(folder.Path, "backup.db"), Path.Combine(folder.Path, "other"));
        using var shop = await ShopProcess.Serve(folder, port);
        var data = ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data"));
        using var done = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => new Client(port)).ToList();
        var writing = clients.ConvertAll(client => client.Write(done.Token));
        await shop.Until(() => clients.TrueForAll(client => client.Acknowledged >= 3));
        var before = clients.ConvertAll(client => client.Acknowledged);
        using (var backup = ShopProcess.Run(folder.Path, ["backup", file], data))
        {
            Assert.True(await backup.Exit() == 0, backup.Errors);
        }

        var after = clients.ConvertAll(client => client.Acknowledged + 1);
        await shop.Until(() => clients.TrueForAll(client => client.Acknowledged > 5));
        await done.CancelAsync();
        await Task.WhenAll(writing);
        var session = await Initialize(port);
        var key = await Key(folder, data);
        Assert.Equal(0, await shop.Stop());

        using (var restore = BackingUp.Restore(folder, file, other))
        {
            Assert.True(await restore.Exit() == 0, restore.Errors);
        }

        var otherPort = ShopProcess.FreePort();
        using var restored = await ShopProcess.Serve(folder, otherPort, ("CARTWRIGHT_DATA", other));
        using var caller = new ShopCaller(otherPort);
        foreach (var (client, i) in clients.Select((client, i) => (client, i)))
        {
            // One piece for each version: a cart that is half of one and half of another would not add up.
            var cart = await caller.Show(client.CartId);
            Assert.Equal(cart.Version(), (int)cart.Data()["item_count"]!);
            Assert.InRange(cart.Version(), before[i], after[i]);
        }

        Assert.Equal(key, await Key(folder, ("CARTWRIGHT_DATA", other)));
        Assert.True(await IsKnown(otherPort, session));
        Assert.False(await IsKnown(otherPort, session[..^2] + (session.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA")));
    }

    [Fact]
    public async Task A_backup_that_is_killed_or_stopped_leaves_no_file_with_its_name_and_the_next_one_works()
    {
        using var folder = new TempFolder();
        var (data, file) = (("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data")), Path.Combine(folder.Path, "backup.db"));
        using (await ShopProcess.Serve(folder, ShopProcess.FreePort()))
        {
        }

        // Somewhere in it, or before it, or after: wherever it is hit, there is all of it or nothing.
        foreach (var signal in (int[])[ShopProcess.Kill9, ShopProcess.Interrupt, ShopProcess.Terminate, ShopProcess.Kill9])
        {
            using var backup = ShopProcess.Run(folder.Path, ["backup", file], data);
            await Task.WhenAny(backup.Until(() => File.Exists(file + ".part")), Task.Delay(TimeSpan.FromSeconds(5)));
            if (!backup.HasExited)
            {
                await backup.Stop(signal);
            }

            if (File.Exists(file))
            {
                await Restores(folder, file);
                File.Delete(file);
            }
        }

        using var last = ShopProcess.Run(folder.Path, ["backup", file], data);
        Assert.True(await last.Exit() == 0, last.Errors);
        await Restores(folder, file);
        Assert.False(File.Exists(file + ".part"));
    }

    private static async Task Restores(TempFolder folder, string file)
    {
        using var place = new TempFolder();
        using var restore = BackingUp.Restore(folder, file, Path.Combine(place.Path, "data"));
        Assert.True(await restore.Exit() == 0, restore.Errors);
    }

    private static async Task<string> Key(TempFolder folder, (string, string) data)
    {
        using var shown = ShopProcess.Run(folder.Path, ["sales", "key"], data);
        Assert.Equal(0, await shown.Exit());
        return shown.Output.Trim();
    }

    private static async Task<string> Initialize(int port)
    {
        using var response = await Post(port, session: null, """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
            """);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private static async Task<bool> IsKnown(int port, string session)
    {
        using var response = await Post(port, session, """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        return response.IsSuccessStatusCode;
    }

    private static async Task<HttpResponseMessage> Post(int port, string? session, string body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}/mcp"))
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
        }

        return await http.SendAsync(request);
    }

    /// <summary>Adds one piece to its cart again and again, so that the cart has as many as its version.</summary>
    private sealed class Client(int port)
    {
        private static readonly string[] Products = ["eggs", "milk", "avocados", "tomatoes"];

        private volatile int _acknowledged;

        public string CartId { get; private set; } = "";

        public int Acknowledged => _acknowledged;

        public Task Write(CancellationToken done) => Task.Run(
            async () =>
            {
                using var caller = new ShopCaller(port);
                CartId = await caller.NewCart();

                // A line holds 99 pieces at most, and not everything is in stock without end.
                for (var i = 0; !done.IsCancellationRequested && i < 150; i++)
                {
                    var answer = await caller.Call("add_to_cart", new JsonObject
                    {
                        ["cart_id"] = CartId,
                        ["items"] = new JsonArray(ShopCaller.Item(Products[i % Products.Length], 1)),
                    });
                    if (answer.IsError())
                    {
                        return;
                    }

                    _acknowledged = answer.Version();
                }
            },
            CancellationToken.None);
    }
}
