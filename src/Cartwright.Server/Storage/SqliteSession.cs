using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Cartwright.Server.Storage;

/// <summary>A connection to SQLite with the statements that it has prepared.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : DbSession, IDisposable
{
    // Filters make SQL texts of many shapes; beyond this many, preparing again costs less than keeping them all.
    private const int MaxPrepared = 200;

    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    public override bool IsPostgres => false;

    /// <summary>For reading whole tables row by row.</summary>
    public SqliteConnection Connection => connection;

    public override ValueTask<int> Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> args) => Execute(Bind(sql, args));

    public override ValueTask Later(string sql, params ReadOnlySpan<(string Name, object? Value)> args) => Done(Execute(Bind(sql, args)));

    public override Func<ValueTask<List<T>>> Ahead<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> args)
    {
        var kept = args.ToArray();
        return () => Query(sql, map, kept);
    }

    public override BulkStatement Bulk(string sql) => new SqliteBulk(connection, sql);

    public override async ValueTask Script(string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Embedded in this assembly.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public void Dispose()
    {
        Forget();
        connection.Dispose();
    }

    protected override Task<DbDataReader> Begin(string sql, ReadOnlySpan<(string Name, object? Value)> args) => ((DbCommand)Bind(sql, args)).ExecuteReaderAsync();

    private static async ValueTask<int> Execute(SqliteCommand command) => await command.ExecuteNonQueryAsync();

    private static async ValueTask Done(ValueTask<int> executed) => await executed;

    private SqliteCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> args)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = Prepare(sql, args);
        }

        var parameters = command.Parameters;
        for (var i = 0; i < args.Length; i++)
        {
            var parameter = parameters[i];
            if (parameter.ParameterName != args[i].Name)
            {
                throw new InvalidOperationException($"Arguments of one statement must keep their order: {args[i].Name} in: {sql}");
            }

            parameter.Value = args[i].Value ?? DBNull.Value;
        }

        return command;
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> args)
    {
        if (_prepared.Count >= MaxPrepared)
        {
            Forget();
        }

        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Feature code writes constants and composes them of constants; values are always parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, _) in args)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        _prepared.Add(sql, command);
        return command;
    }

    private void Forget()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
    }
}
