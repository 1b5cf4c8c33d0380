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
using Microsoft.Extensions.Hosting;
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

    // Less than the 10 s that container hosts wait before they kill. Only a client that does not go on with its request takes it all.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);

    /// <summary>The server, ready to be started; or one line that says why it cannot be, and what to do.</summary>
    public static async ValueTask<Result<WebApplication>> Build(
        Settings settings, TimeProvider time, IdSource ids, Action<ILoggingBuilder>? logging = null)
    {
        var port = settings.Port == 0 ? FreePort(settings.Host) : settings.Port;

        // The storage opens while the host is put together: each takes about as long as the other.
        var opening = Task.Run(() => OpenStorage(settings, time, ids));
        Storage? storage = null;
        var app = BuildHost(settings, port, time, logging, () => storage!);
        var opened = await opening;
        if (!opened.Ok)
        {
            await app.DisposeAsync();
            return opened.Problem;
        }

        storage = opened.Value;
        storage.Database.LogTo(app.Services.GetRequiredService<ILogger<Database>>());
        var origin = (settings.PublicUrl ?? new Uri($"http://localhost:{port}")).GetLeftPart(UriPartial.Authority);
        var services = app.Services;
        var catalog = storage.Catalog;
        var watch = services.GetRequiredService<CatalogWatch>();
        var options = Options(settings, new Uri(origin), time, storage.SigningKey, services.GetRequiredService<EndedSessions>());
        var carts = services.GetRequiredService<ShoppingCarts>();
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

    private static WebApplication BuildHost(
        Settings settings, int port, TimeProvider time, Action<ILoggingBuilder>? logging, Func<Storage> storage)
    {
        // Empty: the slim builder would read configuration files that nobody needs, and watch them.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        logging?.Invoke(builder.Logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(settings.Host, port);
            kestrel.AddServerHeader = false;
        });
        var services = builder.Services;
        services.AddRoutingCore();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);

        // Through factories, so that the container closes the database after everything that uses it.
        services.AddSingleton(_ => storage().Database);
        services.AddSingleton(_ => storage().Catalog);
        services.AddSingleton(_ => storage().Ids);
        services.AddSingleton(time);
        services.AddSingleton(new CartOptions { Lifetime = settings.CartLifetime });
        services.AddSingleton<ShoppingCarts>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<CatalogWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CatalogWatch>());
        services.AddHostedService<HourlySweep>();
        return builder.Build();
    }

    private static async Task<Result<Storage>> OpenStorage(Settings settings, TimeProvider time, IdSource ids)
    {
        var opened = await Database.Open(settings.DataFolder, time);
        if (!opened.Ok)
        {
            return opened.Problem;
        }

        var database = opened.Value;
        var catalog = new ProductCatalog(database);
        var problem = await LoadFirstCatalog(database, catalog, settings);
        var key = problem is null ? await new Secrets(database, ids).GetOrCreate("mcp signing key", 32) : problem;
        if (!key.Ok)
        {
            await database.DisposeAsync();
            return key.Problem;
        }

        return new Storage(database, catalog, ids, key.Value);
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
        AllowedHosts = HostNames(settings, origin),
        AllowedOrigins = origin.IsLoopback
            ? ["http://localhost", "http://127.0.0.1", "http://[::1]", origin.GetLeftPart(UriPartial.Authority), .. settings.MoreOrigins]
            : [origin.GetLeftPart(UriPartial.Authority), .. settings.MoreOrigins],
        SessionEnds = new SessionEnds(
            async (id, expires, cancellation) => _ = (await ended.End(id, expires, cancellation)).Value,
            ended.IsEnded),
    };

    /// <summary>Under which names the server may be addressed, as a Host header spells them; none means any.</summary>
    internal static IReadOnlyCollection<string> HostNames(Settings settings, Uri origin)
    {
        if (settings.MoreHosts.Contains("*"))
        {
            return [];
        }

        var listening = settings.Host.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{settings.Host}]" : settings.Host.ToString();
        return ["localhost", "127.0.0.1", "[::1]", origin.Host, listening, .. settings.MoreHosts];
    }

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

    /// <summary>What the open database gives to the rest.</summary>
    private sealed record Storage(Database Database, ProductCatalog Catalog, IdSource Ids, byte[] SigningKey);
}
