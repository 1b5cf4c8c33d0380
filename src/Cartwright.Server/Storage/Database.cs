using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Storage;

/// <summary>
/// The shop's database, on SQLite or PostgreSQL. Everything a feature does goes through <c>Read</c> and <c>Write</c>, whose
/// delegates must await nothing but their session.
/// </summary>
/// <remarks>
/// On SQLite writes come one after the other. On PostgreSQL they run at the same time, in as many processes as there are: a delegate takes the
/// locks it needs from <see cref="Locks"/>, which also says in which order, and is run again from its beginning when it lost a race or its
/// connection. So it must not keep anything from one run to the next: what it gathers for its caller, it gathers anew.
/// </remarks>
internal sealed class Database : IAsyncDisposable
{
    private const int SweepStep = 500;

    private readonly IEngine _engine;
    private bool _disposed;

    private Database(IEngine engine) => _engine = engine;

    /// <summary>Whether other writes may run at the same time as one.</summary>
    public bool IsPostgres => _engine.IsPostgres;

    /// <summary>
    /// Opens the SQLite file of the folder, or the PostgreSQL database when there is a connection string, and brings the schema up to date.
    /// The problem, when there is one, is a single line that says what to do.
    /// </summary>
    public static async ValueTask<Result<Database>> Open(string folder, string? postgres, TimeProvider time)
    {
        var opened = postgres is null ? await SqliteEngine.Open(folder, time) : await PostgresEngine.Open(postgres, time);
        return opened.Ok ? new Database(opened.Value) : opened.Problem;
    }

    /// <summary>Runs reads on one snapshot of the database, however many statements they are.</summary>
    public ValueTask<T> Read<T>(Func<DbSession, ValueTask<T>> work, CancellationToken cancellation = default) =>
        _engine.Read(work, isSingle: false, cancellation);

    /// <summary>The same for work of one statement, which is a snapshot by itself: it takes PostgreSQL one round trip instead of two.</summary>
    public ValueTask<T> ReadOne<T>(Func<DbSession, ValueTask<T>> work, CancellationToken cancellation = default) =>
        _engine.Read(work, isSingle: true, cancellation);

    /// <summary>
    /// Runs work that writes; answers after its commit. A problem or an exception undoes this work and no one else's. The
    /// work may share its transaction with that of others, which ran before it: they succeed or fail to commit together.
    /// Cancelling has an effect only until the work begins.
    /// </summary>
    /// <param name="work">What to do; on PostgreSQL it may be run more than once, all but the last time in vain.</param>
    /// <param name="isRepeatable">
    /// Doing it twice comes to the same as once (it has an idempotency key, or looks whether it is done): when the connection is lost in the
    /// moment of the commit, it is repeated. Anything else is answered then with the advice to look first.
    /// </param>
    /// <param name="cancellation">Until the work begins.</param>
    public ValueTask<Result<T>> Write<T>(Func<DbSession, ValueTask<Result<T>>> work, bool isRepeatable = false, CancellationToken cancellation = default) =>
        _engine.Write(work, isRepeatable, cancellation);

    /// <inheritdoc cref="Write{T}(Func{DbSession, ValueTask{Result{T}}}, bool, CancellationToken)"/>
    public ValueTask<Result<T>> Write<T>(Func<DbSession, ValueTask<Result<T>>> work, CancellationToken cancellation) =>
        _engine.Write(work, isRepeatable: false, cancellation);

    /// <summary>
    /// Deletes the rows of a table that are due by a column of times, and pass the condition, at most 500 at once, until none is left: each
    /// step is a write of its own, so that others get their turn. Returns how many were deleted.
    /// </summary>
    public async ValueTask<Result<int>> Sweep(string table, string key, string column, DateTimeOffset before, CancellationToken cancellation, string condition = "1 = 1")
    {
        // On PostgreSQL a row that someone is writing to may not be due any more: it is left for the next time. So several may sweep at once.
        var sql = $"""
            delete from {table} where ({key}) in
                (select {key} from {table} where {column} <= @before and {condition} order by {column} limit @limit{(IsPostgres ? " for update skip locked" : "")})
            """;
        var total = 0;
        while (true)
        {
            var step = await Write<int>(
                async session => await session.Execute(sql, ("@before", before.ToUnixTimeMilliseconds()), ("@limit", SweepStep)),
                isRepeatable: true,
                cancellation);
            if (!step.Ok)
            {
                return step;
            }

            total += step.Value;
            if (step.Value < SweepStep)
            {
                return total;
            }
        }
    }

    /// <summary>Tells what was committed, see <see cref="DbSession.Tell"/>: by this process; on an engine that reaches them, by the others too.</summary>
    public Notices Notices => _engine.Notices;

    /// <summary>Has what goes wrong in the background told here; before that, nobody hears of it.</summary>
    public void LogTo(ILogger<Database> logger) => _engine.LogTo(logger);

    /// <summary>Finishes the writes that were accepted and the reads under way, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _engine.DisposeAsync();
        }
    }
}
