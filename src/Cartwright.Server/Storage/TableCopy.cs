using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Cartwright.Server.Storage;

/// <summary>Copies the rows of tables from one engine to the other, inside transactions of the caller's.</summary>
internal static class TableCopy
{
    private const int ReportEvery = 5_000;

    /// <summary>Copies everything to PostgreSQL, and tells how many rows that was.</summary>
    public static async ValueTask<long> ToPostgres(
        SqliteSession source, NpgsqlConnection target, IReadOnlyList<string> tables, Action<long, long>? progressed, CancellationToken cancellation)
    {
        var count = new Counter(await ShopTables.Count(source, tables), progressed, cancellation);
        foreach (var table in tables)
        {
            var columns = await ShopTables.Columns(source, table);
            var names = Names(columns);
            await using var read = source.Connection.CreateCommand();
#pragma warning disable CA2100 // Names of our own tables and columns.
            read.CommandText = $"select {names} from {ShopTables.Portable(table)}";
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

                count.Add();
            }

            await import.CompleteAsync(cancellation);
        }

        return count.Finish();
    }

    /// <summary>Copies everything to SQLite, and tells how many rows that was.</summary>
    public static async ValueTask<long> ToSqlite(
        PostgresSession source,
        NpgsqlConnection connection,
        SqliteSession target,
        IReadOnlyList<string> tables,
        Action<long, long>? progressed,
        CancellationToken cancellation)
    {
        var count = new Counter(await ShopTables.Count(source, tables), progressed, cancellation);
        foreach (var table in tables)
        {
            var columns = await ShopTables.Columns(target, table);
            var names = Names(columns);
            using var insert = new SqliteBulk(
                target.Connection, $"insert into {table} ({names}) values ({string.Join(", ", columns.Select((_, i) => $"?{i + 1}"))})");
            await using var export = await connection.BeginBinaryExportAsync($"copy (select {names} from {table}) to stdout (format binary)", cancellation);
            while (await export.StartRowAsync(cancellation) >= 0)
            {
                for (var i = 0; i < columns.Count; i++)
                {
                    await Read(export, insert, i + 1, columns[i].Type, cancellation);
                }

                insert.RunNow();
                count.Add();
            }
        }

        return count.Finish();
    }

    private static string Names(IEnumerable<(string Name, string Type)> columns) => string.Join(", ", columns.Select(column => column.Name));

    private static Task Write(NpgsqlBinaryImporter import, DbDataReader row, int i, string type, CancellationToken cancellation) => row.IsDBNull(i)
        ? import.WriteNullAsync(cancellation)
        : type switch
        {
            "text" => import.WriteAsync(Postgres.Sound(row.GetString(i)), NpgsqlDbType.Text, cancellation),
            "bytea" => import.WriteAsync(row.GetFieldValue<byte[]>(i), NpgsqlDbType.Bytea, cancellation),
            _ => import.WriteAsync(row.GetInt64(i), NpgsqlDbType.Bigint, cancellation),
        };

    private static async ValueTask Read(NpgsqlBinaryExporter export, SqliteBulk insert, int position, string type, CancellationToken cancellation)
    {
        if (export.IsNull)
        {
            await export.SkipAsync(cancellation);
            insert.Bind(position, (string?)null);
            return;
        }

        switch (type)
        {
            case "text":
                insert.Bind(position, await export.ReadAsync<string>(NpgsqlDbType.Text, cancellation));
                break;
            case "bytea":
                insert.BindBytes(position, await export.ReadAsync<byte[]>(NpgsqlDbType.Bytea, cancellation));
                break;
            default:
                insert.Bind(position, await export.ReadAsync<long>(NpgsqlDbType.Bigint, cancellation));
                break;
        }
    }

    /// <summary>Counts rows; every few thousand it says so, and looks whether to go on.</summary>
    private sealed class Counter(long all, Action<long, long>? progressed, CancellationToken cancellation)
    {
        private long _done;

        public void Add()
        {
            if (++_done % ReportEvery == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progressed?.Invoke(_done, all);
            }
        }

        public long Finish()
        {
            progressed?.Invoke(all, all);
            return _done;
        }
    }
}
