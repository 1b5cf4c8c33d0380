using System.Data.Common;

namespace Cartwright.Server.Storage;

/// <summary>
/// One connection inside one transaction: all that a feature sees of the database. Parameters are written <c>@name</c>.
/// A statement is prepared once per connection and then only bound anew, so pass SQL as constants, and the arguments of
/// one SQL text always in the same order.
/// </summary>
internal abstract class DbSession
{
    private List<Notice>? _news;

    /// <summary>For the few places where the engines need different texts.</summary>
    public abstract bool IsPostgres { get; }

    /// <summary>Runs a statement and tells how many rows it touched.</summary>
    public abstract ValueTask<int> Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> args);

    /// <summary>
    /// Runs a statement of which nothing is needed. PostgreSQL gets it together with the next statement or the commit, without a round trip
    /// of its own; what goes wrong with it comes out there.
    /// </summary>
    public abstract ValueTask Later(string sql, params ReadOnlySpan<(string Name, object? Value)> args);

    /// <summary>All rows, each through <paramref name="map"/>.</summary>
    public ValueTask<List<T>> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> args) =>
        ReadAll(Begin(sql, args), map);

    /// <summary>The first row through <paramref name="map"/>, or null when there is none.</summary>
    public ValueTask<T?> First<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> args)
        where T : class => ReadFirst(Begin(sql, args), map);

    /// <summary>The integer in the first column of the first row; null when there is no row or no value in it.</summary>
    public ValueTask<long?> Integer(string sql, params ReadOnlySpan<(string Name, object? Value)> args) => ReadInteger(Begin(sql, args));

    /// <summary>
    /// Announces a query; its rows are there for whoever calls what this returns. PostgreSQL runs it behind the next query, in the same round trip
    /// but by itself: behind a lock, it sees what the lock waited for. Whatever has been announced when rows are first wanted comes together.
    /// SQLite, where nothing is far away, runs it when its rows are wanted, and not at all when they are not.
    /// </summary>
    public abstract Func<ValueTask<List<T>>> Ahead<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> args);

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
    public abstract BulkStatement Bulk(string sql);

    /// <summary>Runs several statements that are never run again (a migration).</summary>
    public abstract ValueTask Script(string sql);

    /// <summary>Lets the statements of this transaction take as long as they need: they go through whole tables.</summary>
    public virtual void TakeTime()
    {
    }

    /// <summary>Starts a statement and gives its rows.</summary>
    protected abstract Task<DbDataReader> Begin(string sql, ReadOnlySpan<(string Name, object? Value)> args);

    /// <summary>The rest of the rows of the reader's present result.</summary>
    internal static async ValueTask<List<T>> Rows<T>(DbDataReader reader, Func<DbDataReader, T> map)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>Takes what else the reader brings, behind the rows that were asked for.</summary>
    protected virtual ValueTask Finish(DbDataReader reader) => default;

    private async ValueTask<List<T>> ReadAll<T>(Task<DbDataReader> begun, Func<DbDataReader, T> map)
    {
        await using var reader = await begun;
        var rows = await Rows(reader, map);
        await Finish(reader);
        return rows;
    }

    private async ValueTask<T?> ReadFirst<T>(Task<DbDataReader> begun, Func<DbDataReader, T> map)
        where T : class
    {
        await using var reader = await begun;
        var first = await reader.ReadAsync() ? map(reader) : null;
        await Finish(reader);
        return first;
    }

    private async ValueTask<long?> ReadInteger(Task<DbDataReader> begun)
    {
        await using var reader = await begun;
        long? value = await reader.ReadAsync() && !reader.IsDBNull(0) ? reader.GetInt64(0) : null;
        await Finish(reader);
        return value;
    }
}
