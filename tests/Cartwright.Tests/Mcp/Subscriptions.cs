using System.Text.Json.Nodes;
using Cartwright.Mcp;

namespace Cartwright.Tests.Mcp;

/// <summary><c>subscriptions/listen</c> of revision 2026-07-28.</summary>
public sealed class Subscriptions
{
    private const string Everything =
        """{"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":true,"resourceSubscriptions":["test://one","test://two"]}""";

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("""{"toolsListChanged":true}""", """{"toolsListChanged":true}""")]
    [InlineData("""{"toolsListChanged":false,"promptsListChanged":1,"resourcesListChanged":"true","resourceSubscriptions":true}""", "{}")]
    [InlineData("""{"somethingNew":true,"toolsListChanged":true}""", """{"toolsListChanged":true}""")]
    [InlineData("""{"resourceSubscriptions":["a",1,null,{},"b"]}""", """{"resourceSubscriptions":["a","b"]}""")]
    [InlineData(Everything, Everything)]
    public async Task The_first_event_confirms_what_will_be_told(string asked, string granted)
    {
        await using var host = await McpHost.Start();
        using var stream = await Listen(host, asked, "\"sub-1\"");
        Assert.Equal(200, stream.Status);
        Assert.Equal(["no"], stream.Headers.GetValues("X-Accel-Buffering"));
        var first = (await stream.NextEvent()).Json;
        Assert.Equal("notifications/subscriptions/acknowledged", (string?)first["method"]);
        Assert.Equal("sub-1", (string?)first["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]);
        Assert.Equal(granted, first["params"]!["notifications"]!.ToJsonString());
    }

    [Fact]
    public async Task What_is_not_offered_is_not_granted()
    {
        await using var host = await McpHost.Start(new McpServer(
            new McpOptions { Name = "x", Version = "1", SigningKey = new byte[32], Time = TestTools.Options().Time },
            new McpFeatures([TestTools.Of("one", (_, _) => TestTools.Text("1"))])));
        using var stream = await Listen(host, Everything);
        Assert.Equal("""{"toolsListChanged":true}""", (await stream.NextEvent()).Json["params"]!["notifications"]!.ToJsonString());
    }

    [Fact]
    public async Task News_come_tagged_and_only_those_that_were_asked_for()
    {
        await using var host = await McpHost.Start();
        using var tools = await Listen(host, """{"toolsListChanged":true}""", "7");
        using var resource = await Listen(host, """{"resourceSubscriptions":["test://one"]}""", "8");
        await tools.NextEvent();
        await resource.NextEvent();

        // Heard by nobody: nobody asked for prompts or for another resource.
        var features = TestTools.Features();
        host.Server.Publish(new McpFeatures(features.Tools, features.Resources, features.Templates));
        host.Server.NotifyResourceUpdated("test://two");
        host.Server.NotifyResourceUpdated("test://one");
        host.Server.Publish(TestTools.Features(TestTools.Of("new_tool", (_, _) => TestTools.Text("new"))));

        Assert.Equal(
            """{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":7}}}""",
            (await tools.NextEvent()).Data);
        Assert.Equal(
            """{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":8},"uri":"test://one"}}""",
            (await resource.NextEvent()).Data);
    }

    [Fact]
    public async Task When_the_server_stops_the_subscription_ends_with_its_result()
    {
        await using var host = await McpHost.Start();
        using var stream = await Listen(host, "{}", "\"s\"");
        await stream.NextEvent();
        await host.Stop().WaitAsync(Wire.Patience);
        Assert.Equal(
            """{"jsonrpc":"2.0","id":"s","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}}""",
            (await stream.NextEvent()).Data);
        Assert.Null(await stream.Next());
    }

    [Fact]
    public async Task An_idle_stream_is_kept_alive_by_comments()
    {
        await using var host = await McpHost.Start(TestTools.Options(keepAlive: TimeSpan.FromMilliseconds(20)));
        using var stream = await Listen(host, """{"toolsListChanged":true}""");
        await stream.NextEvent();
        Assert.Equal(":", (await stream.Next())!.Type);
        Assert.Equal(":", (await stream.Next())!.Type);
        host.Server.Publish(TestTools.Features(TestTools.Of("new_tool", (_, _) => TestTools.Text("new"))));
        Assert.Equal("notifications/tools/list_changed", (string?)(await stream.NextEvent()).Json["method"]);
    }

    [Theory]
    [InlineData("""{"META":{}}""")]
    [InlineData("""{"META":{},"notifications":true}""")]
    [InlineData("""{"META":{},"notifications":["toolsListChanged"]}""")]
    [InlineData("""{"META":{},"notifications":null}""")]
    [InlineData("""{"META":{},"notifications":{"toolsListChanged":true,"toolsListChanged":false}}""")]
    [InlineData("""{"META":{},"notifications":{},"notifications":{}}""")]
    public async Task A_wish_that_cannot_be_read_is_bad_params(string parameters)
    {
        await using var host = await McpHost.Start();
        const string meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
        var body = $$"""{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{{parameters.Replace("\"META\":{}", meta, StringComparison.Ordinal)}}}""";
        var reply = await host.Wire.Post(body, Modern.Headers("subscriptions/listen"));
        Assert.Equal((200, -32602), (reply.Status, reply.Code));
    }

    [Fact]
    public void A_client_that_reads_nothing_is_dropped_before_it_costs_much()
    {
        var stream = new Cartwright.Mcp.Http.EventStream();
        var taken = 0;
        while (stream.Push([1]))
        {
            taken++;
        }

        Assert.Equal(256, taken);
        Assert.False(stream.Push([1]));
    }

    private static Task<EventReader> Listen(McpHost host, string notifications, string id = "1")
    {
        var parameters = new JsonObject { ["notifications"] = JsonNode.Parse(notifications) };
        return host.Wire.Open("POST", "/mcp", Modern.Body("subscriptions/listen", parameters, id), Modern.Headers("subscriptions/listen"));
    }
}
