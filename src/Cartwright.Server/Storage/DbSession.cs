using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Cartwright.Server.Storage;

/// <summary>
/// One connection inside one transaction: all that a feature sees of the database. Parameters are written <c>@name</c>.
/// A statement is prepared once per connection and then only bound anew, so pass SQL as constants, and the arguments of
/// one SQL text always in the same order.
/// </summary>
internal sealed class DbSession(DbConnection connection) : IDisposable
{
    // Filters make SQL texts of many shapes; beyond this many, preparing again costs less than keeping them all.
    private const int MaxPrepared = 200;

    private readonly Dictionary<string, DbCommand> _prepared = [];
    private List<Notice>? _news;

    /// <summary>Runs a statement and tells how many rows it touched.</summary>
    public ValueTask<int> Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> args) => Execute(Bind(sql, args));

    /// <summary>All rows, each through <paramref name="map"/>.</summary>
    public ValueTask<List<T>> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> args) =>
        ReadAll(Bind(sql, args), map);

    /// <summary>The first row through <paramref name="map"/>, or null when there is none.</summary>
    public ValueTask<T?> First<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> args)
        where T : class => ReadFirst(Bind(sql, args), map);

    /// <summary>The integer in the first column of the first row; null when there is no row or no value in it.</summary>
    public ValueTask<long?> Integer(string sql, params ReadOnlySpan<(string Name, object? Value)> args) => ReadInteger(Bind(sql, args));

    /// <summary>Has the notice told once this transaction is committed, and never if it is not.</summary>
    public void Tell(string topic, string subject)
    {
        var notice = new Notice(topic, subject);
        if (_news?.Contains(notice) != true)
        {
            (_news ??= []).Add(notice);
        }
    }

    /// <summary>What is to be told of the work so far; from here on it is told anew.</summary>
    public IReadOnlyList<Notice> TakeNews()
    {
        IReadOnlyList<Notice> news = _news ?? (IReadOnlyList<Notice>)[];
        _news = null;
        return news;
    }

    /// <summary>Prepares a statement that is run for very many rows. It belongs to the transaction: the caller disposes of it before the end.</summary>
    public BulkStatement Bulk(string sql) => new((SqliteConnection)connection, sql);

    /// <summary>Runs several statements that are never run again (a migration).</summary>
    public async ValueTask Script(string sql)
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

    private static async ValueTask<int> Execute(DbCommand command) => await command.ExecuteNonQueryAsync();

    private static async ValueTask<List<T>> ReadAll<T>(DbCommand command, Func<DbDataReader, T> map)
    {
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    private static async ValueTask<T?> ReadFirst<T>(DbCommand command, Func<DbDataReader, T> map)
        where T : class
    {
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? map(reader) : null;
    }

    private static async ValueTask<long?> ReadInteger(DbCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && !reader.IsDBNull(0) ? reader.GetInt64(0) : null;
    }

    private DbCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> args)
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

    private DbCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> args)
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
