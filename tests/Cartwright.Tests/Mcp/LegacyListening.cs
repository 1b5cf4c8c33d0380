using System.Text.Json.Nodes;
using Cartwright.Mcp;

namespace Cartwright.Tests.Mcp;

/// <summary>The streams that legacy clients open with GET, the 2024-11-05 transport among them.</summary>
public sealed class LegacyListening
{
    private const string ToolsChanged = """{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{}}""";

    [Fact]
    public async Task Every_stream_of_every_session_hears_that_the_tools_changed()
    {
        await using var host = await McpHost.Start();
        using var one = await host.Wire.OpenGet(await host.Wire.Initialize());
        using var two = await host.Wire.OpenGet(await host.Wire.Initialize());
        Assert.Equal(200, one.Status);
        Assert.Equal(["no"], one.Headers.GetValues("X-Accel-Buffering"));
        await Until(() => host.Server.Streams.Count == 2);
        Publish(host, "new_tool");
        Assert.Equal(new ServerEvent("message", ToolsChanged), await one.NextEvent());
        Assert.Equal(new ServerEvent("message", ToolsChanged), await two.NextEvent());
    }

    [Fact]
    public async Task What_did_not_change_is_not_told()
    {
        await using var host = await McpHost.Start();
        using var stream = await host.Wire.OpenGet(await host.Wire.Initialize());
        await Until(() => host.Server.Streams.Count == 1);
        host.Server.Publish(TestTools.Features());
        var features = TestTools.Features();
        host.Server.Publish(new McpFeatures(features.Tools, features.Resources, features.Templates));
        Assert.Equal("notifications/prompts/list_changed", (string?)(await stream.NextEvent()).Json["method"]);
    }

    [Fact]
    public async Task A_changed_resource_is_told_to_the_sessions_that_subscribed_to_it()
    {
        await using var host = await McpHost.Start();
        var (one, two) = (await host.Wire.Initialize(), await host.Wire.Initialize());
        await host.Wire.Ask("resources/subscribe", """{"uri":"test://one"}""", one);
        await host.Wire.Ask("resources/subscribe", """{"uri":"test://one"}""", two);
        await host.Wire.Ask("resources/unsubscribe", """{"uri":"test://one"}""", two);
        using var first = await host.Wire.OpenGet(one);
        using var second = await host.Wire.OpenGet(two);
        await Until(() => host.Server.Streams.Count == 2);
        host.Server.NotifyResourceUpdated("test://other");
        host.Server.NotifyResourceUpdated("test://one");
        Publish(host, "new_tool");
        Assert.Equal("""{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://one"}}""", (await first.NextEvent()).Data);
        Assert.Equal(ToolsChanged, (await first.NextEvent()).Data);
        Assert.Equal(ToolsChanged, (await second.NextEvent()).Data);
    }

    [Fact]
    public async Task Ending_a_session_ends_its_stream_and_no_other()
    {
        await using var host = await McpHost.Start();
        var (one, two) = (await host.Wire.Initialize(), await host.Wire.Initialize());
        using var first = await host.Wire.OpenGet(one);
        using var second = await host.Wire.OpenGet(two);
        await Until(() => host.Server.Streams.Count == 2);
        await host.Wire.Delete(one);
        Assert.Equal("", await first.Rest());
        await Until(() => host.Server.Streams.Count == 1);
        Publish(host, "new_tool");
        Assert.Equal(ToolsChanged, (await second.NextEvent()).Data);
    }

    [Fact]
    public async Task A_client_that_closes_its_stream_is_forgotten()
    {
        await using var host = await McpHost.Start();
        var stream = await host.Wire.OpenGet(await host.Wire.Initialize());
        await Until(() => host.Server.Streams.Count == 1);
        stream.Dispose();
        await Until(() => host.Server.Streams.Count == 0);
    }

    [Fact]
    public async Task The_oldest_transport_gets_its_answers_on_its_stream()
    {
        await using var host = await McpHost.Start();
        using var stream = await host.Wire.OpenGet();
        var (type, address) = await stream.NextEvent();
        Assert.Equal("endpoint", type);
        Assert.Matches("^/mcp/messages\\?sessionId=[A-Za-z0-9_-]{54}$", address);

        Assert.Equal(202, (await Send("""{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{}}}""")).Status);
        var opened = (await stream.NextEvent()).Json;
        Assert.Equal("a", (string?)opened["id"]);
        Assert.Equal("2024-11-05", (string?)opened["result"]!["protocolVersion"]);

        Assert.Equal(202, (await Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""")).Status);
        Assert.Equal(202, (await Send("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"progress","_meta":{"progressToken":5}}}""")).Status);
        Assert.Equal(1, (int)(await stream.NextEvent()).Json["params"]!["progress"]!);
        Assert.Equal(2, (int)(await stream.NextEvent()).Json["params"]!["progress"]!);
        Assert.Equal("done", (string?)(await stream.NextEvent()).Json["result"]!["content"]![0]!["text"]);

