using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Payments.Sandbox;

/// <summary>
/// Nothing to do for another provider. Lets time pass for the simulated provider, and delivers its webhooks: signed, over HTTP, and again until they are taken, as Gr4vy does.
/// </summary>
internal sealed partial class SandboxCourier(
    SandboxProvider? provider, Database database, Uri target, string secret, TimeProvider time, ILogger<SandboxCourier> logger)
    : Periodic(TimeSpan.FromMilliseconds(250), time)
{
    private const long FirstWait = 500;
    private const long LongestWait = 60_000;

    // Longer than a try takes at most.
    private const long ClaimTime = 10_000;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _stopping = new();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Whoever pressed a button need not wait for the next tick.
        provider?.OnPosted(() => _ = Task.Run(() => Try(_stopping.Token), CancellationToken.None));
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _http.Dispose();
        _one.Dispose();
        _stopping.Dispose();
    }

    protected override async Task Work(CancellationToken stopping)
    {
        if (provider is null)
        {
            return;
        }

        await _one.WaitAsync(stopping);
        try
        {
            await provider.DoDue(stopping);
            while (await DeliverSome(stopping))
            {
                // Until nothing is due.
            }
        }
        finally
        {
            _one.Release();
        }
    }

    [LoggerMessage(EventId = 5101, Level = LogLevel.Error, Message = "The sandbox could not deliver its webhooks; it tries again")]
    protected override partial void LogFailure(Exception exception);

    private async ValueTask<bool> DeliverSome(CancellationToken stopping)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        var due = await database.ReadOne(session => SandboxTables.ToDeliver(session, now), stopping);
        foreach (var delivery in due)
        {
            if (database.IsPostgres && await database.Write<bool>(
                async session => await SandboxTables.Claim(session, delivery.Id, now, now + ClaimTime), stopping) is not { Ok: true, Value: true })
            {
                continue;
            }

            var isTaken = await Deliver(delivery, stopping);
            var wait = Math.Min(FirstWait << (int)Math.Min(delivery.Tries, 20), LongestWait);
            await database.Write<bool>(
                async session =>
                {
                    await (isTaken ? SandboxTables.Delivered(session, delivery.Id) : SandboxTables.Postpone(session, delivery.Id, now + wait));
                    return true;
                },
                isRepeatable: true,
                stopping);
        }

        return due.Count > 0;
    }

    private async ValueTask<bool> Deliver(SandboxDelivery delivery, CancellationToken stopping)
    {
        var timestamp = Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(delivery.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.IdHeader, delivery.Id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.Add(WebhookSignature.SignaturesHeader, WebhookSignature.Sign(delivery.Body, timestamp, secret));
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping);
            if (!response.IsSuccessStatusCode)
            {
                LogNotTaken(delivery.Id, (int)response.StatusCode);
            }

            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException || (exception is TaskCanceledException && !stopping.IsCancellationRequested))
        {
            LogUnreachable(delivery.Id, exception.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 5102, Level = LogLevel.Warning, Message = "The sandbox's webhook {Webhook} was answered {Status}; it is delivered again")]
    private partial void LogNotTaken(string webhook, int status);

    [LoggerMessage(EventId = 5103, Level = LogLevel.Warning, Message = "The sandbox's webhook {Webhook} did not arrive ({Why}); it is delivered again")]
    private partial void LogUnreachable(string webhook, string why);
}
