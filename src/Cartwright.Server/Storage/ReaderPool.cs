using System.Collections.Concurrent;

namespace Cartwright.Server.Storage;

/// <summary>Connections that only read, opened as they are needed and kept. Each use is one transaction: one snapshot.</summary>
internal sealed class ReaderPool(Func<DbSession> connect) : IAsyncDisposable
{
    // Reading is work of the processor once the pages are cached: more connections than this would only take turns.
    private static readonly int Size = Math.Max(4, Environment.ProcessorCount);

    private readonly SemaphoreSlim free = new(Size);
    private readonly ConcurrentStack<DbSession> idle = [];
    private volatile bool closed;

    public async ValueTask<T> Read<T>(Func<DbSession, ValueTask<T>> work, CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(closed, typeof(Database));
            if (!idle.TryPop(out var session))
            {
                session = connect();
            }

            return await ReadOn(session, work);
        }
        finally
        {
            free.Release();
        }
    }

    /// <summary>Waits for the reads that are under way; those that come later fail.</summary>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        for (var i = 0; i < Size; i++)
        {
            await free.WaitAsync();
        }

        while (idle.TryPop(out var session))
        {
            session.Dispose();
        }

        free.Release(Size);
    }

    private async ValueTask<T> ReadOn<T>(DbSession session, Func<DbSession, ValueTask<T>> work)
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
                idle.Push(session);
            }
            else
            {
                session.Dispose();
            }
        }
    }
}
