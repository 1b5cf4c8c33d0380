using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Cartwright.Server.Storage;

/// <summary>A SQLite database that is to be copied, and to which nothing is written: not even its journal mode changes.</summary>
internal sealed class SqliteSource : IDisposable
{
    private const string Settings = "pragma busy_timeout = 30000; pragma temp_store = memory; pragma query_only = on";

    // Of a file that no lock protects: how it was before it was read.
    private readonly Stamp? _before;

    private SqliteSource(SqliteSession session, string file, Stamp? before) => (Session, File, _before) = (session, file, before);

    public SqliteSession Session { get; }

    public string File { get; }

    /// <summary>Opens the database of a shop, which may be running, and may be on a disk that cannot be written.</summary>
    public static SqliteSource Open(string file)
    {
        // A database with a log beside it is in use, or was killed: without the right to write, nobody folds the log into it at the end. One
        // that has none gets one while it is open, which only a connection that could write takes away again.
        var mode = SqliteFile.IsLogged(file) && !System.IO.File.Exists(file + "-wal") ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly;
        SqliteSession? session = null;
        try
        {
            session = Sqlite.Open(file, mode, Settings);
            using var look = session.Connection.CreateCommand();
            look.CommandText = "select count(*) from sqlite_master";
            look.ExecuteScalar();
            return new SqliteSource(session, file, before: null);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY && !System.IO.File.Exists(file + "-wal"))
        {
            // No log can be made beside it. There is none either, so that the file itself is all there is.
            session?.Dispose();
            return OpenUnlocked(file);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that nobody writes to; whether that was so, <see cref="HasChanged"/> tells.</summary>
    public static SqliteSource OpenUnlocked(string file)
    {
        var before = Stamp.Of(file);
        return new SqliteSource(SqliteFile.OpenToRead(file), file, before);
    }

    /// <summary>Whether what was read cannot be trusted, because somebody has written to a file that no lock protects.</summary>
    public bool HasChanged() => _before is { } before && before != Stamp.Of(File);

    public void Dispose() => Session.Dispose();

    private sealed record Stamp(long Length, DateTime Written, bool HasLog)
    {
        public static Stamp Of(string file)
        {
            var info = new FileInfo(file);
            return new Stamp(info.Length, info.LastWriteTimeUtc, System.IO.File.Exists(file + "-wal") || System.IO.File.Exists(file + "-journal"));
        }
    }
}
