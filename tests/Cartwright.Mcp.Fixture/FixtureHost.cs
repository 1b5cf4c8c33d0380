using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cartwright.Mcp.Fixture;

/// <summary>Puts the fixture's tools, resources and prompts into one server.</summary>
internal sealed class FixtureHost
{
    private readonly List<McpTool> _tools;
    private readonly List<McpPrompt> _prompts = FixturePrompts.All();
    private bool _hasExtraTool;
    private bool _hasExtraPrompt;

    public FixtureHost(TimeProvider time)
    {
        _tools =
        [
            .. FixtureTools.All(),
            .. InputTools.All(),
            Tools.Of("test_trigger_tool_change", "Changes the list of tools", (_, _) => Trigger(() => _hasExtraTool = !_hasExtraTool)),
            Tools.Of("test_trigger_prompt_change", "Changes the list of prompts", (_, _) => Trigger(() => _hasExtraPrompt = !_hasExtraPrompt)),
        ];
        var options = new McpOptions
        {
            Name = "conformance-fixture",
            Version = "1.0.0",
            SigningKey = new byte[32],
            Time = time,
            Logging = true,
            ResourceSubscriptions = true,
            SessionEnds = Ends(),
        };
        Server = new McpServer(options, Features());
    }

    public McpServer Server { get; }

    private McpFeatures Features() => new(
        [.. _tools, .. _hasExtraTool ? [Tools.Of("test_extra", "Comes and goes", Tools.Says("extra"))] : Array.Empty<McpTool>()],
        FixtureResources.All(),
        FixtureResources.Templates(),
        [.. _prompts, .. _hasExtraPrompt ? [FixturePrompts.Extra] : Array.Empty<McpPrompt>()]);

    private ValueTask<ToolResult> Trigger(Action change)
    {
        change();
        Server.Publish(Features());
        return ValueTask.FromResult(ToolResult.Of(Content.Text("Mutation triggered")));
    }

    private static SessionEnds Ends()
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        return new SessionEnds(
            (id, _, _) =>
            {
                ended.Add(id);
                return ValueTask.CompletedTask;
            },
            (id, _) => ValueTask.FromResult(ended.Contains(id)));
    }
}

internal static class Tools
{
    public static McpTool Of(
        string name,
        string description,
        Func<JsonObject, McpCall, ValueTask<ToolResult>> handle,
        string schema = """{"type":"object"}""") =>
        McpTool.CreateWithSchema(
            new ToolDeclaration(name, name, description, ToolBehaviour.Reads),
            (JsonObject)JsonNode.Parse(schema)!,
            outputSchema: null,
            FixtureJson.Default.JsonObject,
            handle);

    public static Func<JsonObject, McpCall, ValueTask<ToolResult>> Says(params Content[] content) =>
        (_, _) => ValueTask.FromResult(ToolResult.Of(content));

    public static Func<JsonObject, McpCall, ValueTask<ToolResult>> Says(string text) => Says(Content.Text(text));
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class FixtureJson : JsonSerializerContext;
