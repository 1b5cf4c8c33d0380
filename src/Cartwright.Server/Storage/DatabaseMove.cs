using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Cartwright.Server.Storage;

/// <summary>What a move came to.</summary>
internal sealed record Moved(int Tables, long Rows)
{
    /// <summary>Sentences that the operator should read: what was left out, what is still to do.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>
/// Copies everything from a SQLite database to an empty PostgreSQL database, in one transaction: all of it, counted and added up on both
/// sides, or nothing. The source is only read.
/// </summary>
internal sealed class DatabaseMove(TimeProvider time)
{
    /// <summary>Is told how many rows are copied, and how many there are.</summary>
    public Action<long, long>? Progressed { get; init; }

    /// <summary>Fills the search index of the target from its products.</summary>
    public required Func<DbSession, ValueTask> Index { get; init; }

    /// <summary>Moves everything. Problems say what to do, and leave the target as it was.</summary>
    /// <param name="from">The SQLite file, or the data folder with it.</param>
    /// <param name="to">The connection string of the target.</param>
    /// <param name="cancellation">Leaves the target as it was.</param>
    public async ValueTask<Result<Moved>> Run(string from, string to, CancellationToken cancellation)
    {
        var file = Directory.Exists(from) ? DataFolder.DatabaseIn(from) : from;
        if (!File.Exists(file))
        {
            return Problem.Invalid($"There is no database {file}: give the data folder of a shop, or its cartwright.db.");
        }

        try
        {
            using var source = SqliteSource.Open(file);
            return await Run(source, to, cancellation);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_NOTADB)
        {
            return Problem.Invalid($"{file} is not the database of a shop.");
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"{file} cannot be read ({ErrorText.FirstLine(error)}): may it and the files beside it be read, and is it sound? Nothing was copied.");
        }
    }

    /// <summary>The same from a database that is open. An older schema is brought up to date on the way.</summary>
    public async ValueTask<Result<Moved>> Run(SqliteSource source, string to, CancellationToken cancellation)
    {
        var name = Postgres.Describe(to);
        await using var pool = Postgres.Connect(to);
        var transaction = new MoveTransaction(pool, name);
        try
        {
            await using var connection = await pool.OpenConnectionAsync(cancellation);
            var target = new PostgresSession(connection, PostgresMode.Write, new PostgresStatements());
            var copied = await Copy(source, connection, target, name, cancellation);
            return copied.Ok && await transaction.Commit(target) is { } problem ? problem
                : !copied.Ok ? copied
                : await Analyze(connection) is { } note ? copied.Value with { Notes = [.. copied.Value.Notes, note] }
                : copied;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or SocketException)
        {
            return Problem.Unavailable($"{name}: {Postgres.FirstLine(error)}. Nothing was copied.");
        }
    }

    /// <summary>Copies, counts and adds up; all that is left is to commit it.</summary>
    private async ValueTask<Result<Moved>> Copy(
        SqliteSource opened, NpgsqlConnection connection, PostgresSession target, string targetName, CancellationToken cancellation)
    {
        var (source, file) = (opened.Session, opened.File);
        var before = await source.Integer("pragma data_version");
        await source.Execute("begin");
        var version = await Sqlite.Version(source, file);
        if (!version.Ok)
        {
            return version.Problem;
        }

        target.TakeTime();
        await Locks.Migrations(target);
        await target.Later("set local idle_in_transaction_session_timeout = 0");
        if (await PostgresTarget.Check(target) is { } unfit)
        {
            return Problem.Unavailable($"{targetName}: {unfit.Advice}");
        }

        if (await PostgresTarget.FindForeign(target) is { } foreign)
        {
            return Problem.Conflict($"{targetName} is not empty (it has {foreign}): use a new database.");
        }

        var prepared = await Migrations.Run(target, Postgres.Dialect, time, version.Value);
        if (!prepared.Ok)
        {
            return Problem.Unavailable($"{targetName}: {prepared.Problem.Advice}");
        }

        if (prepared.Value != version.Value)
        {
            return Problem.Conflict($"{targetName} is not empty (it has the schema {prepared.Value} already, and {file} the schema {version.Value}): use a new database.");
        }

        // Nobody else writes until the end; who serves from it already has put something in.
        var tables = await ShopTables.Of(source);
        await target.Execute($"lock table {string.Join(", ", tables)} in exclusive mode");
        foreach (var table in tables)
        {
            if (await target.Integer($"select 1 from {table} limit 1") is not null)
            {
                return Problem.Conflict($"{targetName} is not empty (there is something in {table}): use a new database that no shop has been started on.");
            }
        }

        var rows = await TableCopy.ToPostgres(source, connection, tables, Progressed, cancellation);
        if (await ShopTables.Compare(source, target, source, tables, cancellation) is { } difference)
        {
            return difference;
        }

        var left = await ShopTables.Count(source, tables) - rows;
        await source.Execute("rollback");
        if (await source.Integer("pragma data_version") != before || opened.HasChanged())
        {
            return Problem.Conflict($"{file} was written to meanwhile, so nothing was copied: stop the shop first.");
        }

        await Migrations.Run(target, Postgres.Dialect, time);
        await Index(target);
        await target.Execute("select setval(pg_get_serial_sequence('sale', 'key'), (select coalesce(max(key), 0) + 1 from sale), false)");
        cancellation.ThrowIfCancellationRequested();
        return new Moved(tables.Count, rows)
        {
            Notes = left == 0 ? [] : [$"{left:N0} kept answers were left out: PostgreSQL cannot have their idempotency keys, which have NUL characters in them."],
        };
    }

    /// <summary>Has PostgreSQL look at what is new to it. It is committed by now: if that fails, the note says so, and what to do.</summary>
    private static async ValueTask<string?> Analyze(NpgsqlConnection connection)
    {
        try
        {
            await using var analyze = new NpgsqlCommand("analyze", connection) { CommandTimeout = 0 };
            await analyze.ExecuteNonQueryAsync(CancellationToken.None);
            return null;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or SocketException or IOException or InvalidOperationException)
        {
            return $"PostgreSQL has not looked through the new tables yet ({Postgres.FirstLine(error)}), without which it is slow at first: run \"analyze\" in it.";
        }
    }
}