        Assert.Equal(202, (await Send("""{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"crash"}}""")).Status);
        Assert.Equal(-32603, (int?)(await stream.NextEvent()).Json["error"]!["code"]);

        Assert.Equal(202, (await Send("""{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"echo"}}""")).Status);
        Assert.Equal("2024-11-05 True {}", (string?)(await stream.NextEvent()).Json["result"]!["content"]![0]!["text"]);

        Assert.Equal((400, -32700), await StatusOf("nonsense"));
        Assert.Equal((413, -32600), await StatusOf(new string(' ', (1024 * 1024) + 1)));
        Publish(host, "new_tool");
        Assert.Equal(ToolsChanged, (await stream.NextEvent()).Data);

        Task<Reply> Send(string body) => host.Wire.Send("POST", address, Wire.Json(body));
        async Task<(int, int?)> StatusOf(string body)
        {
            var reply = await Send(body);
            return (reply.Status, reply.Code);
        }
    }

    [Fact]
    public async Task The_oldest_transport_works_below_an_address_with_a_slash_at_its_end()
    {
        await using var host = await McpHost.Start();
        using var stream = await host.Wire.Open("GET", "/mcp/", null, ("Accept", "text/event-stream"));
        var address = (await stream.NextEvent()).Data;
        Assert.Equal(202, (await host.Wire.Send("POST", address, Wire.Json("""{"jsonrpc":"2.0","id":1,"method":"ping"}"""))).Status);
        Assert.Equal("{}", (await stream.NextEvent()).Json["result"]!.ToJsonString());
    }

    [Fact]
    public async Task A_message_for_no_open_stream_is_not_found()
    {
        await using var host = await McpHost.Start();
        var session = await host.Wire.Initialize();
        var closed = await host.Wire.OpenGet();
        var address = (await closed.NextEvent()).Data;
        closed.Dispose();
        await Until(() => host.Server.Streams.Count == 0);
        foreach (var path in new[] { address, $"/mcp/messages?sessionId={session.Value}", "/mcp/messages?sessionId=forged", "/mcp/messages" })
        {
            var reply = await host.Wire.Send("POST", path, Wire.Json("""{"jsonrpc":"2.0","id":1,"method":"ping"}"""));
            Assert.Equal((404, -32600), (reply.Status, reply.Code));
        }
    }

    [Fact]
    public async Task When_the_server_stops_every_stream_ends()
    {
        await using var host = await McpHost.Start();
        using var session = await host.Wire.OpenGet(await host.Wire.Initialize());
        using var old = await host.Wire.OpenGet();
        await old.NextEvent();
        await Until(() => host.Server.Streams.Count == 2);
        await host.Stop().WaitAsync(Wire.Patience);
        Assert.Equal("", await session.Rest());
        Assert.Equal("", await old.Rest());
    }

    [Fact]
    public async Task Beyond_the_limit_of_streams_the_next_one_is_asked_to_come_later()
    {
        await using var host = await McpHost.Start(TestTools.Options(maxStreams: 1));
        using var stream = await host.Wire.OpenGet(await host.Wire.Initialize());
        await Until(() => host.Server.Streams.Count == 1);
        foreach (var reply in new[]
        {
            await host.Wire.Get("/mcp", ("Accept", "text/event-stream")),
            await host.Wire.Get("/mcp", ("Accept", "text/event-stream"), await host.Wire.Initialize()),
            await host.Wire.Call("subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject() }),
        })
        {
            Assert.Equal(503, reply.Status);
            Assert.Equal("30", reply.Header("Retry-After"));
            Assert.Equal(-32600, reply.Code);
        }
    }

    private static void Publish(McpHost host, string tool) =>
        host.Server.Publish(TestTools.Features(TestTools.Of(tool, (_, _) => TestTools.Text("new"))));

    /// <summary>Streams are opened and closed by the server in its own time.</summary>
    private static async Task Until(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Wire.Patience);
        while (!condition())
        {
            await Task.Delay(5, late.Token);
        }
    }
}
