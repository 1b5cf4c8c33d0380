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

    private readonly SemaphoreSlim _reading = new(1);
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
        return Time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < MaxAge ? new(Volatile.Read(ref _version)) : Check(cancellation);
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override Task Work(CancellationToken stopping) => Check(stopping).AsTask();

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "The catalogue's version could not be read")]
    protected override partial void LogFailure(Exception exception);

    private async ValueTask<long> Check(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (await catalog.CurrentVersion(cancellation) is var version && version != _version && await catalog.Head(cancellation) is { } head)
            {
                LogChanged(head.Version, head.ProductCount);
                _changed?.Invoke(head);
                Volatile.Write(ref _version, head.Version);
            }

            Volatile.Write(ref _checkedAt, Time.GetTimestamp());
            return _version;
        }
        finally
        {
            _reading.Release();
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Serving catalogue version {Version} with {Count} products")]
    private partial void LogChanged(long version, int count);
}
