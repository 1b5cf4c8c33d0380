using System.Text.Json.Nodes;

namespace Cartwright.Tests.Mcp;

/// <summary>Requests of revision 2026-07-28: metadata in the body, repeated in headers.</summary>
internal static class Modern
{
    public const string Version = "2026-07-28";
    private const string Prefix = "io.modelcontextprotocol/";

    public static Task<Reply> Call(this Wire wire, string method, JsonObject? parameters = null, params (string Name, string Value)[] more) =>
        wire.Post(Body(method, parameters), [.. Headers(method, parameters), .. more]);

    public static Task<Reply> CallTool(this Wire wire, string tool, string arguments = "{}", JsonObject? meta = null) =>
        wire.Call("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = JsonNode.Parse(arguments), ["_meta"] = meta?.DeepClone() ?? new JsonObject() });

    /// <summary>The body, with the metadata that every request needs added to what its <c>_meta</c> says already.</summary>
    public static string Body(string method, JsonObject? parameters = null, string id = "1")
    {
        var all = (JsonObject?)parameters?.DeepClone() ?? [];
        var meta = all["_meta"] as JsonObject ?? [];
        all["_meta"] = meta;
        meta[Prefix + "protocolVersion"] ??= Version;
        meta[Prefix + "clientCapabilities"] ??= new JsonObject();
        return $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{all.ToJsonString()}}}""";
    }

    public static (string Name, string Value)[] Headers(string method, JsonObject? parameters = null)
    {
        var name = (string?)(method == "resources/read" ? parameters?["uri"] : parameters?["name"]);
        (string, string)[] headers =
        [
            ("MCP-Protocol-Version", Version),
            ("Mcp-Method", method),
            ("Accept", "application/json, text/event-stream"),
        ];
        return name is null ? headers : [.. headers, ("Mcp-Name", name)];
    }
}

/// <summary>Requests of the older revisions, which need no headers at all.</summary>
internal static class Legacy
{
    public static Task<Reply> Ask(this Wire wire, string method, string parameters = "{}", params (string Name, string Value)[] headers) =>
        wire.Post($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", headers);

    public static Task<Reply> AskTool(this Wire wire, string tool, string arguments = "{}", params (string Name, string Value)[] headers) =>
        wire.Ask("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""", headers);

    /// <summary>Opens a session and gives its header.</summary>
    public static async Task<(string Name, string Value)> Initialize(this Wire wire, string version = "2025-11-25")
    {
        var reply = await wire.Ask("initialize", Opening(version));
        Assert.Equal(200, reply.Status);
        return ("Mcp-Session-Id", reply.Header("Mcp-Session-Id")!);
    }

    public static string Opening(string version) =>
        $$$"""{"protocolVersion":"{{{version}}}","capabilities":{},"clientInfo":{"name":"test","version":"1"}}""";
}
