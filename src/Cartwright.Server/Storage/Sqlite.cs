using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Cartwright.Server.Storage;

/// <summary>What is particular to SQLite: its library, its connections, its errors.</summary>
internal static class Sqlite
{
    /// <summary>Distinguishes <c>NNN_name.sqlite.sql</c> from the migrations of other engines.</summary>
    public const string Dialect = "sqlite";

    // Long enough for a large catalogue that another process is loading in one transaction.
    private const int BusySeconds = 30;

    // What the bundled library is; an older one on the system is not preferred to it.
    private const int BundledVersion = 3_035_005;

    static Sqlite()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, PreferSystemLibrary);
        SQLitePCL.Batteries_V2.Init();
    }

    /// <summary>Opens the database of a shop, which others may have open too; makes it when it is missing.</summary>
    // busy_timeout first: changing to WAL already waits for other processes. Cache sizes are in KiB when negative; small,
    // because the operating system keeps the file's pages too, once for all connections.
    public static SqliteSession Connect(string file, bool readOnly) => Open(file, SqliteOpenMode.ReadWriteCreate, $"""
        pragma busy_timeout = {BusySeconds * 1000};
        pragma journal_mode = wal;
        pragma synchronous = full;
        pragma foreign_keys = on;
        pragma temp_store = memory;
        pragma cache_size = {(readOnly ? -2048 : -4096)};
        pragma journal_size_limit = 67108864;
        pragma query_only = {(readOnly ? "on" : "off")};
        """);

    /// <summary>Opens a file and runs these settings.</summary>
    /// <param name="file">Its path, whatever that looks like.</param>
    /// <param name="mode">How.</param>
    /// <param name="settings">Pragmas.</param>
    /// <param name="isImmutable">Nobody writes to the file meanwhile: it is not locked, and nothing is looked for or made beside it.</param>
    public static SqliteSession Open(string file, SqliteOpenMode mode, string settings, bool isImmutable = false)
    {
        // An absolute path is never taken for an address, as a name that begins with "file:" would be.
        var path = Path.GetFullPath(file);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = isImmutable ? $"{Address(path)}?immutable=1" : path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this program.
            command.CommandText = settings;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // As SQLite reads it (sqlite.org/uri.html): these three mean something, all else stands for itself.
    private static string Address(string path)
    {
        var escaped = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        return OperatingSystem.IsWindows() ? $"file:///{escaped.Replace('\\', '/')}" : $"file://{escaped}";
    }

    /// <summary>
    /// The problem behind an error that has its cause outside the program (locked too long, disk full or failing, file
    /// made read-only); null when it is a bug.
    /// </summary>
    public static Problem? Outage(Exception error) => error is not SqliteException sqlite ? null : sqlite.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => Problem.Unavailable(
            "The shop is busy, and nothing was changed. Try the same again in a few seconds."),
        SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN =>
            Problem.Unavailable("The shop cannot save anything at the moment, and nothing was changed. Try again later."),
        _ => null,
    };

    /// <summary>The schema of a database that is to be copied as it is; a newer one than this program's is refused.</summary>
    public static async ValueTask<Result<long>> Version(SqliteSession session, string file)
    {
        if (await session.Integer("select count(*) from sqlite_master where name in ('schema_version', 'secret')") is not 2
            || await session.Integer("select max(version) from schema_version") is not { } version)
        {
            return Problem.Invalid($"{file} is not the database of a shop.");
        }

        return version <= Migrations.Newest
            ? version
            : Problem.Conflict($"{file} has the schema {version}, this program's is {Migrations.Newest}: use the newer program that it is from.");
    }

    // The distribution's library gets security updates; the bundled one is as old as its package.
    private static nint PreferSystemLibrary(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3" || !OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libsqlite3.so.0", out var library))
        {
            return 0;
        }

        if (IsGoodEnough(library))
        {
            return library;
        }

        NativeLibrary.Free(library);
        return 0;
    }

    private static bool IsGoodEnough(nint library) =>
        NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var version)
        && Marshal.GetDelegateForFunctionPointer<Number>(version)() >= BundledVersion
        && NativeLibrary.TryGetExport(library, "sqlite3_threadsafe", out var threadsafe)
        && Marshal.GetDelegateForFunctionPointer<Number>(threadsafe)() != 0
        && NativeLibrary.TryGetExport(library, "sqlite3_compileoption_used", out var option)
        && Marshal.GetDelegateForFunctionPointer<Option>(option)("ENABLE_FTS5") != 0;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Number();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Ansi)]
    private delegate int Option([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
