using System.Text;
using Cartwright.Mcp;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Rest;

/// <summary>Calls of tools and prompts over REST: which status, which words, and what never gets out.</summary>
public sealed class RestCalls(SharedHost host) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task A_tool_without_structured_content_answers_its_content()
    {
        var answer = (await host.Wire.RestTool("echo", """{"a":1}""")).Json();
        Assert.Equal("""{"content":[{"type":"text","text":"2025-11-25 False {\"a\":1}"}]}""", answer.ToJsonString(Relaxed));
    }

    [Fact]
    public async Task Structured_content_is_the_whole_answer_even_if_the_result_has_more()
    {
        var structured = TestTools.Of("structured", (_, _) => ValueTask.FromResult(ToolResult
            .OfJson("""{"price":1.50}"""u8.ToArray(), "in words")
            .WithMeta(new KeyValuePair<string, ReadOnlyMemory<byte>>("secret", "\"token\""u8.ToArray()))));
        await using var own = await McpHost.Start(new McpServer(TestTools.Options(), TestTools.Features(structured)));
        var reply = await own.Wire.RestTool("structured");
        Assert.Equal((200, """{"price":1.50}"""), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData(null, 422)]
    [InlineData(FailureKind.Invalid, 400)]
    [InlineData(FailureKind.NotFound, 404)]
    [InlineData(FailureKind.Conflict, 409)]
    [InlineData(FailureKind.Unavailable, 503)]
    public async Task A_failure_has_the_status_of_its_kind_and_the_tools_own_words(FailureKind? kind, int status)
    {
        const string advice = "Nur noch 3 übrig \"heute\":\n<nimm> weniger 🌵.";
        var fails = TestTools.Of("fails", (_, _) => ValueTask.FromResult(ToolResult.Fail(advice, kind).WithMeta([])));
        await using var own = await McpHost.Start(new McpServer(TestTools.Options(), TestTools.Features(fails)));
        var reply = await own.Wire.RestTool("fails");
        Assert.Equal(advice, reply.Detail(status));
        Assert.Equal(status == 503 ? "5" : null, reply.Header("Retry-After"));
        var overMcp = (await own.Wire.AskTool("fails")).Result;
        Assert.Equal(advice, (string?)overMcp["content"]![0]!["text"]);
        Assert.True((bool?)overMcp["isError"]);
    }

    [Theory]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"count":0}""")]
    [InlineData("""{"count":1.5,"other":true}""")]
    [InlineData("""{"count":1,"count":2}""")]
    public async Task Arguments_that_break_the_schema_are_told_as_over_MCP(string arguments)
    {
        var overMcp = (await host.Wire.AskTool("bounded", arguments)).Result;
        Assert.Equal((string?)overMcp["content"]![0]!["text"], (await host.Wire.RestTool("bounded", arguments)).Detail(400));
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("cancelled")]
    [InlineData("crash_late")]
    public async Task A_bug_is_an_internal_error_without_its_text(string tool) =>
        Assert.StartsWith("Internal error.", (await host.Wire.RestTool(tool)).Detail(500), StringComparison.Ordinal);

    [Theory]
    [InlineData("progress")]
    [InlineData("log")]
    public async Task What_a_tool_reports_on_the_way_is_dropped(string tool)
    {
        var reply = await host.Wire.RestPost(
            "/mcp/tools/call", $$"""{"name":"{{tool}}","_meta":{"progressToken":1} }""", ("Accept", "text/event-stream"));
        Assert.Equal("""{"content":[{"type":"text","text":"done"}]}""", reply.Json().ToJsonString());
    }

    [Fact]
    public async Task A_question_to_the_user_is_a_conflict_with_advice_whatever_the_client_says_it_can()
    {
        const string able = """{"name":"ask","_meta":{"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}""";
        Assert.Contains("Use another way", (await host.Wire.RestTool("ask")).Detail(409), StringComparison.Ordinal);
        Assert.Contains("Use another way", (await host.Wire.RestPost("/mcp/tools/call", able)).Detail(409), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protocol_error_of_a_tool_is_a_problem_too()
    {
        McpTool[] tools =
        [
            TestTools.Of("needs", (_, _) => ValueTask.FromResult(ToolResult.Fail(McpError.MissingCapability("sampling")))),
            TestTools.Of("refuses", (_, _) => ValueTask.FromResult(ToolResult.Fail(new McpError(ErrorCodes.InvalidParams, "Not so.")))),
        ];
        await using var own = await McpHost.Start(new McpServer(TestTools.Options(), TestTools.Features(tools)));
        Assert.Contains("sampling", (await own.Wire.RestTool("needs")).Detail(409), StringComparison.Ordinal);
        Assert.Equal("Not so.", (await own.Wire.RestTool("refuses")).Detail(400));
    }

    [Theory]
    [InlineData("ecko", "did you mean echo?")]
    [InlineData("late_crash", "did you mean crash_late or crash?")]
    [InlineData("", "There is no tool \"\". GET /mcp/tools")]
    [InlineData("zzz", "There is no tool \"zzz\". GET /mcp/tools")]
    [InlineData("x", "There is no tool \"x\". GET /mcp/tools")]
    [InlineData("../echo", "did you mean echo?")]
    public async Task An_unknown_tool_is_not_found_and_near_names_are_told(string name, string advice) =>
        Assert.Contains(advice, (await host.Wire.RestTool(name)).Detail(404), StringComparison.Ordinal);

    [Fact]
    public async Task An_endless_name_is_not_repeated_whole() =>
        Assert.InRange((await host.Wire.RestTool(new string('e', 100_000))).Detail(404).Length, 100, 300);

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("name=echo", "not JSON")]
    [InlineData("{} {}", "not JSON")]
    [InlineData("[]", "The body must be an object.")]
    [InlineData("null", "The body must be an object.")]
    [InlineData("\"echo\"", "The body must be an object.")]
    [InlineData("{}", "name is required")]
    [InlineData("""{"name":null}""", "name is required")]
    [InlineData("""{"name":7}""", "name must be a string.")]
    [InlineData("""{"name":"echo","name":"crash"}""", "name is there twice.")]
    [InlineData("""{"name":"echo","arguments":[]}""", "arguments must be an object.")]
    [InlineData("""{"name":"echo","arguments":"{}"}""", "arguments must be an object.")]
    [InlineData("""{"name":"echo","arguments":{},"arguments":{}}""", "arguments is there twice.")]
    [InlineData("""{"name":"echo","_meta":7}""", "_meta must be an object.")]
    [InlineData("""{"name":"echo","arguments":{"a":"\ud83c"}}""", "half of a surrogate pair")]
    [InlineData("""{"name":"ask","requestState":"forged"}""", "requestState was changed")]
    public async Task A_body_that_is_no_call_is_a_bad_request(string body, string detail)
    {
        var said = (await host.Wire.RestPost("/mcp/tools/call", body)).Detail(400);
        Assert.Contains(detail, said, StringComparison.Ordinal);
        Assert.DoesNotContain("params", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_a_bad_request()
    {
        using var content = new ByteArrayContent([.. "{\"name\":\""u8, 0xff, 0xfe, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        Assert.Contains("UTF-8", (await host.Wire.Send("POST", "/mcp/tools/call", content)).Detail(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_may_be_as_deep_as_over_MCP_and_no_deeper()
    {
        var deepest = Enumerable.Range(1, 40).Last(depth => DeepOverMcp(depth).GetAwaiter().GetResult());
        Assert.Equal(200, (await host.Wire.RestTool("echo", Deep(deepest))).Status);
        Assert.Contains("deeper", (await host.Wire.RestTool("echo", Deep(deepest + 1))).Detail(400), StringComparison.Ordinal);
        Assert.Contains("deeper", (await host.Wire.RestTool("echo", Deep(100_000))).Detail(400), StringComparison.Ordinal);

        async Task<bool> DeepOverMcp(int depth) => (await host.Wire.AskTool("echo", Deep(depth))).Status == 200;
        static string Deep(int depth) => $"{string.Concat(Enumerable.Repeat("{\"a\":", depth - 1))}{{}}{new string('}', depth - 1)}";
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("Application/JSON;charset=\"UTF-8\"", 200)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/jsonp", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("json", 415)]
    [InlineData("", 415)]
    public async Task Only_JSON_is_read(string type, int status)
    {
        foreach (var path in new[] { "/mcp/tools/call", "/mcp/prompts/get" })
        {
            var name = path.EndsWith("get", StringComparison.Ordinal) ? "greet" : "echo";
            var reply = await host.Wire.RestPost(path, $$"""{"name":"{{name}}","arguments":{"name":"Ann"} }""", ("Content-Type", type));
            Assert.True(status == reply.Status, $"{path} {reply}");
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_and_without_a_length()
    {
        var body = $$"""{"name":"echo","arguments":{"a":"{{new string('a', 1024 * 1024)}}"} }""";
        Assert.Contains("1048576 bytes", (await host.Wire.RestPost("/mcp/tools/call", body)).Detail(413), StringComparison.Ordinal);
        using var chunked = new StreamContent(new Unmeasured(Encoding.UTF8.GetBytes(body)));
        chunked.Headers.ContentType = new("application/json");
        Assert.Contains("1048576 bytes", (await host.Wire.Send("POST", "/mcp/tools/call", chunked)).Detail(413), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_of_an_MCP_client_counts_and_a_bad_one_is_not_found()
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        var ends = new SessionEnds(
            (id, _, _) =>
            {
                ended.Add(id);
                return ValueTask.CompletedTask;
            },
            (id, _) => ValueTask.FromResult(ended.Contains(id)));
        await using var own = await McpHost.Start(TestTools.Options(ends: ends));
        var session = await own.Wire.Initialize();
        Assert.Contains("2025-11-25 True", (await own.Wire.RestTool("echo", "{}", session)).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await own.Wire.Get("/mcp/resources/read/test://one", session)).Status);
        Assert.Contains("session", (await own.Wire.RestTool("echo", "{}", ("Mcp-Session-Id", "forged"))).Detail(404), StringComparison.Ordinal);

        Assert.Equal(204, (await own.Wire.Delete(session)).Status);
        Assert.Contains("session", (await own.Wire.RestTool("echo", "{}", session)).Detail(404), StringComparison.Ordinal);
        Assert.Contains("session", (await own.Wire.Get("/mcp/resources/read/test://one", session)).Detail(404), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_is_answered_as_over_MCP()
    {
        var overMcp = (await host.Wire.Ask("prompts/get", """{"name":"greet","arguments":{"name":"Ann"}}""")).Result;
        Assert.Equal(overMcp.ToJsonString(), (await host.Wire.RestPrompt("greet", """{"name":"Ann"}""")).Json().ToJsonString());
    }

    [Fact]
    public async Task A_prompt_that_is_unknown_or_lacks_an_argument_is_told()
    {
        Assert.Contains("did you mean greet? GET /mcp/prompts", (await host.Wire.RestPrompt("greeting")).Detail(404), StringComparison.Ordinal);
        Assert.Equal("Missing arguments: name", (await host.Wire.RestPrompt("greet")).Detail(400));
        Assert.Equal("arguments has an argument twice.", (await host.Wire.RestPrompt("greet", """{"name":"a","name":"b"}""")).Detail(400));
    }

    [Fact]
    public async Task The_lists_are_those_of_MCP_without_what_is_for_widgets()
    {
        await using var own = await McpHost.Start(TestTools.Options(pageSize: 3));
        var all = (await host.Wire.Ask("tools/list")).Result["tools"]!;
        Assert.Equal(all.ToJsonString(), (await own.Wire.Get("/mcp/tools")).Json()["tools"]!.ToJsonString());
        Assert.Equal(
            (await host.Wire.Ask("prompts/list")).Result["prompts"]!.ToJsonString(), (await own.Wire.Get("/mcp/prompts")).Json()["prompts"]!.ToJsonString());
        var resources = (await own.Wire.Get("/mcp/resources")).Json();
        Assert.Equal((await host.Wire.Ask("resources/list")).Result["resources"]!.ToJsonString(), resources["resources"]!.ToJsonString());
        Assert.Equal(
            (await host.Wire.Ask("resources/templates/list")).Result["resourceTemplates"]!.ToJsonString(), resources["resourceTemplates"]!.ToJsonString());
    }

    [Fact]
    public async Task The_lists_follow_what_is_published()
    {
        await using var own = await McpHost.Start();
        Assert.DoesNotContain("newcomer", (await own.Wire.Get("/mcp/tools")).Body, StringComparison.Ordinal);
        own.Server.Publish(TestTools.Features(TestTools.Of("newcomer", (_, _) => TestTools.Text("hello"))));
        Assert.Contains("newcomer", (await own.Wire.Get("/mcp/tools")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await own.Wire.RestTool("newcomer")).Status);
        own.Server.Publish(new McpFeatures());
        Assert.Equal("""{"tools":[]}""", (await own.Wire.Get("/mcp/tools")).Body);
        Assert.Equal("There is no tool \"newcomer\". GET /mcp/tools lists what there is.", (await own.Wire.RestTool("newcomer")).Detail(404));
    }

    private static System.Text.Json.JsonSerializerOptions Relaxed { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A stream whose length nobody knows, so that the body travels in chunks.</summary>
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
