using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cartwright.Mcp.Wire;

namespace Cartwright.Mcp.Rest;

/// <summary>The three lists of one publication, whole, as bytes; each made when first asked for.</summary>
internal sealed class RestLists(McpFeatures features)
{
    private readonly Lazy<byte[]> _tools = new(() => Encode(new JsonObject { ["tools"] = All(features.Tools, tool => tool.Describe()) }));
    private readonly Lazy<byte[]> _prompts = new(() => Encode(new JsonObject { ["prompts"] = All(features.Prompts, prompt => prompt.Describe()) }));
    private readonly Lazy<byte[]> _resources = new(() => Encode(new JsonObject
    {
        ["resources"] = All(features.Resources, resource => resource.Describe()),
        ["resourceTemplates"] = All(features.Templates, template => template.Describe()),
    }));

    public McpFeatures Features => features;

    public byte[] Tools => _tools.Value;

    public byte[] Prompts => _prompts.Value;

    public byte[] Resources => _resources.Value;

    public static byte[] Encode(JsonNode node)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, OutputBuffer.WriterOptions))
        {
            node.WriteTo(writer);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static JsonArray All<T>(IEnumerable<T> items, Func<T, JsonObject> describe)
    {
        var list = new JsonArray();
        foreach (var entry in items.Select(describe))
        {
            // It is for hosts with widgets.
            entry.Remove("_meta");
            list.Add((JsonNode)entry);
        }

        return list;
    }
}
