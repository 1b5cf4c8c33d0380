using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Connections;

/// <summary>From the JSON of the REST twin (docs/rest.md) to the types of a connection. What is missing or of another type counts as not there.</summary>
internal static class RestTypes
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object"}""");

    public static IReadOnlyList<ToolInfo> Tools(JsonElement body) => [.. Items(body, "tools").Select(tool =>
    {
        var annotations = Member(tool, "annotations");
        var readOnly = Flag(annotations, "readOnlyHint") == true;
        return new ToolInfo(
            Text(tool, "name") ?? "",
            Text(tool, "title") ?? Text(annotations, "title"),
            Text(tool, "description"),
            Member(tool, "inputSchema") is { ValueKind: JsonValueKind.Object } schema ? schema : AnyObject,
            readOnly,
            !readOnly && Flag(annotations, "destructiveHint") != false);
    })];

    public static IReadOnlyList<PromptInfo> Prompts(JsonElement body) => [.. Items(body, "prompts").Select(prompt => new PromptInfo(
        Text(prompt, "name") ?? "",
        Text(prompt, "title"),
        Text(prompt, "description"),
        [.. Items(prompt, "arguments").Select(argument => new PromptArgument(Text(argument, "name") ?? "", Text(argument, "description"), Flag(argument, "required") == true))]))];

    public static IReadOnlyList<PromptMessage> Messages(JsonElement body) =>
        [.. Items(body, "messages").Select(message => new PromptMessage(Text(message, "role") ?? "user", Words(Member(message, "content"))))];

    public static IReadOnlyList<ResourceInfo> Resources(JsonElement body) => [.. Items(body, "resources").Select(resource => new ResourceInfo(
        Text(resource, "uri") ?? "",
        Text(resource, "name") ?? "",
        Text(resource, "title"),
        Text(resource, "description"),
        Text(resource, "mimeType"),
        Member(resource, "size") is { ValueKind: JsonValueKind.Number } size && size.TryGetInt64(out var bytes) ? bytes : null))];

    public static IReadOnlyList<ResourceTemplateInfo> Templates(JsonElement body) => [.. Items(body, "resourceTemplates").Select(template => new ResourceTemplateInfo(
        Text(template, "uriTemplate") ?? "", Text(template, "name") ?? "", Text(template, "title"), Text(template, "description"), Text(template, "mimeType")))];

    public static IReadOnlyList<ResourceText> Contents(JsonElement body) => [.. Items(body, "contents").Select(content => new ResourceText(
        Text(content, "uri") ?? "",
        Text(content, "mimeType"),
        Text(content, "text") ?? McpTypes.Binary(Text(content, "mimeType"), Size(content))))];

    /// <summary>A tool's structured result itself, or its content where it has none.</summary>
    public static ToolOutcome Outcome(JsonElement body)
    {
        var isContent = body.ValueKind is JsonValueKind.Object && body.EnumerateObject().Count() == 1
            && Member(body, "content") is { ValueKind: JsonValueKind.Array } content && content.EnumerateArray().All(block => Text(block, "type") is not null);
        return isContent
            ? new ToolOutcome(false, string.Join('\n', Items(body, "content").Select(Words)), null, [.. Items(body, "content").Select(Other).OfType<OtherContent>()])
            : new ToolOutcome(false, body.GetRawText(), JsonNode.Parse(body.GetRawText()), []);
    }

    /// <summary>The advice of problem details (RFC 9457), or null.</summary>
    public static string? Detail(JsonElement body) => Text(body, "detail");

    private static string Words(JsonElement block) => Text(block, "type") switch
    {
        "text" => Text(block, "text") ?? "",
        "resource" => Text(Member(block, "resource"), "text") ?? "[resource]",
        "resource_link" => $"[{Text(block, "name")}: {Text(block, "uri")}]",
        { } kind => $"[{kind}: {McpTypes.Binary(Text(block, "mimeType"), Size(block))}]",
        null => "",
    };

    private static OtherContent? Other(JsonElement block) => Text(block, "type") switch
    {
        "image" or "audio" => new(Text(block, "type")!, Text(block, "mimeType"), null, Size(block)),
        "resource_link" => new("link", Text(block, "mimeType"), Text(block, "uri"), null),
        "resource" => new("resource", Text(Member(block, "resource"), "mimeType"), Text(Member(block, "resource"), "uri"), null),
        _ => null,
    };

    /// <summary>Bytes behind base64 in "data" or "blob".</summary>
    private static long Size(JsonElement block) => ((Text(block, "data") ?? Text(block, "blob"))?.TrimEnd('=').Length ?? 0) * 3L / 4;

    private static IEnumerable<JsonElement> Items(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray().Where(item => item.ValueKind is JsonValueKind.Object) : [];

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind is JsonValueKind.Object && owner.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement owner, string name) => Member(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool? Flag(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } flag ? flag.GetBoolean() : null;
}
