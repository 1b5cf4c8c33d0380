using Microsoft.Extensions.Hosting;

namespace Cartwright.Server;

/// <summary>Work that is done again and again in the background until the server stops, and when it is called for; a failure does not end it.</summary>
internal abstract class Periodic(TimeSpan period, TimeProvider time) : BackgroundService
{
    // At most one call waits: the work that answers it sees everything that came before.
    private readonly SemaphoreSlim _calls = new(0, 1);

    protected TimeProvider Time { get; } = time;

    /// <summary>Has the work done as soon as the one under way, if any, is over.</summary>
    public void Call()
    {
        try
        {
            _calls.Release();
        }
        catch (SemaphoreFullException)
        {
            // Called already.
        }
        catch (ObjectDisposedException)
        {
            // The server has stopped.
        }
    }

    public override void Dispose()
    {
        _calls.Dispose();
        base.Dispose();
    }

    protected abstract Task Work(CancellationToken stopping);

    /// <summary>Tells the operator; the work is tried again after the period.</summary>
    protected abstract void LogFailure(Exception exception);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, Time);
        try
        {
            var (tick, call) = (Next(timer, stoppingToken), _calls.WaitAsync(stoppingToken));
            while (true)
            {
                await await Task.WhenAny(tick, call);
                tick = tick.IsCompleted ? Next(timer, stoppingToken) : tick;
                call = call.IsCompleted ? _calls.WaitAsync(stoppingToken) : call;
                await Try(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The normal end, also of a server that never came to serve.
        }
    }

    private static Task<bool> Next(PeriodicTimer timer, CancellationToken stopping) => timer.WaitForNextTickAsync(stopping).AsTask();

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
