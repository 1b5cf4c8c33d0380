namespace Cartwright.Tests.Mcp;

/// <summary>What the revisions with a handshake ask, over plain HTTP, and how much the endpoint forgives.</summary>
public sealed class LegacyEra(SharedHost host) : IClassFixture<SharedHost>
{
    private static readonly string[] ModernOnly = ["resultType", "ttlMs", "cacheScope", "io.modelcontextprotocol/serverInfo"];

    private static readonly Scenario[] Table =
    [
        Opening("2024-11-05", "2024-11-05"),
        Opening("2025-03-26", "2025-03-26"),
        Opening("2025-06-18", "2025-06-18"),
        Opening("2025-11-25", "2025-11-25"),
        Opening("2026-07-28", "2025-11-25"),
        Opening("1999-01-01", "2025-11-25"),
        Row("an opening without a version gets the newest", "initialize", "{}", 200, "\"protocolVersion\":\"2025-11-25\""),
        Row("an opening may name any version in its header", "initialize", Legacy.Opening("2025-06-18"), 200, "\"protocolVersion\":\"2025-06-18\"") with { Headers = [("MCP-Protocol-Version", "2099-01-01")] },
        Row("ping", "ping", "{}", 200, "\"result\":{}"),
        Row("a log level can be set", "logging/setLevel", """{"level":"error"}""", 200, "\"result\":{}"),
        Row("an unknown log level is bad params", "logging/setLevel", """{"level":"loud"}""", 200, "-32602"),
        Row("a resource can be subscribed to", "resources/subscribe", """{"uri":"test://one"}""", 200, "\"result\":{}"),
        Row("and no longer", "resources/unsubscribe", """{"uri":"test://one"}""", 200, "\"result\":{}"),
        Row("a subscription to nothing is bad params", "resources/subscribe", "{}", 200, "-32602"),
        Row("the tools are listed", "tools/list", "{}", 200, "\"name\":\"echo\"", "\"readOnlyHint\":true", "\"destructiveHint\":false", "\"idempotentHint\":true", "\"openWorldHint\":false"),
        Row("the resources are listed", "resources/list", "{}", 200, "test://one"),
        Row("the templates are listed", "resources/templates/list", "{}", 200, "test://item/{id}"),
        Row("a template reads", "resources/read", """{"uri":"test://item/a%20b"}""", 200, "\"text\":\"a b\""),
        Row("the prompts are listed", "prompts/list", "{}", 200, "greet"),
        Row("a call without any header is taken for 2025-03-26", "tools/call", """{"name":"echo"}""", 200, "2025-03-26 False {}"),
        Row("a call says its version", "tools/call", """{"name":"echo"}""", 200, "2025-06-18 False {}") with { Headers = [("MCP-Protocol-Version", "2025-06-18")] },
        Row("an unknown version header is told which ones are served", "tools/list", "{}", 400, "-32022", "\"supported\":[\"2026-07-28\"", "\"requested\":\"2020-01-01\"") with { Headers = [("MCP-Protocol-Version", "2020-01-01")] },
        Row("an unknown method is an answer", "no/such", "{}", 200, "-32601", "no/such"),
        Row("discovery belongs to the other era", "server/discover", "{}", 200, "-32601"),
        Row("so does listening", "subscriptions/listen", """{"notifications":{}}""", 200, "-32601"),
        Row("an unknown tool is bad params", "tools/call", """{"name":"no-such"}""", 200, "-32602"),
        Row("an unknown resource has its own code", "resources/read", """{"uri":"test://two"}""", 200, "-32002", "\"data\":{\"uri\":\"test://two\"}"),
        Row("a resource without a uri is bad params", "resources/read", "{}", 200, "-32602"),
        Row("a tool's failure is a result", "tools/call", """{"name":"fail"}""", 200, "\"isError\":true"),
        Row("an exception is an error without its text", "tools/call", """{"name":"crash"}""", 200, "-32603"),
        Row("a question that cannot be asked is told to the model", "tools/call", """{"name":"ask"}""", 200, "\"isError\":true"),
        Row("any content type will do", "ping", "{}", 200, "\"result\":{}") with { Headers = [("Content-Type", "text/plain")] },
        Row("no content type will do", "ping", "{}", 200, "\"result\":{}") with { Headers = [("Content-Type", "")] },
        Row("any accept will do", "ping", "{}", 200, "\"result\":{}") with { Headers = [("Accept", "text/html")] },
        Row("accept may be JSON alone", "ping", "{}", 200, "\"result\":{}") with { Headers = [("Accept", "application/json")] },
        new("a notification is taken", """{"jsonrpc":"2.0","method":"notifications/initialized"}""", [], 202),
        new("a response is taken", """{"jsonrpc":"2.0","id":1,"result":{}}""", [], 202),
        new("so is an error", """{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}""", [], 202),
    ];

    public static TheoryData<string> Rows => Scenario.Names(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Rule(string name)
    {
        var reply = await Scenario.Play(Table, name, host.Wire);
        Assert.Equal(reply.Status == 202, reply.Body.Length == 0);
        Assert.False(reply.IsStream);
    }

    [Fact]
    public async Task A_client_that_takes_only_event_streams_gets_one()
    {
        var reply = await host.Wire.Ask("ping", "{}", ("Accept", "text/event-stream"));
        Assert.True(reply.IsStream);
        Assert.Equal("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n", reply.Body);
    }

    [Fact]
    public async Task A_browser_that_opens_the_address_is_told_what_it_is()
    {
        var reply = await host.Wire.Get("/mcp", ("Accept", "text/html"));
        Assert.Equal(406, reply.Status);
        Assert.Contains("MCP client", reply.Body, StringComparison.Ordinal);
    }

    private static Scenario Opening(string asked, string answered) => Row(
        $"a client of {asked} is answered with {answered}",
        "initialize",
        Legacy.Opening(asked),
        200,
        $"\"protocolVersion\":\"{answered}\"",
        "\"serverInfo\":{\"name\":\"test\",\"version\":\"1.0.0\"}",
        "\"tools\":{\"listChanged\":true}",
        "\"resources\":{\"subscribe\":true,\"listChanged\":true}");

    private static Scenario Row(string name, string method, string parameters, int status, params string[] has) =>
        new(name, $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", [], status, [.. has, "\"id\":1"]) { Lacks = ModernOnly };
}
