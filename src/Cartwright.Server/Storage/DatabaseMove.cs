using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Cartwright.Server.Storage;

/// <summary>What a move came to.</summary>
internal sealed record Moved(int Tables, long Rows);

/// <summary>
/// Copies everything from a SQLite database to an empty PostgreSQL database, in one transaction: all of it, counted and added up on both
/// sides, or nothing. The source is only read.
/// </summary>
internal sealed class DatabaseMove(TimeProvider time)
{
    // Parents before what refers to them. The search index is made anew: each engine has its own.
    private static readonly string[] Tables =
    [
        "secret", "ended_session", "session_subscription", "store", "facet", "facet_value", "product", "product_facet", "image", "cart", "cart_line", "conversation",
        "idempotency", "orders", "order_line", "order_attempt", "order_refund", "order_event", "webhook_receipt", "sandbox_transaction",
        "sandbox_refund", "sandbox_step", "sandbox_delivery", "sales_product", "sales_load", "sale", "sale_line", "sale_refund", "sales_day",
        "sales_day_product", "sales_block",
    ];

    private const int ReportEvery = 5_000;

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
        var file = Directory.Exists(from) ? Path.Combine(from, "cartwright.db") : from;
        if (!File.Exists(file))
        {
            return Problem.Invalid($"There is no database {file}: give the data folder of a shop, or its cartwright.db.");
        }

