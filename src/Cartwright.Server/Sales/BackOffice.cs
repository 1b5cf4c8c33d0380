using System.Security.Cryptography;
using Cartwright.Mcp;
using Cartwright.Server.Widgets;
using Microsoft.AspNetCore.Routing;

namespace Cartwright.Server.Sales;

/// <summary>The merchant's MCP endpoint, behind its key.</summary>
internal static class BackOffice
{
    public const string Path = "/sales/mcp";

    /// <summary>Maps the endpoint and its REST twin.</summary>
    /// <param name="shop">The shop's options, of which the endpoint takes what both have in common.</param>
    /// <returns>The server, to be described.</returns>
    public static McpServer Map(IEndpointRouteBuilder routes, SalesBook book, Settings settings, Uri origin, McpOptions shop, KeyGuard guard)
    {
        var server = new McpServer(Options(settings.ServerName, origin, shop), Offer(book, settings.TopCount, origin));
        guard.Protect(routes.MapMcp(Path, server));
        guard.Protect(routes.MapRest(Path, server));
        return server;
    }

    private static McpFeatures Offer(SalesBook book, int topCount, Uri origin)
    {
        var reports = new SalesReports(book, topCount);
        var completion = new SalesCompletion(book);
        var resources = new SalesResources(book, reports, completion);
        return new McpFeatures(
            new SalesTools(reports).All(),
            [.. resources.All(), .. Widget.BackOffice.Select(widget => widget.ToResource(origin))],
            [.. resources.Templates(), Widget.OtherBuilds(Widget.BackOffice, origin)],
            new SalesPrompts(book, reports, completion, topCount).All());
    }

    private static McpOptions Options(string name, Uri origin, McpOptions shop) => new()
    {
        Name = name,
        Title = "Cartwright back office",
        Version = shop.Version,
        Instructions =
            "The merchant's sales figures. sales_report tells everything about a period, sales_between its course, top_products what sells best, "
            + "find_products the id of a product. State only figures that a tool told, with their currency, and never add up two currencies. "
            + "shop://definitions says what each figure means.",

        // Of its own, so that a session of the shop is none here.
        SigningKey = HMACSHA256.HashData(shop.SigningKey, "back office"u8),
        DescribeOutage = shop.DescribeOutage,
        Time = shop.Time,
        Framing = shop.Framing,
        AllowedHosts = shop.AllowedHosts,

        // No CORS: the key has no business in other pages. Pages of the server itself may call.
        AllowedOrigins = origin.IsLoopback ? ["http://localhost", "http://127.0.0.1", "http://[::1]", Origin(origin)] : [Origin(origin)],
        Cors = false,
        CachePublic = false,

        // Reports can be read as resources; they should not be much older than the sales.
        CacheLifetime = TimeSpan.FromSeconds(30),
        SessionEnds = shop.SessionEnds,
    };

    private static string Origin(Uri origin) => origin.GetLeftPart(UriPartial.Authority);
}
