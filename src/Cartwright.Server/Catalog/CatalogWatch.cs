using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Catalog;

/// <summary>
/// Notices that a catalogue was loaded, in whatever process, and tells whoever has made something of the one before. A call may
/// be answered from a catalogue that was replaced at most <see cref="MaxAge"/> ago; carts read their prices in the database and are never late.
/// </summary>
internal sealed partial class CatalogWatch(ProductCatalog catalog, TimeProvider time, ILogger<CatalogWatch> logger)
    : Periodic(TimeSpan.FromSeconds(1), time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private Reading? _reading;
    private long _version;
    private long _checkedAt;
    private Action<CatalogHead>? _changed;

    /// <summary>Starts from what is loaded now; null before the first load.</summary>
    public async ValueTask<CatalogHead?> Begin(CancellationToken cancellation = default)
    {
        var head = await catalog.Head(cancellation);
        (_version, _checkedAt) = (head?.Version ?? 0, Time.GetTimestamp());
        return head;
    }

    /// <summary>Has the function called with each new catalogue that is noticed.</summary>
    public void OnChange(Action<CatalogHead> changed) => _changed += changed;

    /// <summary>The version of the loaded catalogue.</summary>
    public ValueTask<long> Version(CancellationToken cancellation)
    {
        return Time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < MaxAge ? new(Volatile.Read(ref _version)) : Check(MaxAge, cancellation);
    }

    // Called for what has just been committed: what was read before does not know of it.
    protected override Task Work(CancellationToken stopping) => Check(TimeSpan.Zero, stopping).AsTask();

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "The catalogue's version could not be read")]
    protected override partial void LogFailure(Exception exception);

    // Whoever comes while one reads gets what that comes to. So in an outage all are told together, and nobody waits for the tries of those before.
    private async ValueTask<long> Check(TimeSpan maxAge, CancellationToken cancellation)
    {
        Reading? older;
        lock (_lock)
        {
            older = _reading is { Version.IsCompleted: false } && (maxAge == TimeSpan.Zero || Time.GetElapsedTime(_reading.Begun) > maxAge) ? _reading : null;
        }

        if (older is not null)
        {
            // Too old an answer, but a failure is as good as another.
            await older.Version.WaitAsync(cancellation);
        }

        Task<long> version;
        lock (_lock)
        {
            if (_reading is not { Version.IsCompleted: false })
            {
                _reading = new Reading(Time.GetTimestamp(), Task.Run(Read, CancellationToken.None));
            }

            version = _reading.Version;
        }

        return await version.WaitAsync(cancellation);
    }

    private async Task<long> Read()
    {
        if (await catalog.CurrentVersion() is var version && version != _version && await catalog.Head() is { } head)
        {
            LogChanged(head.Version, head.ProductCount);
            _changed?.Invoke(head);
            Volatile.Write(ref _version, head.Version);
        }

        Volatile.Write(ref _checkedAt, Time.GetTimestamp());
        return _version;
    }

    private sealed record Reading(long Begun, Task<long> Version);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Serving catalogue version {Version} with {Count} products")]
    private partial void LogChanged(long version, int count);
}
