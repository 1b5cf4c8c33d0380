using System.Data.Common;
using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>A query that was announced with <see cref="DbSession.Ahead"/>, and takes its rows from the answer to the batch that it went along with.</summary>
internal abstract class PostgresAhead(NpgsqlBatchCommand command)
{
    public NpgsqlBatchCommand Command => command;

    /// <summary>Takes the rows of the reader's present result.</summary>
    public abstract Task Take(DbDataReader reader);
}

/// <inheritdoc/>
internal sealed class PostgresAhead<T>(NpgsqlBatchCommand command, Func<DbDataReader, T> map) : PostgresAhead(command)
{
    /// <summary>Null until they have come.</summary>
    public List<T>? Rows { get; private set; }

    public override async Task Take(DbDataReader reader) => Rows = await DbSession.Rows(reader, map);
}
