using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>Sends some hundred rows in each round trip.</summary>
internal sealed class PostgresBulk(PostgresSession session, PostgresStatements statements, string sql) : BulkStatement
{
    private const int Rows = 500;

    private readonly List<NpgsqlBatchCommand> _waiting = new(Rows);
    private readonly List<object?> _bound = [];
    private int _touched;

    public override BulkStatement Bind(int position, long value) => Bind(position, (object)value);

    public override BulkStatement Bind(int position, string? value) => Bind(position, (object?)value);

    public override async ValueTask Run()
    {
        _waiting.Add(statements.Bind(sql, _bound));
        if (_waiting.Count == Rows)
        {
            await Send();
        }
    }

    public override async ValueTask<int> Finish()
    {
        if (_waiting.Count > 0)
        {
            await Send();
        }

        var touched = _touched;
        _touched = 0;
        return touched;
    }

    public override void Dispose()
    {
    }

    private async ValueTask Send()
    {
        _touched += await session.Send(_waiting);
        _waiting.Clear();
    }

    private PostgresBulk Bind(int position, object? value)
    {
        while (_bound.Count < position)
        {
            _bound.Add(null);
        }

        _bound[position - 1] = value;
        return this;
    }
}
