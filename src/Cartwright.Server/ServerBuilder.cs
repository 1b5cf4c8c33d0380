using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Cartwright.Mcp;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Checkout;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Payments.Sandbox;
using Cartwright.Server.Playground;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Cartwright.Server.Web;
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
        var origin = settings.Origin(port);
        var opening = Task.Run(() => OpenStorage(settings, origin, time, ids));
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
        await Map(app, settings, origin, storage, time);

        return app;
    }

    private static async ValueTask Map(WebApplication app, Settings settings, Uri publicUrl, Storage storage, TimeProvider time)
    {
        if (storage.Database.IsPostgres)
        {
            app.UseOutageAnswers();
        }

        var services = app.Services;
        var origin = publicUrl.GetLeftPart(UriPartial.Authority);
        var watch = services.GetRequiredService<CatalogWatch>();
        var payments = services.GetRequiredService<PaymentSide>();
        var orders = services.GetRequiredService<OrderBook>();
        var desk = payments.Provider is { } provider
            ? new CheckoutDesk(
                storage.Database, services.GetRequiredService<ShoppingCarts>(), orders, provider, storage.Ids, time, settings.Payments.CapturesLater)
            : null;
        var shop = new Shop(storage.Catalog, watch, services.GetRequiredService<ShoppingCarts>(), desk, orders, payments, settings.Payments.Mode, origin);
        var options = Options(
            settings,
            desk is not null,
            publicUrl,
            time,
            storage.SigningKey,
            services.GetRequiredService<EndedSessions>(),
            services.GetRequiredService<KeptSubscriptions>());
        var shopServer = shop.Serve(await watch.Begin(), options);
        new ShopNews(shopServer, watch, services.GetRequiredService<ILogger<ShopNews>>()).Follow(storage.Database.Notices);
        app.MapMcp("/mcp", shopServer);
        app.MapRest("/mcp", shopServer);
        var salesServer = BackOffice.Map(
            app,
            new SalesBook(storage.Database, time, countsSimulated: storage.Keys.Provider == ProviderNames.Sandbox),
            settings,
            publicUrl,
            options,
            new KeyGuard(storage.SalesKey, time, services.GetRequiredService<ILogger<KeyGuard>>()));
        RestTwin[] twins = [new("/mcp", shopServer), new(BackOffice.Path, salesServer, NeedsKey: true)];
        app.MapOpenApi("/openapi/v1.json", new OpenApiSettings("Cartwright", Version, origin, twins));
        new CheckoutRoutes(orders, desk, payments, storage.Catalog).Map(app);
        new WebhookRoute(
            services.GetRequiredService<WebhookInbox>(), storage.Keys.WebhookSecrets, time, services.GetRequiredService<ILogger<WebhookRoute>>()).Map(app);
        app.MapMedia(storage.Catalog);
        app.MapHealth(storage.Catalog);
        if (settings.ServesPlayground(publicUrl))
        {
            app.MapPlayground();
        }
        else
        {
            app.MapFrontPage(origin);
        }
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
        services.AddSingleton(_ => storage().Keys);
        services.AddSingleton(time);
        services.AddSingleton(new CartOptions { Lifetime = settings.CartLifetime });
        services.AddSingleton<ShoppingCarts>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<KeptSubscriptions>();
        services.AddSingleton<CatalogWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CatalogWatch>());
        services.AddHostedService<HourlySweep>();
        AddOrders(services, settings, port, storage);
        return builder.Build();
    }

    private static void AddOrders(IServiceCollection services, Settings settings, int port, Func<Storage> storage)
    {
        services.AddSingleton(new OrderOptions { Lifetime = settings.Payments.OrderLifetime, FirstCheck = settings.Payments.FirstCheck });
        services.AddSingleton<OrderBook>();
        services.AddSingleton(provider => PaymentSide.Create(
            settings.Payments, storage().Keys, storage().Database, storage().Ids, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<WebhookInbox>();
        services.AddHostedService<OrderKeeper>();
        services.AddHostedService<SandboxCourier>(provider =>
        {
            // A server that listens everywhere is also reached from here.
            var host = settings.Host.Equals(IPAddress.Any) || settings.Host.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : settings.Host;
            var self = new UriBuilder(Uri.UriSchemeHttp, host.ToString(), port, WebhookRoute.Path).Uri;
            return new SandboxCourier(
                provider.GetRequiredService<PaymentSide>().Sandbox,
                storage().Database,
                settings.Payments.SandboxWebhook ?? self,
                storage().Keys.WebhookSecrets is [var secret, ..] ? secret : "",
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SandboxCourier>>());
        });
    }

    private static async Task<Result<Storage>> OpenStorage(Settings settings, Uri origin, TimeProvider time, IdSource ids)
    {
        var opened = await Database.Open(settings.DataFolder, settings.Database, time);
        if (!opened.Ok)
        {
            return opened.Problem;
        }

        var database = opened.Value;
        var catalog = new ProductCatalog(database);
        var problem = await LoadFirstCatalog(database, catalog, settings);
        var secrets = new Secrets(database, ids);
        var key = problem is null ? await secrets.GetOrCreate("mcp signing key", 32) : problem;
        var salesKey = key.Ok ? await SalesKey.Open(settings.SalesKey, settings.DataFolder, secrets, ids) : key.Problem;
        var keys = salesKey.Ok ? await PaymentKeys.Open(settings.Payments, origin, secrets) : salesKey.Problem;
        if (!keys.Ok)
        {
            await database.DisposeAsync();
            return keys.Problem;
        }

        return new Storage(database, catalog, ids, key.Value, salesKey.Value, keys.Value);
    }

    private static McpOptions Options(Settings settings, bool sells, Uri origin, TimeProvider time, byte[] signingKey, EndedSessions ended, KeptSubscriptions subscriptions) => new()
    {
        Name = "cartwright",
        Title = "Cartwright shop",
        Version = Version,
        Instructions =
            "A shop. list_products shows what there is, add_to_cart and update_cart change the shopper's cart, show_cart shows it. "
            + (sells ? "start_checkout gives the page where the shopper pays, get_order tells whether it is paid. " : "")
            + "Pass on the cart_id of earlier results. Prices and stock come from the shop alone: never state one that no tool told.",
        SigningKey = signingKey,
        DescribeOutage = Postgres.DescribeOutage,
        Time = time,
        Framing = settings.Answers,
        Cors = true,
        AllowedHosts = HostNames(settings, origin),
        AllowedOrigins = origin.IsLoopback
            ? ["http://localhost", "http://127.0.0.1", "http://[::1]", origin.GetLeftPart(UriPartial.Authority), .. settings.MoreOrigins]
            : [origin.GetLeftPart(UriPartial.Authority), .. settings.MoreOrigins],
        SessionEnds = new SessionEnds(
            async (id, expires, cancellation) =>
            {
                _ = (await ended.End(id, expires, cancellation)).Value;
                await subscriptions.Forget(id, cancellation);
            },
            ended.IsEnded),
        ResourceSubscriptions = true,
        SessionSubscriptions = new SessionSubscriptions(
            async (id, uri, isWanted, expires, cancellation) => _ = (await subscriptions.Set(id, uri, isWanted, expires, cancellation)).Value,
            subscriptions.Of),
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

        return await CatalogLoader.LoadFirst(database, file.Value);
    }

    private static int FreePort(IPAddress host)
    {
        using var listener = new TcpListener(host, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What the open database gives to the rest.</summary>
    private sealed record Storage(Database Database, ProductCatalog Catalog, IdSource Ids, byte[] SigningKey, SalesKey SalesKey, PaymentKeys Keys);
}
