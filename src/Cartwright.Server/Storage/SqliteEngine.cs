using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Storage;

/// <summary>SQLite in a folder: many readers, one writer that commits in groups. Several processes of one machine may open the same folder.</summary>
internal sealed class SqliteEngine : IEngine
{
    private readonly ReaderPool _readers;
    private readonly Writer _writer;

    private SqliteEngine(string file, SqliteSession writing)
    {
        _readers = new ReaderPool(() => Sqlite.Connect(file, readOnly: true));
        _writer = new Writer(writing);
    }

    public bool IsPostgres => false;

    /// <summary>Opens <c>cartwright.db</c> in the folder, creates both when they are missing, and brings the schema up to date.</summary>
    public static async ValueTask<Result<IEngine>> Open(string folder, TimeProvider time)
    {
        try
        {
            DataFolder.Create(folder);
            var file = DataFolder.DatabaseIn(folder);
            var session = Sqlite.Connect(file, readOnly: false);
            if (await Migrate(session, time) is { } problem)
            {
                session.Dispose();
                return Problem.Unavailable($"{file}: {problem.Advice}");
            }

            return new SqliteEngine(file, session);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or DbException)
        {
            return Problem.Unavailable(
                $"The data folder {folder} cannot be used ({ErrorText.FirstLine(error)}): make it writable, or set CARTWRIGHT_DATA to a folder that is.");
        }
    }

    public ValueTask<T> Read<T>(Func<DbSession, ValueTask<T>> work, bool isSingle, CancellationToken cancellation) => _readers.Read(work, cancellation);

    public ValueTask<Result<T>> Write<T>(Func<DbSession, ValueTask<Result<T>>> work, bool isRepeatable, CancellationToken cancellation) =>
        _writer.Write(work, cancellation);

    public Notices Notices => _writer.Notices;

    public void LogTo(ILogger logger) => _writer.LogTo(logger);

    public async ValueTask DisposeAsync()
    {
        // The writer goes last: its closing folds the log into the database, for which no reader may be in the way.
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
    }

    private static async ValueTask<Problem?> Migrate(DbSession session, TimeProvider time)
    {
        await session.Execute("begin immediate");
        var migrated = await Migrations.Run(session, Sqlite.Dialect, time);
        await session.Execute(migrated.Ok ? "commit" : "rollback");
        return migrated.Problem;
    }
}
