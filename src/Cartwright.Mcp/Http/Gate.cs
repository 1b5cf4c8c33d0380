using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Cartwright.Mcp.Http;

/// <summary>
/// Decides who may talk to the endpoint at all: the Host header against DNS rebinding, the Origin header against foreign pages
/// (2026-07-28, Streamable HTTP, "Security &amp; Endpoint"), and the CORS answers for the pages that may.
/// </summary>
internal sealed class Gate(McpOptions options)
{
    private readonly bool _anyOrigin = options.AllowedOrigins.Contains("*", StringComparer.Ordinal);

    /// <summary>Null when the request may pass; else what is wrong with it (HTTP 403).</summary>
    public McpError? Check(HttpContext http)
    {
        var host = http.Request.Host.Host;
        if (options.AllowedHosts.Count > 0 && !options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            return McpError.InvalidRequest("This host name is not one that the server answers to.");
        }

        if (http.Request.Headers.Origin is not [{ } origin])
        {
            return http.Request.Headers.Origin.Count == 0 ? null : McpError.InvalidRequest("More than one Origin.");
        }

        if (!IsAllowed(origin))
        {
            return McpError.InvalidRequest("Pages of this origin may not call the server.");
        }

        if (options.Cors)
        {
            AllowReading(http, origin);
        }

        return null;
    }

    /// <summary>Answers a CORS preflight; the request has passed the gate.</summary>
    public static Task Preflight(HttpContext http) => Preflight(http, "GET, POST, DELETE");

    /// <summary>Answers a CORS preflight of an address that knows these methods.</summary>
    public static Task Preflight(HttpContext http, string methods)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static void AllowReading(HttpContext http, string origin)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = $"{McpHeaders.SessionId}, {McpHeaders.ProtocolVersion}";
        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
    }

    private bool IsAllowed(string origin) =>
        _anyOrigin || options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase) || IsAllowedLoopback(origin);

    /// <summary>A loopback origin is allowed on every port when it is allowed without one: local tools choose their ports freely.</summary>
    private bool IsAllowedLoopback(string origin)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.PathAndQuery != "/" || origin.EndsWith('/'))
        {
            return false;
        }

        var isLoopback = uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return isLoopback && options.AllowedOrigins.Contains($"{uri.Scheme}://{uri.Host}", StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>Headers that MCP defines.</summary>
internal static class McpHeaders
{
    public const string ProtocolVersion = "MCP-Protocol-Version";
    public const string SessionId = "Mcp-Session-Id";
    public const string Method = "Mcp-Method";
    public const string Name = "Mcp-Name";
}
