using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Cartwright.Server.Storage;

/// <summary>SQLite databases that are a file and nothing beside it: backups, while they are made and read.</summary>
internal static class SqliteFile
{
    // 4 MiB of pages at a time, between which the user may stop it.
    private const int PagesAtOnce = 1024;

    // Bytes 18 and 19 of the header: how the file is to be written and read.
    private const int FormatOffset = 18;
    private const byte WriteAheadLog = 2;

    /// <summary>Whether a shop has worked on the file, or could be working on it now. A backup is no such file.</summary>
    public static bool IsLive(string file) => File.Exists(file + "-wal") || File.Exists(file + "-shm") || IsLogged(file);

    /// <summary>Whether the database keeps a write-ahead log, as every shop's own does.</summary>
    public static bool IsLogged(string file)
    {
        using var handle = File.OpenHandle(file, share: FileShare.ReadWrite);
        Span<byte> format = stackalloc byte[1];
        return RandomAccess.Read(handle, format, FormatOffset) == 1 && format[0] == WriteAheadLog;
    }

    /// <summary>Opens a file that nobody writes to, also where nothing may be written.</summary>
    public static SqliteSession OpenToRead(string file) =>
        Sqlite.Open(file, SqliteOpenMode.ReadOnly, "pragma temp_store = memory; pragma query_only = on", isImmutable: true);

    /// <summary>
    /// Opens a new file, which exists and is empty, for its only writer. Nothing in it is safe before the caller has flushed it, and no
    /// transaction can be undone.
    /// </summary>
    public static SqliteSession OpenToFill(string file) =>
        Sqlite.Open(file, SqliteOpenMode.ReadWrite, "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = on; pragma temp_store = memory");

    /// <summary>Copies the database page by page, as the reader's transaction sees it.</summary>
    public static async ValueTask Copy(SqliteSession from, SqliteSession to, Action<long, long>? progressed, CancellationToken cancellation)
    {
        using (var backup = raw.sqlite3_backup_init(to.Connection.Handle!, "main", from.Connection.Handle!, "main"))
        {
            int outcome;
            do
            {
                cancellation.ThrowIfCancellationRequested();
                outcome = raw.sqlite3_backup_step(backup, PagesAtOnce);
                var all = raw.sqlite3_backup_pagecount(backup);
                progressed?.Invoke(all - raw.sqlite3_backup_remaining(backup), all);
            }
            while (outcome == raw.SQLITE_OK);
            if (outcome != raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(outcome, to.Connection.Handle!);
            }
        }

        // The copy of a shop's database would go on with a log beside it.
        await to.Script("pragma journal_mode = delete; pragma synchronous = off");
    }

    /// <summary>Looks through all of the database; a line that says what is damaged, or null.</summary>
    public static async ValueTask<string?> FindDamage(SqliteSession session, CancellationToken cancellation)
    {
        await using var stopping = cancellation.Register(() => raw.sqlite3_interrupt(session.Connection.Handle!));
        try
        {
            var found = await session.Query("pragma integrity_check(1)", row => row.GetString(0));
            if (found is not ["ok"])
            {
                return found.FirstOrDefault()?.ReplaceLineEndings(" ") ?? "nothing in it";
            }

            return await session.Integer("select count(*) from pragma_foreign_key_check") is > 0 ? "rows refer to others that are missing" : null;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(error.Message, error, cancellation);
        }
    }
}
