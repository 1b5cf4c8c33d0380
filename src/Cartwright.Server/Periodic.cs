using Microsoft.Extensions.Hosting;

namespace Cartwright.Server;

/// <summary>Work that is done again and again in the background until the server stops; a failure does not end it.</summary>
internal abstract class Periodic(TimeSpan period, TimeProvider time) : BackgroundService
{
    protected TimeProvider Time { get; } = time;

    protected abstract Task Work(CancellationToken stopping);

    /// <summary>Tells the operator; the work is tried again after the period.</summary>
    protected abstract void LogFailure(Exception exception);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Try(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The normal end, also of a server that never came to serve.
        }
    }

    /// <summary>Does the work once, now.</summary>
    protected async Task Try(CancellationToken stopping)
    {
        try
        {
            await Work(stopping);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A stop that takes too long closes what the work needs; whatever was left undone is done after the next start.
            if (!stopping.IsCancellationRequested)
            {
                LogFailure(exception);
            }
        }
    }
}
