using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Server.Storage;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>
/// What a server has accepted when it is told to stop: no matter of luck here, since another process holds the database's lock, so
/// that no write can be finished before the signal.
/// </summary>
[Trait(Engine.Trait, Engine.Sqlite)]
public sealed class AcceptedRequests
{
    private const int Requests = 50;
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    // Less than the time after which a host gives up on what is still running and cuts it off.
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(ShopProcess.Terminate)]
    [InlineData(ShopProcess.Interrupt)]
    public async Task All_of_them_are_answered_after_the_signal_and_the_streams_end_before(int signal)
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        string cartId;
        using (var shop = await ShopProcess.Serve(folder, port))
        {
            using var caller = new ShopCaller(port);
            cartId = await caller.NewCart();
            using var wire = new Wire(new Uri($"http://127.0.0.1:{port}"));
            using var stream = await wire.OpenGet(("Mcp-Session-Id", (await wire.Post(Initialize)).Header("Mcp-Session-Id")!));
            using var oldStream = await wire.OpenGet();
            Assert.Equal("endpoint", (await oldStream.NextEvent()).Type);

            using var http = Client(port);
            Task<int>[] adds;
            using (var other = Sqlite.Connect(Path.Combine(folder.Path, "data", "cartwright.db"), readOnly: false))
            {
                await other.Execute("begin immediate");
                adds = await BeginAdds(http, cartId);
                Signals.Send(shop.Id, signal);
                await stream.Rest();
                await oldStream.Rest();
                Assert.All(adds, add => Assert.False(add.IsCompleted));
                await other.Execute("rollback");
            }

            Assert.Equal(Enumerable.Range(1, Requests), (await Task.WhenAll(adds)).Order());
            Assert.Equal(0, await shop.Exit(StopTime));
            Assert.Empty(shop.Errors);
        }

        // Closed in order: the log is folded into the database.
        Assert.False(File.Exists(Path.Combine(folder.Path, "data", "cartwright.db-wal")));
        using var again = await ShopProcess.Serve(folder, port);
        using var later = new ShopCaller(port);
        var cart = await later.Show(cartId);
        Assert.Equal(($"{Requests} eggs", Requests), (cart.Lines(), cart.Version()));
    }

    private static HttpClient Client(int port) => new(new SocketsHttpHandler { Expect100ContinueTimeout = Wire.Patience })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = 2 * Wire.Patience,
        DefaultRequestHeaders = { ExpectContinue = true },
    };

    /// <summary>Adds that the server has begun with, one unit each; their versions.</summary>
    private static async Task<Task<int>[]> BeginAdds(HttpClient http, string cartId)
    {
        var begun = Enumerable.Range(0, Requests).Select(_ => new TaskCompletionSource()).ToArray();
        var adds = begun.Select(source => Add(http, cartId, source)).ToArray();
        await Task.WhenAll(begun.Select(source => source.Task)).WaitAsync(Wire.Patience);
        return adds;
    }

    private static async Task<int> Add(HttpClient http, string cartId, TaskCompletionSource begun)
    {
        var arguments = new JsonObject { ["cart_id"] = cartId, ["items"] = new JsonArray(ShopCaller.Item("eggs", 1)) };
        var call = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["method"] = "tools/call",
            ["params"] = new JsonObject { ["name"] = "add_to_cart", ["arguments"] = arguments },
        };
        using var content = new AwaitedContent(call.ToJsonString(), begun);
        using var response = await http.PostAsync(new Uri("/mcp", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["result"]!.Version();
    }

    // The server asks for a body (100 Continue) when it runs the request, so whoever sends it knows that it was accepted.
    private sealed class AwaitedContent : ByteArrayContent
    {
        private readonly TaskCompletionSource _begun;

        public AwaitedContent(string body, TaskCompletionSource begun)
            : base(Encoding.UTF8.GetBytes(body))
        {
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
            _begun = begun;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await base.SerializeToStreamAsync(stream, context, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _begun.TrySetResult();
        }
    }
}
