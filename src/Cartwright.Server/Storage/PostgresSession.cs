using System.Data.Common;
using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>What a session's transaction is for.</summary>
internal enum PostgresMode
{
    /// <summary>One statement, and no transaction around it.</summary>
    Single,

    /// <summary>Reads on one snapshot.</summary>
    Snapshot,

    /// <summary>Writes that take their own locks; each statement sees what is committed when it begins.</summary>
    Write,
}

/// <summary>
/// One use of a connection to PostgreSQL. The transaction begins in the round trip of its first statement, and what may run later goes along
/// with the next.
/// </summary>
/// <param name="connection">Open, and this session's alone.</param>
/// <param name="mode">What its transaction is for.</param>
/// <param name="statements">Known so far.</param>
/// <param name="pulse">Tells when the server has gone without a word; left out, statements wait for the driver's timeout.</param>
internal sealed class PostgresSession(NpgsqlConnection connection, PostgresMode mode, PostgresStatements statements, PostgresPulse? pulse = null) : DbSession
{
    private const int MaxLater = 500;

    // While a statement runs, nothing is asked of its connection.
    private readonly (string Host, int Port, int Process) _server = (connection.Host!, connection.Port, connection.ProcessID);

    private readonly List<NpgsqlBatchCommand> _later = [];
    private List<PostgresAhead> _ahead = [];
    private List<PostgresAhead> _behind = [];
    private bool _isBegun;
    private bool _hasFailed;
    private bool _takesTime;

    public override bool IsPostgres => true;

    /// <summary>From here on a lost connection leaves open what has become of the transaction.</summary>
    public bool IsCommitSent { get; private set; }

    /// <summary>The statement that nobody waits for any more, because its server is silent: until it ends, the connection has to be left alone.</summary>
    public Task? Abandoned { get; private set; }

    public override ValueTask<int> Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> args) => Execute(statements.Bind(sql, args));

    public override ValueTask Later(string sql, params ReadOnlySpan<(string Name, object? Value)> args)
    {
        _later.Add(statements.Bind(sql, args));
        return _later.Count < MaxLater ? ValueTask.CompletedTask : Flush();
    }

    public override Func<ValueTask<List<T>>> Ahead<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> args)
    {
        var query = new PostgresAhead<T>(statements.Bind(sql, args), map);
        _ahead.Add(query);
        return async () =>
        {
            if (query.Rows is null)
            {
                await Ask();
            }

            return query.Rows ?? throw new InvalidOperationException("The query that brought these rows along has failed.");
        };
    }

    public override BulkStatement Bulk(string sql) => new PostgresBulk(this, statements, sql);

    public override async ValueTask Script(string sql)
    {
        await using var batch = Batch([]);
        if (batch.BatchCommands.Count > 0)
        {
            await Guard(batch.ExecuteNonQueryAsync());
        }

        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await Guard(command.ExecuteNonQueryAsync());
    }

    public override void TakeTime() => _takesTime = true;

    /// <summary>Runs commands together, and tells how many rows they touched.</summary>
    public async ValueTask<int> Send(IReadOnlyList<NpgsqlBatchCommand> commands)
    {
        await using var batch = Batch(commands);
        await Guard(batch.ExecuteNonQueryAsync());
        var touched = 0;
        foreach (var command in commands)
        {
            touched += command.RecordsAffected;
        }

        return touched;
    }

    /// <summary>Makes everything last. A session that wrote nothing has nothing to do.</summary>
    public async ValueTask Commit()
    {
        if (_hasFailed)
        {
            throw new InvalidOperationException("A statement of the transaction has failed: it cannot be committed.");
        }

        if (_isBegun || _later.Count > 0)
        {
            await using var batch = Batch([new NpgsqlBatchCommand("commit")]);
            IsCommitSent = true;
            await Guard(batch.ExecuteNonQueryAsync());
        }
    }

    protected override Task<DbDataReader> Begin(string sql, ReadOnlySpan<(string Name, object? Value)> args) => Read(statements.Bind(sql, args));

    private async ValueTask Flush() => await Send([]);

    protected override async ValueTask Finish(DbDataReader reader)
    {
        if (_behind.Count > 0)
        {
            var behind = _behind;
            _behind = [];
            foreach (var query in behind)
            {
                await Guard(reader.NextResultAsync());
                await Guard(query.Take(reader));
            }
        }
    }

    private Task<DbDataReader> Read(NpgsqlBatchCommand command)
    {
        if (_ahead.Count == 0)
        {
            return Start([command]);
        }

        _behind = _ahead;
        _ahead = [];
        return Start([command, .. _behind.Select(query => query.Command)]);
    }

    /// <summary>Has all that is announced answered now.</summary>
    private async ValueTask Ask()
    {
        var asked = _ahead;
        _ahead = [];
        await using var reader = await Start([.. asked.Select(query => query.Command)]);
        foreach (var (i, query) in asked.Index())
        {
            if (i > 0)
            {
                await Guard(reader.NextResultAsync());
            }

            await Guard(query.Take(reader));
        }
    }

    /// <summary>Runs the commands, and gives a reader that stands at the first one's rows.</summary>
    private async Task<DbDataReader> Start(IReadOnlyList<NpgsqlBatchCommand> commands)
    {
        // Of what ran later, only locks have rows.
        var before = _later.Count(later => later.CommandText.StartsWith("select", StringComparison.Ordinal));
        var reader = await Guard(Batch(commands).ExecuteReaderAsync());
        for (; before > 0; before--)
        {
            await Guard(reader.NextResultAsync());
        }

        return reader;
    }

    private async ValueTask<int> Execute(NpgsqlBatchCommand command)
    {
        await using var batch = Batch([command]);
        await Guard(batch.ExecuteNonQueryAsync());
        return command.RecordsAffected;
    }

    private async Task<T> Guard<T>(Task<T> running)
    {
        await Guard((Task)running);
        return await running;
    }

    private async Task Guard(Task running)
    {
        try
        {
            await (pulse is null || running.IsCompleted ? running : pulse.Follow(running, _server.Host, _server.Port, _server.Process));
        }
        catch (Exception error)
        {
            _hasFailed = true;
            Abandoned = error is SilenceException ? running : Abandoned;
            throw;
        }
    }

    /// <summary>The commands, behind whatever has to run before them.</summary>
    private NpgsqlBatch Batch(IReadOnlyList<NpgsqlBatchCommand> commands)
    {
        var batch = connection.CreateBatch();
        if (_takesTime)
        {
            batch.Timeout = 0;
        }

        if (mode == PostgresMode.Single && _isBegun)
        {
            throw new InvalidOperationException("Only one statement was announced: use Read for several on one snapshot.");
        }

        if (!_isBegun && mode != PostgresMode.Single)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(mode == PostgresMode.Write
                ? "begin isolation level read committed read write"
                : "begin isolation level repeatable read read only"));
        }

        _isBegun = true;
        foreach (var later in _later)
        {
            batch.BatchCommands.Add(later);
        }

        _later.Clear();
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        return batch;
    }
}
