using Cartwright.Mcp.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cartwright.Mcp;

/// <summary>Serves what an <see cref="McpServer"/> offers as plain HTTP.</summary>
public static class RestRoutes
{
    /// <summary>
    /// Maps the REST twin beside the MCP endpoint of the same path: <c>GET {path}/tools</c>, <c>/prompts</c>, <c>/resources</c>,
    /// <c>/resources/read/{uri}</c>, and <c>POST {path}/tools/call</c>, <c>/prompts/get</c>.
    /// </summary>
    public static RouteGroupBuilder MapRest(this IEndpointRouteBuilder routes, string path, McpServer server)
    {
        var group = routes.MapGroup(path);
        var endpoint = new RestEndpoint(path, server, LoggerOf(routes));
        foreach (var (pattern, method, handle) in endpoint.Routes())
        {
            group.Map(pattern, (RequestDelegate)(http => endpoint.Serve(http, method, handle)));
        }

        return group;
    }

    /// <summary>Maps <c>GET {path}</c>: an OpenAPI 3.1 description of REST twins, which follows what they offer.</summary>
    /// <remarks>Hosts and origins are let in as the first twin lets them.</remarks>
    public static IEndpointConventionBuilder MapOpenApi(this IEndpointRouteBuilder routes, string path, OpenApiSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var document = new OpenApiDocument(settings);
        var endpoint = new RestEndpoint(path, settings.Twins[0].Server, LoggerOf(routes));
        return routes.Map(path, (RequestDelegate)(http => endpoint.Serve(http, HttpMethods.Get, Write)));

        Task Write(HttpContext http) => RestAnswer.Write(http, document.Bytes()).AsTask();
    }

    private static ILogger LoggerOf(IEndpointRouteBuilder routes) =>
        routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Cartwright.Mcp");
}

/// <summary>What an OpenAPI document says.</summary>
/// <param name="Title">Name of the whole.</param>
/// <param name="Version">Version of the whole.</param>
/// <param name="Origin">Where it is served, as clients see it: <c>https://host</c>.</param>
/// <param name="Twins">The REST twins, one or more.</param>
public sealed record OpenApiSettings(string Title, string Version, string Origin, IReadOnlyList<RestTwin> Twins)
{
    /// <summary>What it is all about, in Markdown.</summary>
    public string? Description { get; init; }
}

/// <summary>One REST twin of an OpenAPI document.</summary>
/// <param name="Path">The path it is mapped at.</param>
/// <param name="Server">What it serves.</param>
/// <param name="NeedsKey">Whether its callers need a bearer key.</param>
public sealed record RestTwin(string Path, McpServer Server, bool NeedsKey = false);
