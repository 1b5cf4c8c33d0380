using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>What a backup has in it; <see cref="Schema"/> is the version of its schema.</summary>
internal sealed record BackedUp(string Source, int Tables, long Rows, long Schema, long Bytes);

/// <summary>
/// Copies all that is committed at one moment into a SQLite file, while the shop runs: of SQLite its pages, of PostgreSQL its rows. The copy
/// is compared with what was copied, and looked through, before it gets its name. The source is only read, and never migrated.
/// </summary>
internal sealed class DatabaseBackup(TimeProvider time)
{
    /// <summary>Is told how much is copied, and how much there is.</summary>
    public Action<long, long>? Progressed { get; init; }

    /// <summary>Is told that the copying is done, and the checking begins.</summary>
    public Action? Checking { get; init; }

    /// <summary>Fills the search index from the products.</summary>
    public required Func<DbSession, ValueTask> Index { get; init; }

    /// <summary>Makes the backup, or says what is in the way; then there is no file, or the old one.</summary>
    /// <param name="folder">The data folder with the SQLite file.</param>
    /// <param name="postgres">The connection string, when it is a shop on PostgreSQL.</param>
    /// <param name="file">What to write.</param>
    /// <param name="overwrites">An older backup may be replaced.</param>
    /// <param name="cancellation">Leaves no file, or the old one.</param>
    public async ValueTask<Result<BackedUp>> Run(string folder, string? postgres, string file, bool overwrites, CancellationToken cancellation)
    {
        var live = DataFolder.DatabaseIn(folder);
        if (postgres is null && !File.Exists(live))
        {
            return Problem.Invalid($"There is no database {live}: set CARTWRIGHT_DATA to the data folder of the shop, or CARTWRIGHT_DATABASE.");
        }

        if (Refuse(file, overwrites) is { } problem)
        {
            return problem;
        }

        var created = PartFile.Create(file);
        if (!created.Ok)
        {
            return created.Problem;
        }

        using var part = created.Value;
        try
        {
            var copied = postgres is null ? await CopyPages(live, part.Path, cancellation) : await CopyRows(postgres, part.Path, cancellation);
            if (!copied.Ok)
            {
                return copied;
            }

            cancellation.ThrowIfCancellationRequested();
            var bytes = part.Publish(overwrites);
            return bytes.Ok ? copied.Value with { Bytes = bytes.Value } : bytes.Problem;
        }
        catch (SqliteException error)
        {
            return Problem.Unavailable($"The backup failed ({ErrorText.FirstLine(error)}): may the database and the files beside it be read, is it sound, and is there room on the disk? There is no backup.");
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or SocketException)
        {
            return Problem.Unavailable($"{Postgres.Describe(postgres!)}: {Postgres.FirstLine(error)}. There is no backup.");
        }
    }

    private static Problem? Refuse(string file, bool overwrites)
    {
        try
        {
            return Directory.Exists(file) ? Problem.Invalid($"{file} is a folder: name a file in it.")
                : !File.Exists(file) ? null
                : !overwrites ? Problem.Conflict($"{file} exists: name another file, or overwrite it with --force.")
                : SqliteFile.IsLive(file) ? Problem.Conflict($"{file} is a shop's own database, not a backup: name another file.")
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"{file} cannot be looked at ({error.Message.TrimEnd('.')}): name another file.");
        }
    }

    private async ValueTask<Result<BackedUp>> CopyPages(string live, string part, CancellationToken cancellation)
    {
        using var opened = SqliteSource.Open(live);
        var source = opened.Session;
        await source.Execute("begin");
        var version = await Sqlite.Version(source, live);
        if (!version.Ok)
        {
            return version.Problem;
        }

        using var copy = SqliteFile.OpenToFill(part);
        await SqliteFile.Copy(source, copy, Progressed, cancellation);
        Checking?.Invoke();
        var tables = await ShopTables.Of(copy);
        return await ShopTables.Compare(source, copy, copy, tables, cancellation) is { } difference
            ? difference
            : opened.HasChanged()
            ? Problem.Conflict($"{live} was written to meanwhile: back up again.")
            : await Finish(copy, Path.GetFullPath(live), tables, version.Value, cancellation);
    }

    private async ValueTask<Result<BackedUp>> CopyRows(string postgres, string part, CancellationToken cancellation)
    {
        await using var pool = Postgres.Connect(postgres);
        await using var connection = await pool.OpenConnectionAsync(cancellation);
        var source = new PostgresSession(connection, PostgresMode.Snapshot, new PostgresStatements());
        source.TakeTime();
        await source.Later("set local idle_in_transaction_session_timeout = 0");
        var name = Postgres.Describe(postgres);
        if (await source.Integer("select 1 where to_regclass('schema_version') is not null and to_regclass('secret') is not null") is null
            || await source.Integer("select max(version) from schema_version") is not { } version)
        {
            return Problem.Invalid($"{name} is not the database of a shop.");
        }

        if (version > Migrations.Newest)
        {
            return Problem.Conflict($"{name} has the schema {version}, this program's is {Migrations.Newest}: back up with the newer program that it is from.");
        }

        using var copy = SqliteFile.OpenToFill(part);
        await copy.Execute("begin");
        await Migrations.Run(copy, Sqlite.Dialect, time, version);
        var tables = await ShopTables.Of(copy);
        await TableCopy.ToSqlite(source, connection, copy, tables, Progressed, cancellation);
        Checking?.Invoke();
        if (await ShopTables.Compare(source, copy, copy, tables, cancellation) is { } difference)
        {
            return difference;
        }

        // A migration that was committed in between has changed tables under the snapshot.
        await source.Execute("rollback");
        await using var now = new NpgsqlCommand("select max(version) from schema_version", connection);
        if (await now.ExecuteScalarAsync(cancellation) is not long current || current != version)
        {
            return Problem.Conflict($"{name} was upgraded meanwhile: back up again.");
        }

        if (version == Migrations.Newest)
        {
            await Index(copy);
        }

        await copy.Execute("commit");
        return await Finish(copy, name, tables, version, cancellation);
    }

    private static async ValueTask<Result<BackedUp>> Finish(
        SqliteSession copy, string source, IReadOnlyList<string> tables, long version, CancellationToken cancellation) =>
        await SqliteFile.FindDamage(copy, cancellation) is { } damage
            ? Problem.Unavailable($"The copy is damaged ({damage}): there is no backup. Is the database itself sound?")
            : new BackedUp(source, tables.Count, await ShopTables.Count(copy, tables), version, Bytes: 0);
}
