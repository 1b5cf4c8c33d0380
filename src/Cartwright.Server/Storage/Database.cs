using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Storage;

/// <summary>
/// The shop's database: many readers, one writer. Several processes may open the same folder. Everything a feature does
/// goes through <see cref="Read"/> and <see cref="Write"/>, whose delegates must await nothing but their session.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private const int SweepStep = 500;

    private readonly ReaderPool _readers;
    private readonly Writer _writer;
    private bool _disposed;

    private Database(ReaderPool readers, Writer writer)
    {
        _readers = readers;
        _writer = writer;
    }

    /// <summary>
    /// Opens <c>cartwright.db</c> in the folder, creates both when they are missing, and brings the schema up to date. The
    /// problem, when there is one, is a single line that names the folder and says what to do.
    /// </summary>
    public static async ValueTask<Result<Database>> Open(string folder, TimeProvider time)
    {
        try
        {
            CreateFolder(folder);
            var file = Path.Combine(folder, "cartwright.db");
            var session = Sqlite.Connect(file, readOnly: false);
            if (await Migrate(session, time) is { } problem)
            {
                session.Dispose();
                return Problem.Unavailable($"{file}: {problem.Advice}");
            }

            return new Database(
                new ReaderPool(() => Sqlite.Connect(file, readOnly: true)),
                new Writer(session));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or DbException)
        {
            return Problem.Unavailable(
                $"The data folder {folder} cannot be used ({FirstLine(error.Message)}): make it writable, or set CARTWRIGHT_DATA to a folder that is.");
        }
    }

    /// <summary>Runs reads on one snapshot of the database, however many statements they are.</summary>
    public ValueTask<T> Read<T>(Func<DbSession, ValueTask<T>> work, CancellationToken cancellation = default) =>
        _readers.Read(work, cancellation);

    /// <summary>
    /// Runs work that writes; answers after its commit. A problem or an exception undoes this work and no one else's. The
    /// work may share its transaction with that of others, which ran before it: they succeed or fail to commit together.
    /// Cancelling has an effect only until the work begins.
    /// </summary>
    public ValueTask<Result<T>> Write<T>(Func<DbSession, ValueTask<Result<T>>> work, CancellationToken cancellation = default) =>
        _writer.Write(work, cancellation);

    /// <summary>
    /// Runs a deletion of rows older than <c>@before</c>, at most <c>@limit</c> at once, until none is left: each step is a
    /// write of its own, so that others get their turn. Returns how many were deleted.
    /// </summary>
    public async ValueTask<Result<int>> Sweep(string sql, DateTimeOffset before, CancellationToken cancellation)
    {
        var total = 0;
        while (true)
        {
            var step = await Write<int>(
                async session => await session.Execute(sql, ("@before", before.ToUnixTimeMilliseconds()), ("@limit", SweepStep)),
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
    public Notices Notices => _writer.Notices;

    /// <summary>Has what goes wrong in the background told here; before that, nobody hears of it.</summary>
    public void LogTo(ILogger<Database> logger) => _writer.LogTo(logger);

    /// <summary>Finishes the writes that were accepted and the reads under way, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        // The writer goes last: its closing folds the log into the database, for which no reader may be in the way.
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
    }

    /// <summary>A new folder is its owner's alone: the database holds the key that signs sessions, and every cart.</summary>
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static async ValueTask<Problem?> Migrate(DbSession session, TimeProvider time)
    {
        await session.Execute("begin immediate");
        var migrated = await Migrations.Run(session, Sqlite.Dialect, time);
        await session.Execute(migrated.Ok ? "commit" : "rollback");
        return migrated.Problem;
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd('.', '\r');
}
