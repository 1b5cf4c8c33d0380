using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Deploy;

/// <summary>Two instances behind HAProxy with the configuration that is shipped.</summary>
public sealed class BehindHaproxy
{
    [Fact]
    public async Task Calls_go_to_either_instance_and_go_on_when_one_is_killed()
    {
        using var folder = new TempFolder();
        var (port, first, second) = (ShopProcess.FreePort(), ShopProcess.FreePort(), ShopProcess.FreePort());
        using var one = await ShopProcess.Serve(folder, first);
        using var other = await ShopProcess.Serve(folder, second);
        using var proxy = Haproxy.Start(Haproxy.Shipped, port, first, second);
        await one.Until(() => IsUp(port, proxy));
        using var caller = new ShopCaller(port);
        var cartId = await caller.NewCart();
        for (var i = 1; i <= 6; i++)
        {
            Assert.Equal(i, (await Add(caller, cartId)).Version());
        }

        await one.Kill();

        // A new connection each, as from many clients: half of them would go to the one that is gone.
        for (var i = 7; i <= 16; i++)
        {
            using var next = new ShopCaller(port);
            Assert.Equal(i, (await Add(next, cartId)).Version());
        }
    }

    [Fact]
    public async Task An_event_stream_comes_through_at_once_and_the_old_transports_calls_reach_the_instance_with_their_stream()
    {
        using var folder = new TempFolder();
        var (port, first, second) = (ShopProcess.FreePort(), ShopProcess.FreePort(), ShopProcess.FreePort());
        using var one = await ShopProcess.Serve(folder, first);
        using var other = await ShopProcess.Serve(folder, second);
        using var proxy = Haproxy.Start(Haproxy.WithStickiness(), port, first, second);
        await one.Until(() => IsUp(port, proxy));
        for (var client = 0; client < 2; client++)
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), DefaultRequestHeaders = { { "Accept", "text/event-stream" } } };
            using var stream = new StreamReader(await http.GetStreamAsync(new Uri("/mcp", UriKind.Relative)));
            Assert.Equal("event: endpoint", await Line(stream));
            var address = (await Line(stream))["data: ".Length..];
            for (var id = 1; id <= 4; id++)
            {
                using var poster = new HttpClient { BaseAddress = http.BaseAddress };
                using var body = new StringContent($$"""{"jsonrpc":"2.0","id":{{id}},"method":"ping"}""", Encoding.UTF8, "application/json");
                using var answer = await poster.PostAsync(new Uri(address, UriKind.Relative), body);
                Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
                while (await Line(stream) is var line && !line.Contains($"\"id\":{id},", StringComparison.Ordinal))
                {
                    Assert.DoesNotContain("error", line, StringComparison.Ordinal);
                }
            }
        }
    }

    private static Task<JsonNode> Add(ShopCaller caller, string cartId) =>
        caller.Call("add_to_cart", new JsonObject { ["cart_id"] = cartId, ["items"] = new JsonArray(ShopCaller.Item("eggs", 1)) });

    private static async Task<string> Line(StreamReader stream) =>
        await stream.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) ?? throw new InvalidOperationException("The stream has ended.");

    private static async Task<bool> IsUp(int port, Haproxy proxy)
    {
        Assert.False(proxy.HasExited, "HAProxy has ended.");
        try
        {
            using var http = new HttpClient();
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (Network.IsTrouble(error))
        {
            return false;
        }
    }
}
