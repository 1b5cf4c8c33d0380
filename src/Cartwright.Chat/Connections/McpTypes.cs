using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Cartwright.Chat.Connections;

/// <summary>From the types of the official client to those of a connection.</summary>
internal static class McpTypes
{
    public static ToolInfo Tool(Tool tool) => new(
        tool.Name,
        tool.Title ?? tool.Annotations?.Title,
        tool.Description,
        tool.InputSchema,
        tool.Annotations?.ReadOnlyHint == true,
        tool.Annotations?.DestructiveHint != false && tool.Annotations?.ReadOnlyHint != true);

    public static PromptInfo Prompt(Prompt prompt) => new(
        prompt.Name,
        prompt.Title,
        prompt.Description,
        [.. (prompt.Arguments ?? []).Select(argument => new PromptArgument(argument.Name, argument.Description, argument.Required == true))]);

    public static ResourceInfo Resource(Resource resource) =>
        new(resource.Uri, resource.Name, resource.Title, resource.Description, resource.MimeType, resource.Size);

    public static ResourceTemplateInfo Template(ResourceTemplate template) =>
        new(template.UriTemplate, template.Name, template.Title, template.Description, template.MimeType);

    public static IReadOnlyList<PromptMessage> Messages(GetPromptResult prompt) =>
        [.. prompt.Messages.Select(message => new PromptMessage(message.Role is Role.Assistant ? "assistant" : "user", Text([message.Content])))];

    public static IReadOnlyList<ResourceText> Contents(ReadResourceResult read) => [.. read.Contents.Select(content => content switch
    {
        TextResourceContents text => new ResourceText(text.Uri, text.MimeType, text.Text),
        BlobResourceContents blob => new ResourceText(blob.Uri, blob.MimeType, Binary(blob.MimeType, blob.DecodedData.Length)),
        _ => new ResourceText(content.Uri, content.MimeType, ""),
    })];

    public static ToolOutcome Outcome(CallToolResult result)
    {
        var structured = result.StructuredContent is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } json ? JsonNode.Parse(json.GetRawText()) : null;
        var text = Text(result.Content);
        return new ToolOutcome(
            result.IsError == true,
            text.Length > 0 ? text : structured?.ToJsonString() ?? "",
            structured,
            [.. result.Content.Select(Other).OfType<OtherContent>()]);
    }

    public static JsonElement Element(JsonNode? node) => node is null ? JsonElement.Parse("null") : JsonElement.Parse(node.ToJsonString());

    public static string Binary(string? mimeType, long bytes) => $"[{mimeType ?? "binary content"}, {bytes} bytes]";

    private static string Text(IEnumerable<ContentBlock> content)
    {
        var text = new StringBuilder();
        foreach (var block in content)
        {
            var piece = block switch
            {
                TextContentBlock words => words.Text,
                EmbeddedResourceBlock { Resource: TextResourceContents embedded } => embedded.Text,
                ResourceLinkBlock link => $"[{link.Name}: {link.Uri}]",
                _ when Other(block) is { } other => $"[{other.Kind}: {Binary(other.MimeType, other.Bytes ?? 0)}]",
                _ => "",
            };
            _ = text.Length > 0 && piece.Length > 0 ? text.Append('\n').Append(piece) : text.Append(piece);
        }

        return text.ToString();
    }

    private static OtherContent? Other(ContentBlock block) => block switch
    {
        ImageContentBlock image => new("image", image.MimeType, null, image.DecodedData.Length),
        AudioContentBlock audio => new("audio", audio.MimeType, null, audio.DecodedData.Length),
        ResourceLinkBlock link => new("link", link.MimeType, link.Uri, link.Size),
        EmbeddedResourceBlock { Resource: BlobResourceContents blob } => new("resource", blob.MimeType, blob.Uri, blob.DecodedData.Length),
        EmbeddedResourceBlock { Resource: TextResourceContents text } => new("resource", text.MimeType, text.Uri, Encoding.UTF8.GetByteCount(text.Text)),
        _ => null,
    };
}
