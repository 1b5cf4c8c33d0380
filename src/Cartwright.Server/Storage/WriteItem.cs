namespace Cartwright.Server.Storage;

/// <summary>One piece of work in the writer's queue.</summary>
internal abstract class WriteItem
{
    /// <summary>What is told after the commit.</summary>
    public IReadOnlyList<Notice> News { get; set; } = [];

    /// <summary>False when its caller has cancelled while it was waiting; from here on it cannot be cancelled any more.</summary>
    public abstract bool Start();

    /// <summary>Does the work and keeps its outcome; false when what it wrote has to be undone. Never throws.</summary>
    public abstract bool Run(DbSession session);

    /// <summary>Gives the outcome to the caller: after the commit.</summary>
    public abstract void Complete();

    /// <summary>Answers the caller that the group's transaction failed.</summary>
    public abstract void Fail(Problem problem);
}

/// <inheritdoc/>
internal sealed class WriteItem<T>(Func<DbSession, ValueTask<Result<T>>> work, CancellationToken cancellation) : WriteItem
{
    private readonly TaskCompletionSource<Result<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Result<T> _result;
    private Exception? _exception;

    public Task<Result<T>> Task => _answer.Task;

    public override bool Start() => !cancellation.IsCancellationRequested || !_answer.TrySetCanceled(cancellation);

    public override bool Run(DbSession session)
    {
        try
        {
            // On SQLite nothing is ever awaited for real; if feature code does, this thread waits for it.
            var task = work(session);
            _result = task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();
            return _result.Ok;
        }
#pragma warning disable CA1031 // It is the caller's.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (Sqlite.Outage(error) is { } problem)
            {
                _result = problem;
            }
            else
            {
                _exception = error;
            }

            return false;
        }
    }

    public override void Complete()
    {
        if (_exception is null)
        {
            _answer.TrySetResult(_result);
        }
        else
        {
            _answer.TrySetException(_exception);
        }
    }

    public override void Fail(Problem problem)
    {
        // What the item made of its request counts for nothing now, unless it was an exception of its own.
        _result = problem;
        Complete();
    }
}
