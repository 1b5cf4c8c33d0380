using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Cartwright.Server.Storage;

/// <summary>
/// The program's statements as PostgreSQL's protocol wants them: parameters by position, each with a type that is the same in every use, so
/// that one prepared statement serves them all.
/// </summary>
internal sealed partial class PostgresStatements
{
    // Filters make texts of many shapes.
    private const int MaxKept = 1000;

    private readonly ConcurrentDictionary<string, Statement> _known = new(StringComparer.Ordinal);

    /// <summary>A command of a statement with parameters <c>@name</c>.</summary>
    public NpgsqlBatchCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> args)
    {
        if (!_known.TryGetValue(sql, out var statement))
        {
            statement = Keep(sql, Statement.Of(sql, args));
        }

        var command = new NpgsqlBatchCommand(statement.Sql);
        for (var i = 0; i < args.Length; i++)
        {
            if (statement.Names[i] != args[i].Name)
            {
                throw new InvalidOperationException($"Arguments of one statement must keep their order: {args[i].Name} in: {sql}");
            }

            command.Parameters.Add(statement.Parameter(i, args[i].Value));
        }

        return command;
    }

    /// <summary>A command of a statement with parameters <c>?1</c>, <c>?2</c>, ...</summary>
    public NpgsqlBatchCommand Bind(string sql, IReadOnlyList<object?> values)
    {
        if (!_known.TryGetValue(sql, out var statement))
        {
            statement = Keep(sql, Statement.Of(sql, values.Count));
        }

        var command = new NpgsqlBatchCommand(statement.Sql);
        for (var i = 0; i < values.Count; i++)
        {
            command.Parameters.Add(statement.Parameter(i, values[i]));
        }

        return command;
    }

    private Statement Keep(string sql, Statement statement)
    {
        if (_known.Count >= MaxKept)
        {
            _known.Clear();
        }

        return _known[sql] = statement;
    }

    // Not the operator @@.
    [GeneratedRegex("(?<!@)@[a-z_][a-z0-9_]*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    private sealed class Statement(string sql, string[] names)
    {
        // Known from the first value that is not null; until then the server works it out.
        private readonly NpgsqlDbType?[] _types = new NpgsqlDbType?[names.Length];

        public string Sql => sql;

        public string[] Names => names;

        public static Statement Of(string sql, ReadOnlySpan<(string Name, object? Value)> args)
        {
            var names = new string[args.Length];
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = args[i].Name;
            }

            return new Statement(
                Named().Replace(sql, match => Array.IndexOf(names, match.Value) is >= 0 and var i
                    ? $"${i + 1}"
                    : throw new InvalidOperationException($"There is no argument {match.Value} for: {sql}")),
                names);
        }

        public static Statement Of(string sql, int count) => new(sql.Replace('?', '$'), new string[count]);

        public NpgsqlParameter Parameter(int i, object? value)
        {
            var known = _types[i];
            if (value is null)
            {
                var none = new NpgsqlParameter { Value = DBNull.Value };
                if (known is { } type)
                {
                    none.NpgsqlDbType = type;
                }

                return none;
            }

            var (sent, own) = value switch
            {
                string text => (Postgres.Sound(text), NpgsqlDbType.Text),
                long => (value, NpgsqlDbType.Bigint),
                int number => ((object)(long)number, NpgsqlDbType.Bigint),
                byte[] => (value, NpgsqlDbType.Bytea),
                string[] => (value, NpgsqlDbType.Array | NpgsqlDbType.Text),
                _ => throw new InvalidOperationException($"A value of the type {value.GetType()} has no place in the tables."),
            };
            if (known is null)
            {
                _types[i] = own;
            }

            return new NpgsqlParameter { Value = sent, NpgsqlDbType = own };
        }
    }
}
