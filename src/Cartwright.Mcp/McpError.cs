using System.Text.Json.Nodes;

namespace Cartwright.Mcp;

/// <summary>
/// A protocol error: the request could not be served as a request. What a model can mend is a <see cref="ToolResult"/> with
/// <c>isError</c> instead.
/// </summary>
/// <param name="Code">JSON-RPC error code, see <see cref="ErrorCodes"/>.</param>
/// <param name="Message">One sentence for whoever wrote the client. Never the text of an exception.</param>
/// <param name="ErrorData">Optional <c>error.data</c>.</param>
public sealed record McpError(int Code, string Message, JsonNode? ErrorData = null)
{
    /// <summary>What kind of failure it is, when it is known. MCP clients do not see it; it decides the status of a REST answer.</summary>
    public FailureKind? Kind { get; init; }

    /// <summary>HTTP status of the answer in the modern era; the legacy era answers 200 to every well-formed request.</summary>
    internal int ModernStatus => Code switch
    {
        ErrorCodes.MethodNotFound => 404,
        ErrorCodes.ParseError or ErrorCodes.InvalidRequest or ErrorCodes.HeaderMismatch
            or ErrorCodes.MissingClientCapability or ErrorCodes.UnsupportedVersion => 400,
        _ => 200,
    };

    internal static McpError InvalidParams(string message) => new(ErrorCodes.InvalidParams, message);

    internal static McpError InvalidRequest(string message) => new(ErrorCodes.InvalidRequest, message);

    internal static McpError HeaderMismatch(string message) => new(ErrorCodes.HeaderMismatch, message);

    internal static McpError MethodNotFound(string method) => new(ErrorCodes.MethodNotFound, $"Method not found: {method}");

    internal static McpError UnsupportedVersion(string requested) => new(
        ErrorCodes.UnsupportedVersion,
        $"Unsupported protocol version: {requested}",
        new JsonObject
        {
            ["supported"] = new JsonArray([.. ProtocolVersions.All.Select(version => (JsonNode)version)]),
            ["requested"] = requested,
        });

    /// <summary>The call needs something that the client did not declare (revision 2026-07-28, error -32021).</summary>
    /// <param name="capabilities">Names of the missing client capabilities, e.g. <c>elicitation</c>.</param>
    public static McpError MissingCapability(params IEnumerable<string> capabilities)
    {
        var required = new JsonObject();
        foreach (var capability in capabilities)
        {
            required[capability] = new JsonObject();
        }

        return new McpError(
            ErrorCodes.MissingClientCapability,
            "The client did not declare a capability that this call needs: " + string.Join(", ", required.Select(entry => entry.Key)),
            new JsonObject { ["requiredCapabilities"] = required });
    }

    /// <summary>The resource that a call asks for is not there, and what to ask for instead.</summary>
    public static McpError ResourceNotFound(McpCall call, string advice) =>
        ResourceNotFound(call.Target, call.IsModern) with { Message = advice, Kind = FailureKind.NotFound };

    internal static McpError ResourceNotFound(string uri, bool modern) => new(
        modern ? ErrorCodes.InvalidParams : ErrorCodes.LegacyResourceNotFound,
        $"Resource not found: {uri}",
        new JsonObject { ["uri"] = uri });
}

/// <summary>JSON-RPC 2.0 codes and those of MCP 2026-07-28 (basic, "Error Codes"). One table for all eras.</summary>
public static class ErrorCodes
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;

    /// <summary>Legacy revisions only; the modern one answers <see cref="InvalidParams"/>.</summary>
    public const int LegacyResourceNotFound = -32002;
    public const int HeaderMismatch = -32020;
    public const int MissingClientCapability = -32021;
    public const int UnsupportedVersion = -32022;
}