        try
        {
            using var source = Sqlite.Connect(file, readOnly: true);
            await using var target = Postgres.Connect(to);
            await using var connection = await target.OpenConnectionAsync(cancellation);
            return await Run(source, connection, file, Postgres.Describe(to), cancellation);
        }
        catch (SqliteException error)
        {
            return Problem.Unavailable($"{file} cannot be read ({FirstLine(error)}): is it the database of a shop?");
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or SocketException)
        {
            return Problem.Unavailable($"{Postgres.Describe(to)}: {FirstLine(error)}. Nothing was moved.");
        }
    }

    private async ValueTask<Result<Moved>> Run(SqliteSession source, NpgsqlConnection connection, string file, string targetName, CancellationToken cancellation)
    {
        var before = await source.Integer("pragma data_version");
        await source.Execute("begin");
        if (await Refuse(source, file) is { } problem)
        {
            return problem;
        }

        var target = new PostgresSession(connection, PostgresMode.Write, new PostgresStatements());
        target.TakeTime();
        await Locks.Migrations(target);
        var migrated = await Migrations.Run(target, Postgres.Dialect, time);
        if (!migrated.Ok)
        {
            return Problem.Unavailable($"{targetName}: {migrated.Problem.Advice}");
        }

        // Nobody else writes until the end; who serves from it already has put something in.
        await target.Execute($"lock table {string.Join(", ", Tables)} in exclusive mode");
        foreach (var table in Tables)
        {
            if (await target.Integer($"select 1 from {table} limit 1") is not null)
            {
                return Problem.Conflict($"{targetName} is not empty (there is something in {table}): move to a new database that no shop has been started on.");
            }
        }

        var rows = await Copy(source, connection, cancellation);
        await Index(target);
        await target.Execute("select setval(pg_get_serial_sequence('sale', 'key'), (select coalesce(max(key), 0) + 1 from sale), false)");
        if (await Compare(source, target) is { } difference)
        {
            return difference;
        }

        await source.Execute("rollback");
        if (await source.Integer("pragma data_version") != before)
        {
            return Problem.Conflict($"{file} was written to meanwhile, so nothing was moved: stop the shop, then move it.");
        }

        cancellation.ThrowIfCancellationRequested();
        await target.Commit();
        await using var analyze = new NpgsqlCommand("analyze", connection) { CommandTimeout = 0 };
        await analyze.ExecuteNonQueryAsync(CancellationToken.None);
        return new Moved(Tables.Length, rows);
    }

    private static async ValueTask<Problem?> Refuse(SqliteSession source, string file)
    {
        var version = await source.Integer("select max(version) from schema_version");
        if (version != Migrations.Newest)
        {
            return Problem.Conflict(
                $"{file} has the schema {version}, this program's is {Migrations.Newest}: {(version < Migrations.Newest ? "start the shop with it once with this program" : "use a newer program")}, then move it.");
        }

        var all = await source.Query(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'product_search%' and name <> 'schema_version'",
            row => row.GetString(0));
        return all.Except(Tables, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new InvalidOperationException($"The table {unknown} is missing in the list of tables to move.")
            : null;
    }

    private async ValueTask<long> Copy(SqliteSession source, NpgsqlConnection target, CancellationToken cancellation)
    {
        var all = 0L;
        foreach (var table in Tables)
        {
            all += await source.Integer($"select count(*) from {table}") ?? 0;
        }

        var done = 0L;
        foreach (var table in Tables)
        {
            var columns = await Columns(source, table);
            var names = string.Join(", ", columns.Select(column => column.Name));
            await using var read = source.Connection.CreateCommand();
#pragma warning disable CA2100 // Names of our own tables and columns.
            read.CommandText = $"select {names} from {table}";
#pragma warning restore CA2100
            await using var reader = await read.ExecuteReaderAsync(cancellation);
            await using var import = await target.BeginBinaryImportAsync($"copy {table} ({names}) from stdin (format binary)", cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                await import.StartRowAsync(cancellation);
                for (var i = 0; i < columns.Count; i++)
                {
                    await Write(import, reader, i, columns[i].Type, cancellation);
                }

                if (++done % ReportEvery == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Progressed?.Invoke(done, all);
                }
            }

            await import.CompleteAsync(cancellation);
        }

        Progressed?.Invoke(all, all);
        return done;
    }

    private static Task Write(NpgsqlBinaryImporter import, DbDataReader row, int i, string type, CancellationToken cancellation) => row.IsDBNull(i)
        ? import.WriteNullAsync(cancellation)
        : type switch
        {
            "text" => import.WriteAsync(Postgres.Sound(row.GetString(i)), NpgsqlDbType.Text, cancellation),
            "bytea" => import.WriteAsync(row.GetFieldValue<byte[]>(i), NpgsqlDbType.Bytea, cancellation),
            _ => import.WriteAsync(row.GetInt64(i), NpgsqlDbType.Bigint, cancellation),
        };

    /// <summary>Rows, money, pieces and bytes, on both sides.</summary>
    private static async ValueTask<Problem?> Compare(SqliteSession source, PostgresSession target)
    {
        foreach (var table in Tables)
        {
            var sums = (await Columns(source, table)).Where(IsSummed).Select(column => column.Type == "bytea" ? $"length({column.Name})" : column.Name);
            var sql = $"select {string.Join(" || ' ' || ", sums.Select(column => $"coalesce(sum({column}), 0)").Prepend("count(*)").Select(sum => $"cast({sum} as text)"))} from {table}";
            var (here, there) = (await source.First(sql, row => row.GetString(0)), await target.First(sql, row => row.GetString(0)));
            if (here != there)
            {
                return Problem.Unavailable($"The table {table} came out different (rows and sums {here}, there {there}): nothing was moved. Please report this.");
            }
        }

        return null;

        static bool IsSummed((string Name, string Type) column) =>
            column.Type == "bytea" || column.Name.EndsWith("_minor", StringComparison.Ordinal) || column.Name is "quantity" or "units" or "stock" or "orders" && column.Type == "bigint";
    }

    private static async ValueTask<List<(string Name, string Type)>> Columns(SqliteSession source, string table) => await source.Query(
        $"select name, lower(type) from pragma_table_info('{table}') order by cid", row => (row.GetString(0), row.GetString(1)));

    private static string FirstLine(Exception error) => error.GetBaseException().Message.Split('\n', 2)[0].TrimEnd('.', '\r').ToString(CultureInfo.InvariantCulture);
}
