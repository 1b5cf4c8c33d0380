using Cartwright.Server.Carts;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server;

/// <summary>Removes what has expired, every hour: carts, idempotency keys, ended sessions.</summary>
internal sealed partial class HourlySweep(
    ShoppingCarts carts, EndedSessions sessions, TimeProvider time, ILogger<HourlySweep> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var swept = await carts.Sweep(stoppingToken);
                var ended = await sessions.Sweep(stoppingToken);
                if (swept.Ok && ended.Ok)
                {
                    LogSwept(swept.Value.Carts, swept.Value.Keys, ended.Value);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Swept {Carts} expired carts, {Keys} idempotency keys, {Sessions} ended sessions")]
    private partial void LogSwept(int carts, int keys, int sessions);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "Sweeping expired carts failed")]
    private partial void LogFailed(Exception exception);
}
