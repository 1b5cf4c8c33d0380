using Cartwright.Server.Catalog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cartwright.Server;

/// <summary>What load balancers and people ask first.</summary>
internal static class HealthRoutes
{
    private const string Ok = """{"status":"ok"}""";

    /// <summary>
    /// <c>/health</c>: the process answers. <c>/health/ready</c>: it should get traffic; 503 while it is stopping or cannot read its
    /// database.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder routes, ProductCatalog catalog)
    {
        var lifetime = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();

        // Browsers ask without being told to; an error in their console would puzzle people.
        routes.MapGet("/favicon.ico", (RequestDelegate)(http =>
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            http.Response.Headers.CacheControl = "public, max-age=86400";
            return Task.CompletedTask;
        }));
        routes.MapGet("/health", (RequestDelegate)(http => Send(http, StatusCodes.Status200OK, Ok)));
        routes.MapGet("/health/ready", (RequestDelegate)(async http =>
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await Send(http, StatusCodes.Status503ServiceUnavailable, """{"status":"stopping"}""");
            }
            else if (!await CanRead(catalog, http.RequestAborted))
            {
                await Send(http, StatusCodes.Status503ServiceUnavailable, """{"status":"database unavailable"}""");
            }
            else
            {
                await Send(http, StatusCodes.Status200OK, Ok);
            }
        }));
    }

    /// <summary>A page for whoever opens the server in a browser.</summary>
    public static void MapFrontPage(this IEndpointRouteBuilder routes, string origin) => routes.MapGet("/", (RequestDelegate)(http =>
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return http.Response.WriteAsync(
            $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Cartwright</title>
            <style>:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}body{max-width:40rem;margin:4rem auto;padding:0 1rem}
            code{background:#8882;padding:.15em .4em;border-radius:.3em}</style>
            <h1>Cartwright is serving a shop</h1>
            <p>Point an MCP client at <code>{{origin}}/mcp</code> to browse the products and fill a cart.</p>
            <p>Health: <a href="/health"><code>/health</code></a>, <a href="/health/ready"><code>/health/ready</code></a></p>
            """);
    }));

    private static async ValueTask<bool> CanRead(ProductCatalog catalog, CancellationToken cancellation)
    {
        try
        {
            await catalog.CurrentVersion(cancellation);
            return true;
        }
        catch (Exception error) when (error is System.Data.Common.DbException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static Task Send(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(json);
    }
}
