using Cartwright.Server.Web;
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
}
