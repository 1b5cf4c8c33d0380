using System.Net;
using System.Text;

namespace Cartwright.Tests.Mcp;

/// <summary>JSON-RPC itself: ids, broken bodies, batches, sizes.</summary>
public sealed class Messages(SharedHost host) : IClassFixture<SharedHost>
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    private static readonly Scenario[] Table =
    [
        Body("nothing", "", -32700),
        Body("spaces", "  \n ", -32700),
        Body("no JSON", "hello", -32700),
        Body("half a message", """{"jsonrpc":"2.0","id":1""", -32700),
        Body("a byte order mark", "\uFEFF" + Ping, -32700),
        Body("text after the message", Ping + " x", -32700),
        Body("two messages", Ping + Ping, -32700),
        Body("a comment", Ping + " // ping", -32700),
        Body("a trailing comma", """{"jsonrpc":"2.0","id":1,"method":"ping",}""", -32700),
        Body("a number", "1", -32600),
        Body("a text", "\"ping\"", -32600),
        Body("null", "null", -32600),
        Body("no version", """{"id":1,"method":"ping"}""", -32600) with { Has = ["-32600", "\"id\":1"] },
        Body("another version", """{"jsonrpc":"1.0","id":1,"method":"ping"}""", -32600),
        Body("no method", """{"jsonrpc":"2.0","id":1}""", -32600),
        Body("a method that is no text", """{"jsonrpc":"2.0","id":1,"method":7}""", -32600),
        Body("an id of null", """{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600),
        Body("an id with a fraction", """{"jsonrpc":"2.0","id":1.5,"method":"ping"}""", -32600),
        Body("an id with an exponent", """{"jsonrpc":"2.0","id":1e2,"method":"ping"}""", -32600),
        Body("an id that is true", """{"jsonrpc":"2.0","id":true,"method":"ping"}""", -32600),
        Body("an id that is an object", """{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600),
        Body("params that are a list", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["echo"]}""", -32602),
        Body("a name that is no text", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}""", -32602),
        Body("arguments that are no object", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":[1]}}""", -32602),
        Body("_meta that is no object", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","_meta":1}}""", -32602),
        Body("a cursor that is no text", """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":1}}""", -32602),
        Body("the id twice", """{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}""", -32600),
        Body("the method twice", """{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}""", -32600),
        Body("the params twice", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"},"params":{}}""", -32600),
        Body("the name twice", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"fail"}}""", -32600),
        Body("the arguments twice", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{},"arguments":{"a":1}}}""", -32600),
        Body("deep nesting", Deep(33), -32700),
        Body("the deepest nesting there may be", Deep(32), 200, "\"result\""),
        Body("very deep nesting", Deep(5000), -32700),
        Body("a deep batch", $"[{Deep(33)}]", -32600),
        Body("null arguments", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":null,"_meta":null}}""", 200, "2025-03-26 False {}"),
        Body("an unpaired surrogate as the method", """{"jsonrpc":"2.0","id":1,"method":"\ud800"}""", -32700),
        Body("an unpaired surrogate as a member", """{"jsonrpc":"2.0","id":1,"method":"ping","\ud800":1}""", -32700),
        Body("an unpaired surrogate among the params", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"\ud800":1,"name":"echo"}}""", -32700),
        Body("an unpaired surrogate in _meta", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","_meta":{"\udc00":1,"progressToken":1}}}""", -32700),
        Body("an unpaired surrogate as a tool", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\ud800x"}}""", -32700),
        Body("an unpaired surrogate as a uri", """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"test://item/\ud800"}}""", -32700),
        Body("an unpaired surrogate as an argument", Call("bounded", """{"name":"\ud800"}"""), -32700),
        Body("an unpaired surrogate as an argument's name", Call("bounded", """{"\ud800":1}"""), -32700),
        Body("an unpaired surrogate as a prompt's argument", """{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"greet","arguments":{"name":"\ud800"}}}""", -32700),
        Body("a prompt's argument twice", """{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"greet","arguments":{"name":"a","name":"b"}}}""", 200, "-32602"),
        Body("a completion's argument twice", """{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"name","value":"A","value":"B"}}}""", 200, "-32602"),
        Body("an unpaired surrogate to complete", """{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"name","value":"\ud800"}}}""", -32700),
        Body("half a pair after a whole one", """{"jsonrpc":"2.0","id":1,"method":"ping","x":"\ud83d\ude00\ude00"}""", -32700),
        Body("a pair in the wrong order", """{"jsonrpc":"2.0","id":1,"method":"ping","x":"\ude00\ud83d"}""", -32700),
        Body("half a pair at the end", """{"jsonrpc":"2.0","id":1,"method":"ping","x":"\uD83D"}""", -32700),
        Body("an escape that is cut short", """{"jsonrpc":"2.0","id":1,"method":"ping","x":"\ud8""", -32700),
        Body("a backslash at the very end", """{"jsonrpc":"2.0","id":1,"method":"ping","x":"\""", -32700),
        Body("an escaped backslash before what only looks like half a pair", """{"jsonrpc":"2.0","id":1,"method":"ping","x":"\\ud800"}""", 200, "\"result\""),
        Body("whole pairs", """{"jsonrpc":"2.0","id":1,"method":"ping","x":"\ud83d\ude00\uD83D\uDE00\u00e4"}""", 200, "\"result\""),
        Body("a long name cut in the middle of a letter", Call("bounded", $$"""{"{{new string('x', 59)}}😀😀":1}"""), 200, "\"isError\":true"),
        Body("a long text cut in the middle of a letter", Call("bounded", $$"""{"count":"{{new string('x', 59)}}😀😀"}"""), 200, "\"isError\":true"),
        Body("a number that no type holds", Call("bounded", """{"count":1e400}"""), 200, "\"isError\":true", "count must be a whole number from 1 to 9"),
        Body("an argument twice", Call("bounded", """{"count":1,"count":2}"""), 200, "\"isError\":true", "count"),
    ];

    public static TheoryData<string> Rows => Scenario.Names(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_body_of(string name)
    {
        var reply = await Scenario.Play(Table, name, host.Wire);
        Assert.NotEmpty(reply.Body);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("-7")]
    [InlineData("9007199254740993")]
    [InlineData("9223372036854775807")]
    [InlineData("\"\"")]
    [InlineData("\"a\"")]
    [InlineData("\"\\u0041\\n\\\"\\/\"")]
    [InlineData("\"ä😀\"")]
    [InlineData("\"\\ud83d\\ude00\"")]
    [InlineData("\"<script>\"")]
    public async Task Ids_come_back_byte_for_byte_from_results_and_errors(string id)
    {
        foreach (var method in new[] { "ping", "no/such" })
        {
            var reply = await host.Wire.Post($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}"}""");
            Assert.StartsWith($$"""{"jsonrpc":"2.0","id":{{id}},""", reply.Body, StringComparison.Ordinal);
        }

        var modern = await host.Wire.Post(Modern.Body("tools/list", null, id), Modern.Headers("tools/list"));
        Assert.StartsWith($$"""{"jsonrpc":"2.0","id":{{id}},"result":""", modern.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    public async Task Bytes_that_are_no_UTF_8_are_refused(byte[] bytes)
    {
        byte[] body = [.. """{"jsonrpc":"2.0","id":1,"method":"ping","x":" """u8, .. bytes, .. "\"}"u8];
        foreach (var sent in new[] { body, [.. "["u8, .. body, .. "]"u8] })
        {
            var reply = await host.Wire.Send("POST", "/mcp", new ByteArrayContent(sent));
            Assert.Contains("-32700", reply.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("2025-03-26")]
    public async Task A_batch_is_answered_in_its_order_without_its_notifications(string version)
    {
        var reply = await host.Wire.Post(
            """
             [{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":"b","method":"no/such"},
             7,{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"echo"}}]
            """,
            version.Length == 0 ? [] : [("MCP-Protocol-Version", version)]);
        Assert.Equal(200, reply.Status);
        var answers = reply.Answer.AsArray();
        Assert.Equal(["1", "\"b\"", null, "3"], answers.Select(answer => answer!["id"]?.ToJsonString()));
        Assert.Equal([null, -32601, -32600, null], answers.Select(answer => (int?)answer!["error"]?["code"]));
        Assert.Equal("2025-03-26 False {}", (string?)answers[3]!["result"]!["content"]![0]!["text"]);
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Other_revisions_have_no_batches(string version)
    {
        var reply = await host.Wire.Post($"[{Ping}]", ("MCP-Protocol-Version", version));
        Assert.Equal(400, reply.Status);
        Assert.Equal(-32600, reply.Code);
    }

    [Theory]
    [InlineData(0, 400)]
    [InlineData(1, 200)]
    [InlineData(50, 200)]
    [InlineData(51, 400)]
    public async Task A_batch_has_one_to_fifty_messages(int count, int status)
    {
        var reply = await host.Wire.Post($"[{string.Join(',', Enumerable.Repeat(Ping, count))}]");
        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? count : 0, reply.Answer is System.Text.Json.Nodes.JsonArray all ? all.Count : 0);
    }

    [Theory]
    [InlineData("[{}")]
    [InlineData("[{},]")]
    [InlineData("[{}] x")]
    [InlineData("[")]
    public async Task A_broken_batch_is_refused_whole(string body)
    {
        var reply = await host.Wire.Post(body);
        Assert.Equal(400, reply.Status);
        Assert.Equal(-32600, reply.Code);
    }

    [Fact]
    public async Task A_batch_of_notifications_has_no_answer()
    {
        var reply = await host.Wire.Post("""[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","id":1,"result":{}}]""");
        Assert.Equal(202, reply.Status);
        Assert.Empty(reply.Body);
    }

    [Theory]
    [InlineData(true, 0, 200)]
    [InlineData(true, 1, 413)]
    [InlineData(false, 0, 200)]
    [InlineData(false, 1, 413)]
    [InlineData(false, 3_000_000, 413)]
    public async Task A_body_has_at_most_one_MiB_with_and_without_a_declared_length(bool declared, int beyond, int status)
    {
        const string start = """{"jsonrpc":"2.0","id":1,"method":"ping","x":" """;
        var body = Encoding.UTF8.GetBytes(start + new string('x', (1024 * 1024) + beyond - start.Length - 2) + "\"}");
        using HttpContent content = declared ? new ByteArrayContent(body) : new Chunked(body);
        var reply = await host.Wire.Send("POST", "/mcp", content);
        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? null : -32600, reply.Code);
    }

    private static Scenario Body(string name, string body, int code) => new(name, body, [], 400, $"\"code\":{code}");

    private static Scenario Body(string name, string body, int status, params string[] has) => new(name, body, [], status, has) { Lacks = ["-32603"] };

    private static string Call(string tool, string arguments) =>
        $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""";

    /// <summary>A message whose innermost object lies so many levels deep.</summary>
    private static string Deep(int levels)
    {
        var inner = string.Concat(Enumerable.Repeat("{\"a\":", levels - 3)) + "{}" + new string('}', levels - 3);
        return $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{{{inner}}}}}""";
    }

    /// <summary>Sends without a Content-Length.</summary>
    private sealed class Chunked(byte[] bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var chunk in bytes.Chunk(100_000))
            {
                await stream.WriteAsync(chunk);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
