using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Cartwright.Mcp;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Mcp;

/// <summary>Tools that do on purpose what the tests of the protocol need done.</summary>
internal static class TestTools
{
    /// <summary>The text of an exception, which no client may ever see.</summary>
    public const string Secret = "a secret of the server";

    private const string Mirrored = """
        {"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"shelf":{"type":"integer","x-mcp-header":"Shelf"},
        "place":{"type":"object","properties":{"urgent":{"type":"boolean","x-mcp-header":"Urgent"}}}}}
        """;

    private const string Bounded =
        """{"type":"object","properties":{"name":{"type":"string","maxLength":100},"count":{"type":"integer","minimum":1,"maximum":9}},"additionalProperties":false}""";

    public static McpOptions Options(
        TimeProvider? time = null,
        AnswerFraming framing = AnswerFraming.Auto,
        bool cors = true,
        int pageSize = 100,
        TimeSpan? keepAlive = null,
        SessionEnds? ends = null,
        int maxStreams = 100,
        string[]? origins = null,
        string[]? hosts = null) => new()
        {
            Name = "test",
            Version = "1.0.0",
            SigningKey = Encoding.UTF8.GetBytes("a key of thirty-two bytes or more"),
            Time = time ?? new FakeTime(),
            Framing = framing,
            Cors = cors,
            PageSize = pageSize,
            KeepAlive = keepAlive ?? TimeSpan.FromMinutes(1),
            SessionEnds = ends,
            MaxStreams = maxStreams,
            Logging = true,
            ResourceSubscriptions = true,
            AllowedOrigins = origins ?? ["http://localhost", "http://127.0.0.1", "http://[::1]"],
            AllowedHosts = hosts ?? ["localhost", "127.0.0.1", "[::1]"],
        };

    public static McpFeatures Features(params McpTool[] more) => new(
        [
            Of("echo", (arguments, call) => Text($"{call.ProtocolVersion} {call.SessionId is not null} {arguments.ToJsonString()}")),
            Of("mirrored", (arguments, _) => Text(arguments.ToJsonString()), Mirrored),
            Of("bounded", (arguments, _) => Text(arguments.ToJsonString()), Bounded),
            Of("fail", (_, _) => ValueTask.FromResult(ToolResult.Fail("Do it otherwise."))),
            Of("crash", (_, _) => throw new InvalidOperationException(Secret)),
            Of("cancelled", (_, _) => throw new OperationCanceledException(Secret)),
            Of("progress", Progress),
            Of("log", Log),
            Of("crash_late", CrashLate),
            Of("ask", Ask),
            .. more,
        ],
        [
            new McpResource("test://one", "one", "text/plain", _ => ValueTask.FromResult(
                new ReadResult(ResourceContents.Text("test://one", "text/plain", "first")))),
        ],
        [
            new McpResourceTemplate("test://item/{id}", "item", "text/plain", (variables, _) => ValueTask.FromResult(
                variables["id"] == "none" ? null : new ReadResult(ResourceContents.Text($"test://item/{variables["id"]}", "text/plain", variables["id"])))),
        ],
        [
            new McpPrompt("greet", [new PromptArgument("name", "Whom", Required: true)], (arguments, _) => ValueTask.FromResult(
                new PromptResult([new PromptMessage(Content.Text($"Greet {arguments["name"]}"))])))
            {
                Complete = (_, typed, _) => ValueTask.FromResult<IReadOnlyList<string>>([.. new[] { "Ann", "Bob" }.Where(name => name.StartsWith(typed, StringComparison.Ordinal))]),
            },
        ]);

    public static McpTool Of(string name, Func<JsonObject, McpCall, ValueTask<ToolResult>> handle, string schema = """{"type":"object"}""") =>
        McpTool.CreateWithSchema(
            new ToolDeclaration(name, name, $"The tool {name}", ToolBehaviour.Reads),
            (JsonObject)JsonNode.Parse(schema)!,
            outputSchema: null,
            TestJson.Default.JsonObject,
            handle);

    public static ValueTask<ToolResult> Text(string text) => ValueTask.FromResult(ToolResult.Of(Content.Text(text)));

    private static async ValueTask<ToolResult> Progress(JsonObject arguments, McpCall call)
    {
        await call.ReportProgress(1, 2, "Half-way");
        await call.ReportProgress(2, 2);
        return ToolResult.Of(Content.Text("done"));
    }

    private static async ValueTask<ToolResult> Log(JsonObject arguments, McpCall call)
    {
        await call.Log(McpLogLevel.Debug, "test", "small talk");
        await call.Log(McpLogLevel.Warning, "test", "a warning");
        return ToolResult.Of(Content.Text("done"));
    }

    private static async ValueTask<ToolResult> CrashLate(JsonObject arguments, McpCall call)
    {
        await call.ReportProgress(1);
        throw new InvalidOperationException(Secret);
    }

    private static ValueTask<ToolResult> Ask(JsonObject arguments, McpCall call) => call.State == "asked" && call.GetInput("name") is { } answer
        ? Text($"Hello {answer["content"]?["name"]}")
        : ValueTask.FromResult(ToolResult.Ask(new InputRequired(
            new Dictionary<string, InputRequest>(StringComparer.Ordinal) { ["name"] = InputRequest.Elicitation("Who are you?", []) },
            "asked")));
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class TestJson : JsonSerializerContext;
