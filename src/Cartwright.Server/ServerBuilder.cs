using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Cartwright.Mcp;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Playground;
using Cartwright.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server;

/// <summary>
/// The composition root: everything that serves a shop is put together here and nowhere else. The command line, the tests and the
/// benchmarks all call it.
/// </summary>
internal static class ServerBuilder
{
    public static string Version { get; } =
        typeof(ServerBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>The server, ready to be started; or one line that says why it cannot be, and what to do.</summary>
    public static async ValueTask<Result<WebApplication>> Build(
        Settings settings, TimeProvider time, IdSource ids, Action<ILoggingBuilder>? logging = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        var port = settings.Port == 0 ? FreePort(settings.Host) : settings.Port;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(settings.Host, port);
            kestrel.AddServerHeader = false;
        });

        var opened = await Database.Open(settings.DataFolder, time);
        if (!opened.Ok)
        {
            return opened.Problem;
        }

        var database = opened.Value;
        var catalog = new ProductCatalog(database);
        if (await LoadFirstCatalog(database, catalog, settings) is { } problem)
        {
            await database.DisposeAsync();
            return problem;
        }

        var key = await new Secrets(database, ids).GetOrCreate("mcp signing key", 32);
        if (!key.Ok)
        {
            await database.DisposeAsync();
            return key.Problem;
        }

        var carts = new ShoppingCarts(database, catalog, time, ids, new CartOptions { Lifetime = settings.CartLifetime });
        var services = builder.Services;

        // Through a factory, so that the container closes the database after everything that uses it.
        services.AddSingleton(_ => database);
        services.AddSingleton(time);
        services.AddSingleton(catalog);
        services.AddSingleton(carts);
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<CatalogWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CatalogWatch>());
        services.AddHostedService<HourlySweep>();

        var app = builder.Build();
        app.Services.GetRequiredService<Database>();
        var origin = (settings.PublicUrl ?? new Uri($"http://localhost:{port}")).GetLeftPart(UriPartial.Authority);
        var watch = app.Services.GetRequiredService<CatalogWatch>();
        var options = Options(settings, new Uri(origin), time, key.Value, app.Services.GetRequiredService<EndedSessions>());
        app.MapMcp("/mcp", Shop.Serve(catalog, watch, carts, await watch.Begin(), options, origin));
        app.MapMedia(catalog);
        app.MapHealth(catalog);
        if (settings.ServesPlayground(new Uri(origin)))
        {
            app.MapPlayground();
        }
        else
        {
            app.MapFrontPage(origin);
        }

        return app;
    }

    private static McpOptions Options(Settings settings, Uri origin, TimeProvider time, byte[] signingKey, EndedSessions ended) => new()
    {
        Name = "cartwright",
        Title = "Cartwright shop",
        Version = Version,
        Instructions =
            "A shop. list_products shows what there is, add_to_cart and update_cart change the shopper's cart, show_cart shows it. "
            + "Pass on the cart_id of earlier results. Prices and stock come from the shop alone: never state one that no tool told.",
        SigningKey = signingKey,
        Time = time,
        Framing = settings.Answers,
        Cors = true,
        AllowedHosts = settings.MoreHosts.Contains("*") ? [] : ["localhost", "127.0.0.1", "[::1]", origin.Host, settings.Host.ToString(), .. settings.MoreHosts],
        AllowedOrigins = origin.IsLoopback
            ? ["http://localhost", "http://127.0.0.1", "http://[::1]", origin.GetLeftPart(UriPartial.Authority), .. settings.MoreOrigins]
            : [origin.GetLeftPart(UriPartial.Authority), .. settings.MoreOrigins],
        SessionEnds = new SessionEnds(
            async (id, expires, cancellation) => await ended.End(id, expires, cancellation),
            ended.IsEnded),
    };

    private static async ValueTask<Problem?> LoadFirstCatalog(Database database, ProductCatalog catalog, Settings settings)
    {
        if (await catalog.CurrentVersion() > 0)
        {
            return null;
        }

        // A relative path means the working folder; the samples are also beside the program.
        var beside = Path.Combine(AppContext.BaseDirectory, settings.CatalogFile);
        var path = !File.Exists(settings.CatalogFile) && File.Exists(beside) ? beside : settings.CatalogFile;
        var file = CatalogFile.Read(path);
        if (!file.Ok)
        {
            return Problem.Invalid($"CARTWRIGHT_CATALOG: {file.Problem.Advice}");
        }

        return (await CatalogLoader.Load(database, file.Value)).Problem;
    }

    private static int FreePort(IPAddress host)
    {
        using var listener = new TcpListener(host, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
