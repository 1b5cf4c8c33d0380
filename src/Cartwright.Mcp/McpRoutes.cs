using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cartwright.Mcp;

/// <summary>Serves an <see cref="McpServer"/> over HTTP.</summary>
public static class McpRoutes
{
    /// <summary>
    /// Maps the endpoint: <c>POST</c>, <c>GET</c>, <c>DELETE</c> and CORS preflights at <paramref name="path"/>, and
    /// <c>POST {path}/messages</c> for the 2024-11-05 transport.
    /// </summary>
    public static RouteGroupBuilder MapMcp(this IEndpointRouteBuilder routes, string path, McpServer server)
    {
        var services = routes.ServiceProvider;
        var endpoint = new Http.Endpoint(server, services.GetRequiredService<ILoggerFactory>().CreateLogger("Cartwright.Mcp"));
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(server.Streams.CloseAll);

        var group = routes.MapGroup(path);
        Map(group, HttpMethods.Post, "", endpoint.Post);
        Map(group, HttpMethods.Get, "", endpoint.Get);
        Map(group, HttpMethods.Delete, "", endpoint.Delete);
        Map(group, HttpMethods.Post, "/messages", endpoint.PostToStream);
        if (server.Options.Cors)
        {
            Map(group, HttpMethods.Options, "", Http.Gate.Preflight);
            Map(group, HttpMethods.Options, "/messages", Http.Gate.Preflight);
        }

        return group;

        void Map(RouteGroupBuilder target, string method, string pattern, Func<HttpContext, Task> handle) =>
            target.MapMethods(pattern, [method], (RequestDelegate)(http => endpoint.Guard(http, handle)));
    }
}
