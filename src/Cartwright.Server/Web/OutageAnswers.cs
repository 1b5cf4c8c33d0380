using Cartwright.Mcp;
using Cartwright.Server.Checkout;
using Cartwright.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Server.Web;

/// <summary>
/// What becomes of requests that end because the database cannot be reached, wherever that is noticed: 503 with a time to come back. MCP and
/// REST answer outages themselves; this is for pages and files.
/// </summary>
internal static class OutageAnswers
{
    public static void UseOutageAnswers(this IApplicationBuilder app) => app.Use(next => async http =>
    {
        try
        {
            await next(http);
        }
        catch (Exception error) when (!http.Response.HasStarted && Postgres.DescribeOutage(error) is { } advice)
        {
            await Answer(http, advice);
        }
    });

    /// <summary>Answers a visitor's request that could not be done.</summary>
    public static async Task SendPage(HttpContext http)
    {
        PageHeaders.Protect(http, "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'");
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = McpOptions.ComeBackAfter;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(CheckoutPage.RenderUnavailable(canReload: HttpMethods.IsGet(http.Request.Method)));
    }

    private static Task Answer(HttpContext http, string advice)
    {
        http.Response.Clear();
        if (http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            return SendPage(http);
        }

        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = McpOptions.ComeBackAfter;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(advice);
    }
}
