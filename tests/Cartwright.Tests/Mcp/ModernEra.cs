using System.Text;
using System.Text.Json.Nodes;

namespace Cartwright.Tests.Mcp;

/// <summary>What revision 2026-07-28 asks of requests, over plain HTTP.</summary>
public sealed class ModernEra(SharedHost host) : IClassFixture<SharedHost>
{
    private const string VersionKey = "io.modelcontextprotocol/protocolVersion";
    private const string CapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";

    private static readonly JsonObject Echo = new() { ["name"] = "echo", ["arguments"] = new JsonObject() };

    private static readonly Scenario[] Table =
    [
        Call("a complete call is answered in plain JSON", Echo, 200, "\"resultType\":\"complete\"", "io.modelcontextprotocol/serverInfo", "2026-07-28 False {}"),
        Call("a missing version header is refused", Echo, 400, "-32020") with { Headers = Without("MCP-Protocol-Version") },
        Call("another version in the header than in the body is refused", Echo, 400, "-32020") with { Headers = With("MCP-Protocol-Version", "2025-11-25") },
        new("a modern header without _meta is refused", """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", With("Mcp-Method", "tools/list"), 400, "-32602", VersionKey),
        Meta("a version that is no text is refused", """{"VERSION":1,"CAPS":{}}""", 400, "-32602", VersionKey),
        Meta("missing client capabilities are refused", """{"VERSION":"2026-07-28"}""", 400, "-32602", CapabilitiesKey),
        Meta("client capabilities that are no object are refused", """{"VERSION":"2026-07-28","CAPS":[]}""", 400, "-32602", CapabilitiesKey),
        Meta("an unknown version is told which ones are served", """{"VERSION":"2099-01-01","CAPS":{}}""", 400, "-32022", "\"supported\":[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"]", "\"requested\":\"2099-01-01\"") with
        {
            Headers = With("MCP-Protocol-Version", "2099-01-01"),
        },
        Call("a missing Mcp-Method is refused", Echo, 400, "-32020", "Mcp-Method") with { Headers = Without("Mcp-Method") },
        Call("another Mcp-Method is refused", Echo, 400, "-32020", "Mcp-Method") with { Headers = With("Mcp-Method", "tools/list") },
        Call("Mcp-Method counts in its exact case", Echo, 400, "-32020", "Mcp-Method") with { Headers = With("Mcp-Method", "Tools/Call") },
        Call("a missing Mcp-Name is refused", Echo, 400, "-32020", "Mcp-Name") with { Headers = Without("Mcp-Name") },
        Call("another Mcp-Name is refused", Echo, 400, "-32020", "Mcp-Name") with { Headers = With("Mcp-Name", "fail") },
        Call("spaces around Mcp-Name are no difference", Echo, 200, "complete") with { Headers = With("Mcp-Name", "  echo ") },
        Call("an encoded Mcp-Name is decoded", Echo, 200, "complete") with { Headers = With("Mcp-Name", Base64("echo")) },
        Call("another encoded Mcp-Name is refused", Echo, 400, "-32020") with { Headers = With("Mcp-Name", Base64("fail")) },
        Call("a badly encoded Mcp-Name is refused", Echo, 400, "-32020") with { Headers = With("Mcp-Name", "=?base64?!!!!?=") },
        Call("an Mcp-Name with nothing between its marks is refused", Echo, 400, "-32020") with { Headers = With("Mcp-Name", "=?base64?=") },
        Call("an Mcp-Name of the marks alone is refused", Echo, 400, "-32020") with { Headers = With("Mcp-Name", "=?base64??=") },
        Request("resources/read repeats the uri", "resources/read", new() { ["uri"] = "test://one" }, 200, "first", "\"ttlMs\":300000", "\"cacheScope\":\"public\""),
        Request("another uri in Mcp-Name is refused", "resources/read", new() { ["uri"] = "test://one" }, 400, "-32020") with
        {
            Headers = With("Mcp-Name", "test://two", "resources/read"),
        },
        Request("prompts/get repeats the name", "prompts/get", new() { ["name"] = "greet", ["arguments"] = new JsonObject { ["name"] = "Ann" } }, 200, "Greet Ann"),
        Call("a session id means nothing here", Echo, 200, "2026-07-28 False") with { Headers = With("Mcp-Session-Id", "forged") },
        Call("a charset may be named", Echo, 200, "complete") with { Headers = With("Content-Type", "application/json; charset=utf-8") },
        Call("another content type is refused", Echo, 415, "-32600") with { Headers = With("Content-Type", "text/plain") },
        Call("no content type is refused", Echo, 415, "-32600") with { Headers = With("Content-Type", "") },
        Removed("initialize"),
        Removed("ping"),
        Removed("logging/setLevel"),
        Removed("resources/subscribe"),
        Removed("resources/unsubscribe"),
        Removed("no/such"),
        Call("an unknown tool is bad params", new() { ["name"] = "no-such" }, 200, "-32602", "no-such"),
        Request("an unknown prompt is bad params", "prompts/get", new() { ["name"] = "no-such" }, 200, "-32602"),
        Request("a missing prompt argument is bad params", "prompts/get", new() { ["name"] = "greet" }, 200, "-32602", "name"),
        Request("an unknown resource is bad params and names the uri", "resources/read", new() { ["uri"] = "test://two" }, 200, "-32602", "\"data\":{\"uri\":\"test://two\"}"),
        Request("a template that finds nothing is an unknown resource", "resources/read", new() { ["uri"] = "test://item/none" }, 200, "-32602", "\"uri\":\"test://item/none\""),
        Request("a tool without a name is bad params", "tools/call", [], 200, "-32602"),
        Request("a resource without a uri is bad params", "resources/read", [], 200, "-32602"),
        Request("a cursor that was never given out is bad params", "tools/list", new() { ["cursor"] = "MQ" }, 200, "-32602"),
        Call("a tool's failure is a result", new() { ["name"] = "fail" }, 200, "\"isError\":true", "Do it otherwise.") with { Lacks = ["\"error\""] },
        Call("an exception is an error without its text", new() { ["name"] = "crash" }, 200, "-32603"),
        Call("a cancellation of the handler's own is an error too", new() { ["name"] = "cancelled" }, 200, "-32603"),
        Call("a question needs the capability to answer it", new() { ["name"] = "ask" }, 400, "-32021", "\"requiredCapabilities\":{\"elicitation\":{}}"),
        Request("discovery tells versions and capabilities", "server/discover", [], 200, "\"supportedVersions\":[\"2026-07-28\"", "\"tools\":{\"listChanged\":true}", "ttlMs", "cacheScope"),
        Request("lists may be cached", "tools/list", [], 200, "\"resultType\":\"complete\"", "\"ttlMs\":300000", "\"cacheScope\":\"public\""),
        Request("completion suggests values", "completion/complete", Completing("greet", "A"), 200, "\"values\":[\"Ann\"]", "\"hasMore\":false", "complete"),
        Request("completion of nothing is bad params", "completion/complete", Completing("no-such", "A"), 200, "-32602"),
        new("a notification is taken", """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""", [], 202),
        new("a batch is refused", $"[{Modern.Body("tools/list")}]", Modern.Headers("tools/list"), 400, "-32600"),
    ];

    public static TheoryData<string> Rows => Scenario.Names(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Rule(string name)
    {
        var reply = await Scenario.Play(Table, name, host.Wire);
        Assert.Null(reply.Header("Mcp-Session-Id"));
    }

    [Theory]
    [InlineData("""{"region":"eu"}""", "Region=eu", true)]
    [InlineData("""{"region":"eu"}""", "", false)]
    [InlineData("""{"region":"eu"}""", "Region=us", false)]
    [InlineData("""{}""", "Region=eu", false)]
    [InlineData("""{}""", "", true)]
    [InlineData("""{"region":null}""", "", true)]
    [InlineData("""{"region":"äöü"}""", "Region=base64:äöü", true)]
    [InlineData("""{"region":"1.0"}""", "Region=1", false)]
    [InlineData("""{"shelf":7}""", "Shelf=7", true)]
    [InlineData("""{"shelf":7}""", "Shelf=7.0", true)]
    [InlineData("""{"shelf":1000}""", "Shelf=1,000", false)]
    [InlineData("""{"shelf":7}""", "Shelf=8", false)]
    [InlineData("""{"place":{"urgent":true}}""", "Urgent=true", true)]
    [InlineData("""{"place":{"urgent":true}}""", "Urgent=false", false)]
    [InlineData("""{"place":{"urgent":true}}""", "", false)]
    [InlineData("""{"region":"eu","shelf":7}""", "Region=eu", false)]
    public async Task Arguments_with_a_header_of_their_own_must_be_repeated_in_it(string arguments, string header, bool fits)
    {
        var parameters = new JsonObject { ["name"] = "mirrored", ["arguments"] = JsonNode.Parse(arguments) };
        var (name, value) = header.Split('=', 2) is [var left, var right] ? (left, right) : ("", "");
        value = value.StartsWith("base64:", StringComparison.Ordinal) ? Base64(value[7..]) : value;
        var reply = name.Length == 0
            ? await host.Wire.Call("tools/call", parameters)
            : await host.Wire.Call("tools/call", parameters, ($"Mcp-Param-{name}", value));
        Assert.Equal(fits ? 200 : 400, reply.Status);
        Assert.Equal(fits ? null : -32020, reply.Code);
    }

    [Fact]
    public async Task An_argument_sent_twice_cannot_pass_by_its_header()
    {
        // A gateway routes by the header; the handler must not see another value than the one that was compared.
        var body = Modern.Body("tools/call", new() { ["name"] = "mirrored", ["arguments"] = "ARGUMENTS" })
            .Replace("\"ARGUMENTS\"", """{"region":"eu","region":"us"}""", StringComparison.Ordinal);
        foreach (var region in new[] { "eu", "us" })
        {
            var reply = await host.Wire.Post(body, [.. Modern.Headers("tools/call", new() { ["name"] = "mirrored" }), ("Mcp-Param-Region", region)]);
            Assert.True(reply.Code == -32020 || (bool?)reply.Result["isError"] == true, reply.ToString());
        }
    }

    [Fact]
    public async Task The_state_of_a_question_comes_back_and_only_with_the_same_call()
    {
        var meta = new JsonObject { [CapabilitiesKey] = new JsonObject { ["elicitation"] = new JsonObject() } };
        var asked = (await host.Wire.CallTool("ask", """{"a":1}""", meta)).Result;
        Assert.Equal("input_required", (string?)asked["resultType"]);
        Assert.Equal("elicitation/create", (string?)asked["inputRequests"]!["name"]!["method"]);

        Assert.Equal("Hello Ann", (string?)(await Again("""{"a":1}""", (string)asked["requestState"]!)).Result["content"]![0]!["text"]);
        Assert.Equal(-32602, (await Again("""{"a":2}""", (string)asked["requestState"]!)).Code);
        Assert.Equal(-32602, (await Again("""{"a":1}""", "forged")).Code);

        Task<Reply> Again(string arguments, string state) => host.Wire.Call("tools/call", new JsonObject
        {
            ["name"] = "ask",
            ["arguments"] = JsonNode.Parse(arguments),
            ["inputResponses"] = JsonNode.Parse("""{"name":{"action":"accept","content":{"name":"Ann"}}}"""),
            ["requestState"] = state,
            ["_meta"] = meta.DeepClone(),
        });
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Other_methods_than_POST_are_gone(string method)
    {
        var reply = await host.Wire.Send(method, "/mcp", null, ("MCP-Protocol-Version", Modern.Version), ("Accept", "text/event-stream"));
        Assert.Equal(405, reply.Status);
        Assert.Equal("POST", reply.Header("Allow"));
        Assert.Equal(-32600, reply.Code);
    }

    private static Scenario Call(string name, JsonObject parameters, int status, params string[] has) => Request(name, "tools/call", parameters, status, has);

    private static Scenario Request(string name, string method, JsonObject parameters, int status, params string[] has) =>
        new(name, Modern.Body(method, parameters), Modern.Headers(method, parameters), status, has);

    private static Scenario Removed(string method) => Request($"{method} does not exist", method, [], 404, "-32601", "\"id\":1");

    private static Scenario Meta(string name, string meta, int status, params string[] has) => new(
        name,
        $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","_meta":{{{meta.Replace("VERSION", VersionKey, StringComparison.Ordinal).Replace("CAPS", CapabilitiesKey, StringComparison.Ordinal)}}}}}""",
        With("Mcp-Name", "echo"),
        status,
        has);

    private static JsonObject Completing(string prompt, string typed) => new()
    {
        ["ref"] = new JsonObject { ["type"] = "ref/prompt", ["name"] = prompt },
        ["argument"] = new JsonObject { ["name"] = "name", ["value"] = typed },
    };

    private static (string, string)[] Without(string header) =>
        [.. Modern.Headers("tools/call", Echo).Where(pair => pair.Name != header)];

    private static (string, string)[] With(string header, string value, string method = "tools/call") =>
        [.. Modern.Headers(method, Echo).Where(pair => pair.Name != header), (header, value)];

    private static string Base64(string text) => $"=?base64?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
}
