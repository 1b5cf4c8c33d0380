namespace Cartwright.Mcp.Fixture;

/// <summary>The one-round tools that the suite calls by name.</summary>
internal static class FixtureTools
{
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    private const string Schema2020 = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","$defs":{"address":{"$anchor":"addressDef","type":"object",
        "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},"properties":{"name":{"type":"string"},
        "address":{"$ref":"#/$defs/address"},"contactMethod":{"type":"string","enum":["phone","email"]},"phone":{"type":"string"},
        "email":{"type":"string"}},"allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
        "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},"then":{"required":["phone"]},
        "else":{"required":["email"]},"additionalProperties":false}
        """;

    private const string MirroredSchema =
        """{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"shelf":{"type":"integer","x-mcp-header":"Shelf"}}}""";

    public static IEnumerable<McpTool> All() =>
    [
        // First in the list on purpose: the header scenario calls the first tool without arguments.
        Tools.Of("test_simple_text", "Answers a text", Tools.Says("This is a simple text response for testing.")),
        Tools.Of("test_image_content", "Answers an image", Tools.Says(Content.Image(Png, "image/png"))),
        Tools.Of("test_audio_content", "Answers a sound", Tools.Says(Content.Audio(Silence(), "audio/wav"))),
        Tools.Of("test_embedded_resource", "Answers a resource", Tools.Says(Content.Embedded(
            ResourceContents.Text("test://embedded-resource", "text/plain", "This is an embedded resource content.")))),
        Tools.Of("test_multiple_content_types", "Answers several kinds of content", Tools.Says(
            Content.Text("Multiple content types test:"),
            Content.Image(Png, "image/png"),
            Content.Embedded(ResourceContents.Text("test://mixed-content-resource", "application/json", """{"test":"data","value":123}""")))),
        Tools.Of("test_error_handling", "Always fails", (_, _) => ValueTask.FromResult(
            ToolResult.Fail("This tool intentionally returns an error for testing"))),
        Tools.Of("test_tool_with_progress", "Reports progress", Progress),
        Tools.Of("test_tool_with_logging", "Sends log messages", Logging),
        Tools.Of("test_logging_tool", "Sends a log message to those who asked for one", LogOnce),
        Tools.Of("test_missing_capability", "Needs the sampling capability", (_, call) => ValueTask.FromResult(
            call.ClientSupports("sampling") ? ToolResult.Of(Content.Text("Success")) : ToolResult.Fail(McpError.MissingCapability("sampling")))),
        Tools.Of("json_schema_2020_12_tool", "Has a schema with every keyword", Tools.Says("ok"), Schema2020),
        Tools.Of("test_x_mcp_header", "Has its arguments repeated in headers", Tools.Says("ok"), MirroredSchema),
        Tools.Of("test_crash", "Throws", (_, _) => throw new InvalidOperationException("a secret of the server")),
    ];

    private static async ValueTask<ToolResult> Progress(System.Text.Json.Nodes.JsonObject arguments, McpCall call)
    {
        await call.ReportProgress(0, 100, "Starting");
        await Task.Delay(50, call.Aborted);
        await call.ReportProgress(50, 100, "Half-way");
        await Task.Delay(50, call.Aborted);
        await call.ReportProgress(100, 100, "Done");
        return ToolResult.Of(Content.Text("Progress reported"));
    }

    private static async ValueTask<ToolResult> Logging(System.Text.Json.Nodes.JsonObject arguments, McpCall call)
    {
        await call.Log(McpLogLevel.Info, "fixture", "Tool execution started");
        await Task.Delay(50, call.Aborted);
        await call.Log(McpLogLevel.Info, "fixture", "Tool processing data");
        await Task.Delay(50, call.Aborted);
        await call.Log(McpLogLevel.Info, "fixture", "Tool execution completed");
        return ToolResult.Of(Content.Text("Logged"));
    }

    private static async ValueTask<ToolResult> LogOnce(System.Text.Json.Nodes.JsonObject arguments, McpCall call)
    {
        await call.Log(McpLogLevel.Info, "fixture", "Logging evaluated");
        return ToolResult.Of(Content.Text("Logging evaluated"));
    }

    /// <summary>A WAV file of two silent samples.</summary>
    private static byte[] Silence() => Convert.FromBase64String("UklGRigAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQQAAAAAAAAA");
}
