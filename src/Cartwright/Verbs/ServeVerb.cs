using System.CommandLine;
using System.CommandLine.Help;
using System.Net.Sockets;
using Cartwright.Server;
using Cartwright.Server.Payments;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Cartwright;

/// <summary><c>cartwright serve</c>: serves the shop until it is told to stop.</summary>
internal static class ServeVerb
{
    public static Command Create()
    {
        var serve = new Command("serve", "Serves the shop until Ctrl-C. Its settings: cartwright serve --help");
        serve.Options.Add(new HelpOption { Action = new SettingsHelp(Settings.Help) });
        serve.SetAction((_, cancellation) => Run(cancellation));
        return serve;
    }

    public static async Task<int> Run(CancellationToken cancellation)
    {
        var settings = Terminal.ReadSettings();
        if (!settings.Ok)
        {
            return Terminal.Complain(settings.Problem);
        }

        try
        {
            return await Serve(settings.Value, cancellation);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            return Terminal.Complain(Problem.Unavailable(
                $"PORT {settings.Value.Port} is in use on {settings.Value.Host}: stop what listens there, or set PORT to another one."));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            return Terminal.Complain(Problem.Unavailable(
                $"PORT {settings.Value.Port} may not be listened on by this user: set PORT to one above 1023."));
        }
        catch (SocketException exception)
        {
            return Terminal.Complain(Problem.Unavailable(
                $"HOST {settings.Value.Host} cannot be listened on ({exception.SocketErrorCode}): set HOST to an address of this machine."));
        }
    }

    private static async Task<int> Serve(Settings settings, CancellationToken cancellation)
    {
        var built = await ServerBuilder.Build(settings, Terminal.Time, new IdSource(), Log);
        if (!built.Ok)
        {
            return Terminal.Complain(built.Problem);
        }

        await using var app = built.Value;
        await app.StartAsync(cancellation);
        Greet(app, settings);
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }

    private static void Greet(WebApplication app, Settings settings)
    {
        var address = settings.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"http://localhost:{new Uri(app.Urls.First()).Port}";
        var page = settings.ServesPlayground(new Uri(address)) ? "  (playground: open it in a browser)" : "";
        Console.WriteLine(
            $"""
            Cartwright {ServerBuilder.Version} is serving.

              Shop      {address}{page}
              MCP       {address}/mcp
              Sales     {address}{BackOffice.Path}  (key: ./run sales key)
              Checkout  {Checkout(app, settings)}
              Health    {address}/health
              Data      {Data(settings)}

            Ctrl-C stops it.
            """);
    }

    private static string Data(Settings settings) => settings.Database is { } postgres ? Postgres.Describe(postgres) : Path.GetFullPath(settings.DataFolder);

    /// <summary>Who takes the money. The key id is what the provider's dashboard shows for the same key.</summary>
    private static string Checkout(WebApplication app, Settings settings) => app.Services.GetRequiredService<PaymentKeys>() switch
    {
        { Provider: ProviderNames.Sandbox } => "simulated payments, no money moves",
        { Key: { } key } => $"Gr4vy {settings.Payments.Gr4vy!.Environment}, key id {key.Kid}",
        _ => "off",
    };

    private static void Log(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Cartwright", LogLevel.Information);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = LoggerColorBehavior.Default;
        });

        // A start that fails is told in one line by the verb, not with a stack trace here.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // Standard output is for what was asked for.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
