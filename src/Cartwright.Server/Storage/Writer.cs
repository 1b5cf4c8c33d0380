using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cartwright.Server.Storage;

/// <summary>
/// The one thread that writes. It commits in groups: everything that waits runs in one transaction, each item in its own
/// savepoint, and the callers are answered after the commit that they share. Nothing waits for a group to fill: while one
/// commit is on its way to the disk, the next group gathers by itself.
/// </summary>
internal sealed partial class Writer : IAsyncDisposable
{
    // Bounds what one commit holds, and so how long the first caller of a group waits for the last.
    private const int MaxBatch = 128;
    private const int MaxQueued = 4096;

    private static readonly Problem Closing =
        Problem.Unavailable("The shop is closing, and nothing was changed. Try the same again in a few seconds.");

    private readonly SqliteSession _session;
    private readonly Notices _notices;
    private volatile ILogger _logger = NullLogger.Instance;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<WriteItem> _queue = Channel.CreateBounded<WriteItem>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    private readonly List<WriteItem> _batch = new(MaxBatch);

    /// <summary>Takes over the session: it is used, and disposed of, on this thread only.</summary>
    public Writer(SqliteSession session)
    {
        _session = session;
        _notices = new Notices(error => LogNotTold(error));
        new Thread(Run) { IsBackground = true, Name = "cartwright writer" }.Start();
    }

    public async ValueTask<Result<T>> Write<T>(Func<DbSession, ValueTask<Result<T>>> work, CancellationToken cancellation)
    {
        var item = new WriteItem<T>(work, cancellation);
        try
        {
            await _queue.Writer.WriteAsync(item, cancellation);
        }
        catch (ChannelClosedException)
        {
            return Closing;
        }

        return await item.Task;
    }

    public void LogTo(ILogger logger) => _logger = logger;

    /// <summary>Tells what this process has committed.</summary>
    public Notices Notices => _notices;

    /// <summary>Finishes what was accepted, then closes the session.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _drained.Task;
    }

    private void Run()
    {
        try
        {
            while (WaitForWork())
            {
                CommitBatch();
            }

            Close();
            _drained.SetResult();
        }
#pragma warning disable CA1031 // Handed to whoever disposes: an exception here would end the process.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var item))
            {
                item.Fail(Closing);
            }

            _drained.SetException(error);
        }
    }

    // This thread has nothing else to do, and the database calls block it anyway.
    private bool WaitForWork() => _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private void CommitBatch()
    {
        _batch.Clear();
        var begun = false;
        try
        {
            Do("begin immediate");
            begun = true;
            while (_batch.Count < MaxBatch && _queue.Reader.TryRead(out var item))
            {
                if (item.Start())
                {
                    _batch.Add(item);
                    RunInSavepoint(item);
                }
            }

            Do("commit");
        }
#pragma warning disable CA1031 // Every caller of the _batch gets it; the writer goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Abandon(error, begun);
            return;
        }

        foreach (var item in _batch)
        {
            item.Complete();
        }

        foreach (var notice in _batch.SelectMany(item => item.News).Distinct())
        {
            _notices.Tell(notice);
        }
    }

    private void RunInSavepoint(WriteItem item)
    {
        Do("savepoint item");
        var isKept = item.Run(_session);
        var news = _session.TakeNews();
        if (isKept)
        {
            item.News = news;
        }
        else
        {
            // Fails when the engine has rolled back all of the transaction (disk full): then the whole batch is lost.
            Do("rollback to item");
        }

        Do("release item");
    }

    private void Abandon(Exception error, bool begun)
    {
        LogAbandoned(error, _batch.Count);
        // When not even a beginning was made, those who wait would only wait for the same failure, one after the other.
        while (!begun && _batch.Count < MaxBatch && _queue.Reader.TryRead(out var item))
        {
            if (item.Start())
            {
                _batch.Add(item);
            }
        }

        try
        {
            Do("rollback");
        }
        catch (DbException)
        {
            // There is no transaction any more.
        }

        var problem = Sqlite.Outage(error) ?? Problem.Unavailable("The shop could not save this, and nothing was changed. Try the same again.");
        foreach (var item in _batch)
        {
            item.Fail(problem);
        }
    }

    private void Close()
    {
        try
        {
            Do("pragma optimize");
            Do("pragma wal_checkpoint(truncate)");
        }
        catch (DbException error)
        {
            // Another process is reading; the log stays as it is and is read at the next start.
            LogNoCheckpoint(error);
        }

        _session.Dispose();
    }

    private void Do(string sql)
    {
        var task = _session.Execute(sql);
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "A group of {Count} writes could not be committed; all of it is undone.")]
    private partial void LogAbandoned(Exception error, int count);

    [LoggerMessage(1003, LogLevel.Error, "Somebody could not be told of a change.")]
    private partial void LogNotTold(Exception error);

    [LoggerMessage(1002, LogLevel.Information, "The write-ahead log was left for the next start.")]
    private partial void LogNoCheckpoint(Exception error);
}
