using System.Collections.Concurrent;

namespace Cartwright.Server.Storage;

/// <summary>Connections that only read, opened as they are needed and kept. Each use is one transaction: one snapshot.</summary>
internal sealed class ReaderPool(Func<SqliteSession> connect) : IAsyncDisposable
{
    // Reading is work of the processor once the pages are cached: more connections than this would only take turns.
    private static readonly int Size = Math.Max(4, Environment.ProcessorCount);

    private readonly SemaphoreSlim _free = new(Size);
    private readonly ConcurrentStack<SqliteSession> _idle = [];
    private volatile bool _closed;

    public async ValueTask<T> Read<T>(Func<DbSession, ValueTask<T>> work, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(Database));
            if (!_idle.TryPop(out var session))
            {
                session = connect();
            }

            return await ReadOn(session, work);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the reads that are under way; those that come later fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var i = 0; i < Size; i++)
        {
            await _free.WaitAsync();
        }

        while (_idle.TryPop(out var session))
        {
            session.Dispose();
        }

        _free.Release(Size);
    }

    private async ValueTask<T> ReadOn<T>(SqliteSession session, Func<DbSession, ValueTask<T>> work)
    {
        var reusable = false;
        try
        {
            await session.Execute("begin");
            try
            {
                return await work(session);
            }
            finally
            {
                await session.Execute("rollback");
                reusable = true;
            }
        }
        finally
        {
            if (reusable)
            {
                _idle.Push(session);
            }
            else
            {
                session.Dispose();
            }
        }
    }
}
