using System.Net;
using Cartwright.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Mcp;

/// <summary>Serves one <see cref="McpServer"/> on a free port of this machine.</summary>
internal sealed class McpHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private McpHost(WebApplication app, McpServer server)
    {
        (_app, Server) = (app, server);
        Wire = new Wire(new Uri(app.Urls.First()));
    }

    public McpServer Server { get; }

    public Wire Wire { get; }

    public static async Task<McpHost> Start(McpServer server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var served = builder.Build();
        served.MapMcp("/mcp", server);
        served.MapRest("/mcp", server);
        await served.StartAsync();
        return new McpHost(served, server);
    }

    public static Task<McpHost> Start(McpOptions? options = null) => Start(new McpServer(options ?? TestTools.Options(), TestTools.Features()));

    public Task Stop() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Wire.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>One such host for all tests of a class.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    private McpHost? _host;

    internal Wire Wire => _host!.Wire;

    public async ValueTask InitializeAsync() => _host = await McpHost.Start();

    public ValueTask DisposeAsync() => _host!.DisposeAsync();
}
