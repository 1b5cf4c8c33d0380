using System.Text;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp.Http;

/// <summary>
/// What a modern request must say, and say twice: the headers repeat parts of the body for gateways, and the server refuses a request
/// in which the two differ (2026-07-28, Streamable HTTP, "Request Metadata" and "Server Validation").
/// </summary>
internal static class ModernRules
{
    private const string EncodedPrefix = "=?base64?";
    private const string EncodedSuffix = "?=";

    /// <summary>Null when the request is in order; else the error, always with HTTP 400.</summary>
    public static McpError? Check(HttpRequest http, Message message, McpFeatures features) =>
        CheckVersion(http, message) ?? CheckCapabilities(message) ?? CheckMethod(http, message) ?? CheckArguments(http, message, features);

    private static McpError? CheckVersion(HttpRequest http, Message message)
    {
        var header = Header(http, McpHeaders.ProtocolVersion);
        var body = message.Meta.GetString(RequestMeta.VersionKey);
        if (body is null)
        {
            return McpError.InvalidParams($"params._meta[\"{RequestMeta.VersionKey}\"] is required.");
        }

        if (header != body)
        {
            return McpError.HeaderMismatch(header is null
                ? $"The {McpHeaders.ProtocolVersion} header is required."
                : $"The {McpHeaders.ProtocolVersion} header and params._meta name different versions.");
        }

        return body == ProtocolVersions.Modern ? null : McpError.UnsupportedVersion(body);
    }

    private static McpError? CheckCapabilities(Message message) =>
        message.Meta.GetRaw(RequestMeta.CapabilitiesKey).Span is [(byte)'{', ..]
            ? null
            : McpError.InvalidParams($"params._meta[\"{RequestMeta.CapabilitiesKey}\"] is required; it may be {{}}.");

    private static McpError? CheckMethod(HttpRequest http, Message message)
    {
        if (Header(http, McpHeaders.Method) != message.Method)
        {
            return McpError.HeaderMismatch($"The {McpHeaders.Method} header must repeat the request's method.");
        }

        var named = message.Method switch
        {
            Methods.CallTool or Methods.GetPrompt => message.Name,
            Methods.ReadResource => message.Uri,
            _ => null,
        };
        return named is null || Decode(Header(http, McpHeaders.Name)) == named
            ? null
            : McpError.HeaderMismatch($"The {McpHeaders.Name} header must repeat what the request names.");
    }

    private static McpError? CheckArguments(HttpRequest http, Message message, McpFeatures features)
    {
        if (message.Method != Methods.CallTool || message.Name is null || !features.ToolsByName.TryGetValue(message.Name, out var tool))
        {
            return null;
        }

        foreach (var mirror in tool.MirroredHeaders)
        {
            var sent = Header(http, mirror.Header);
            var value = Decode(sent);
            var mistake = sent is not null && value is null
                ? $"{mirror.Header} is not properly encoded"
                : mirror.Mistake(value, message.Arguments.Span);
            if (mistake is not null)
            {
                return McpError.HeaderMismatch(mistake + ".");
            }
        }

        return null;
    }

    private static string? Header(HttpRequest http, string name) =>
        http.Headers.TryGetValue(name, out var values) && values is [{ } value] ? value.Trim(' ', '\t') : null;

    /// <summary>The value that a header stands for; null when it is absent, not ASCII or badly encoded.</summary>
    private static string? Decode(string? header)
    {
        if (header is null || !Ascii.IsValid(header))
        {
            return null;
        }

        if (header.Length < EncodedPrefix.Length + EncodedSuffix.Length
            || !header.StartsWith(EncodedPrefix, StringComparison.Ordinal)
            || !header.EndsWith(EncodedSuffix, StringComparison.Ordinal))
        {
            return header;
        }

        var encoded = header[EncodedPrefix.Length..^EncodedSuffix.Length];
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
