using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cartwright.Server.Playground;

/// <summary>When the playground is served.</summary>
internal enum PlaygroundMode
{
    /// <summary>While the public URL is a loopback address.</summary>
    Auto,
    On,
    Off,
}

/// <summary>
/// The playground: a page that hosts the widgets as an assistant would, for trying the shop in a browser. It has no powers of its own: it
/// talks to the shop's public endpoint like any other client.
/// </summary>
internal static class PlaygroundRoutes
{
    // Nothing but its own files; widgets are in frames of another policy (SandboxPolicy).
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapPlayground(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Serve(WebFile.Read("playground.html", "text/html; charset=utf-8")));
        routes.MapGet("/playground/playground.js", Serve(WebFile.Read("playground.js", "text/javascript; charset=utf-8")));
        routes.MapGet("/playground/playground.css", Serve(WebFile.Read("playground.css", "text/css; charset=utf-8")));
        routes.MapGet("/playground/sandbox", ServeSandbox(WebFile.Read("sandbox.html", "text/html; charset=utf-8")));
    }

    private static RequestDelegate Serve(WebFile file) => http => file.Send(http, PagePolicy);

    private static RequestDelegate ServeSandbox(WebFile file) => http =>
    {
        var policy = SandboxPolicy.Of(http.Request.Query);
        if (policy.Ok)
        {
            return file.Send(http, policy.Value);
        }

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(policy.Problem.Advice);
    };

    /// <summary>A file of the web part, as it is embedded.</summary>
    private sealed record WebFile(byte[] Bytes, string MediaType, string Tag)
    {
        public static WebFile Read(string name, string mediaType)
        {
            using var stream = typeof(WebFile).Assembly.GetManifestResourceStream($"web/{name}")
                ?? throw new InvalidOperationException($"The file {name} is not part of this build.");
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return new WebFile(bytes.ToArray(), mediaType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))}\"");
        }

        public Task Send(HttpContext http, string policy)
        {
            var headers = http.Response.Headers;
            headers.ETag = Tag;
            headers.CacheControl = "no-cache";
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            if (http.Request.Headers.IfNoneMatch.Contains(Tag, StringComparer.Ordinal))
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            http.Response.ContentType = MediaType;
            http.Response.ContentLength = Bytes.Length;
            return http.Response.Body.WriteAsync(Bytes).AsTask();
        }
    }
}
