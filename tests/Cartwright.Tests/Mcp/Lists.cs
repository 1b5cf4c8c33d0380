using System.Text.Json.Nodes;
using Cartwright.Mcp;
using Cartwright.Mcp.Wire;

namespace Cartwright.Tests.Mcp;

/// <summary>The list methods, page by page.</summary>
public sealed class Lists
{
    private const int Count = 23;
    private const int PageSize = 5;

    [Theory]
    [InlineData("tools", "tools/list", true)]
    [InlineData("tools", "tools/list", false)]
    [InlineData("resources", "resources/list", true)]
    [InlineData("resources", "resources/list", false)]
    [InlineData("resourceTemplates", "resources/templates/list", true)]
    [InlineData("prompts", "prompts/list", false)]
    public async Task Cursors_lead_through_all_pages_in_a_fixed_order(string member, string method, bool modern)
    {
        await using var host = await McpHost.Start(new McpServer(TestTools.Options(pageSize: PageSize), Many()));
        var names = new List<string>();
        var pages = 0;
        JsonNode? cursor = null;
        do
        {
            var parameters = cursor is null ? [] : new JsonObject { ["cursor"] = cursor.DeepClone() };
            var result = (modern ? await host.Wire.Call(method, parameters) : await host.Wire.Ask(method, parameters.ToJsonString())).Result;
            names.AddRange(result[member]!.AsArray().Select(entry => (string)entry!["name"]!));
            Assert.Equal(modern, result["ttlMs"] is not null);
            cursor = result["nextCursor"];
            pages++;
        }
        while (cursor is not null);
        Assert.Equal(5, pages);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"n{i}"), names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("!!!!")]
    [InlineData("NQ")]
    [InlineData("MDE")]
    [InlineData("MXg")]
    [InlineData("LTE")]
    [InlineData("MQ==")]
    [InlineData(" MQ")]
    [InlineData("MR")]
    [InlineData("OTk5OTk5OTk5OTk5OTk5OTk5OTk")]
    public async Task A_cursor_that_was_never_given_out_is_bad_params(string cursor)
    {
        await using var host = await McpHost.Start(new McpServer(TestTools.Options(pageSize: PageSize), Many()));
        var parameters = new JsonObject { ["cursor"] = cursor };
        Assert.Equal(-32602, (await host.Wire.Call("tools/list", parameters)).Code);
        Assert.Equal(-32602, (await host.Wire.Ask("tools/list", parameters.ToJsonString())).Code);
    }

    [Fact]
    public void The_encoded_answers_say_what_is_offered_and_nothing_else()
    {
        var options = TestTools.Options();
        var empty = new EncodedFeatures(options, new McpFeatures());
        Assert.Equal("""{"logging":{}}""", JsonNode.Parse(empty.Discovery)!["capabilities"]!.ToJsonString());
        var tools = new EncodedFeatures(options, new McpFeatures([TestTools.Of("a", (_, _) => TestTools.Text("a"))]));
        Assert.Equal("""{"tools":{"listChanged":true},"logging":{}}""", JsonNode.Parse(tools.Discovery)!["capabilities"]!.ToJsonString());
        Assert.Equal("2025-06-18", (string?)tools.DescribeInitialization("2025-06-18")["protocolVersion"]);
        Assert.Equal(
            """{"tools":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"prompts":{"listChanged":true},"completions":{},"logging":{}}""",
            JsonNode.Parse(new EncodedFeatures(options, TestTools.Features()).Discovery)!["capabilities"]!.ToJsonString());
    }

    [Fact]
    public async Task Methods_of_what_is_not_offered_do_not_exist()
    {
        await using var host = await McpHost.Start(new McpServer(
            new McpOptions { Name = "x", Version = "1", SigningKey = new byte[32], Time = TestTools.Options().Time }, new McpFeatures()));
        foreach (var method in new[] { "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read", "prompts/list", "prompts/get", "completion/complete", "resources/subscribe", "logging/setLevel" })
        {
            Assert.Equal(-32601, (await host.Wire.Ask(method, """{"uri":"a","level":"info"}""")).Code);
            Assert.Equal((404, -32601), (await host.Wire.Call(method)) is var reply ? (reply.Status, reply.Code) : default);
        }
    }

    [Fact]
    public void A_server_needs_a_key_that_cannot_be_guessed() => Assert.Throws<ArgumentException>(() => new McpServer(
        new McpOptions { Name = "x", Version = "1", SigningKey = new byte[31], Time = TestTools.Options().Time }, new McpFeatures()));

    private static McpFeatures Many() => new(
        [.. Names().Select(name => TestTools.Of(name, (_, _) => TestTools.Text(name)))],
        [.. Names().Select(name => new McpResource($"test://{name}", name, "text/plain", _ => throw new InvalidOperationException()))],
        [.. Names().Select(name => new McpResourceTemplate($"test://{name}/{{id}}", name, "text/plain", (_, _) => throw new InvalidOperationException()))],
        [.. Names().Select(name => new McpPrompt(name, [], (_, _) => throw new InvalidOperationException()))]);

    private static IEnumerable<string> Names() => Enumerable.Range(0, Count).Select(i => $"n{i}");
}
