using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>What stands behind an error of PostgreSQL.</summary>
internal enum PostgresTrouble
{
    /// <summary>A bug, ours or the driver's.</summary>
    None,

    /// <summary>Another transaction was in the way (serialization, deadlock): again, it works.</summary>
    Race,

    /// <summary>The connection is gone, or its server is not the one that takes writes any more: another connection may work.</summary>
    Lost,

    /// <summary>The server cannot do it now: full, out of connections, too slow, not to be reached with these credentials.</summary>
    Outage,
}

/// <summary>What is particular to PostgreSQL: its connection string, its connections, its errors.</summary>
internal static class Postgres
{
    /// <summary>Distinguishes <c>NNN_name.postgres.sql</c> from the migrations of other engines.</summary>
    public const string Dialect = "postgres";

    /// <summary>What a connection string must be, for people.</summary>
    public const string Expected =
        "a connection string such as Host=db.example.com;Database=shop;Username=shop;Password=..., several hosts by commas with Target Session Attributes=primary";

    // An instance's share: a server takes 100 connections in all as it comes, and is fastest with a few for each of its cores.
    private const int MaxConnections = 20;
    private const int MaxPrepared = 100;

    // In seconds.
    private const int ListenerKeepalive = 5;
    private const int LookSeconds = 2;

    // Npgsql's own words when all hosts are known, and none is the primary: one is being promoted, or restarted.
    private const string NoPrimary = "No suitable host was found.";

    // And when all of an instance's connections are in use: the database may be well.
    private const string PoolExhausted = "The connection pool has been exhausted";

    // And when a statement that failed has left what the driver believes to be prepared out of step with the server. It has closed the connection.
    private const string OutOfStep = "Received unexpected backend message";

    // Every session: no compilation of plans that run for a millisecond, and an end for a transaction whose program froze or lost its network.
    private const string SessionSettings = """
        set jit = off; set idle_in_transaction_session_timeout = '60s'; set client_min_messages = warning;
        set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3
        """;

    /// <summary>The text itself when it is a connection string with a host; else null.</summary>
    public static string? Parse(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 } ? text : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>The database for people: hosts and name, and nothing of the rest.</summary>
    public static string Describe(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        var name = parts.Database ?? parts.Username;
        return $"PostgreSQL {parts.Host}{(parts.Port == NpgsqlConnection.DefaultPort ? "" : $":{parts.Port}")}{(name is null ? "" : $"/{name}")}";
    }

    /// <summary>A pool of connections. What the operator's string says goes before what is chosen here.</summary>
    public static NpgsqlDataSource Connect(string connection) => Open(Complete(connection)).Source;

    /// <summary>The same, and the hosts among which it chooses when there are several.</summary>
    public static (NpgsqlDataSource Source, NpgsqlMultiHostDataSource? Hosts) ConnectHosts(string connection) => Open(Complete(connection));

    /// <summary>For one connection that waits for news: in no pool, and soon aware that the other side is gone.</summary>
    public static (NpgsqlDataSource Source, NpgsqlMultiHostDataSource? Hosts) ConnectListener(string connection)
    {
        var parts = Complete(connection);
        parts.Pooling = false;
        Default(parts, "Keepalive", ListenerKeepalive);
        return Open(parts);
    }

    /// <summary>Leads to one of the hosts, whatever it is, and takes no longer than a look may.</summary>
    public static NpgsqlDataSource ConnectOne(string connection, string host, int port)
    {
        var parts = Complete(connection);
        (parts.Host, parts.Port, parts.Pooling, parts.Timeout, parts.CommandTimeout, parts.MaxAutoPrepare) = (host, port, false, LookSeconds, LookSeconds, 0);
        parts.Remove("Target Session Attributes");
        return Open(parts).Source;
    }

    private static NpgsqlConnectionStringBuilder Complete(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        Default(parts, "Application Name", "cartwright");
        Default(parts, "Maximum Pool Size", MaxConnections);
        Default(parts, "Max Auto Prepare", MaxPrepared);
        Default(parts, "Auto Prepare Min Usages", 2);

        // With others to turn to, less patience with the one that does not answer.
        Default(parts, "Timeout", parts.Host!.Contains(',', StringComparison.Ordinal) ? 3 : 5);
        Default(parts, "Tcp Keepalive", true);
        if (parts.TcpKeepAlive && !parts.ShouldSerialize("Tcp Keepalive Interval"))
        {
            Default(parts, "Tcp Keepalive Time", 10);
            parts.TcpKeepAliveInterval = 5;
        }

        // Whoever loses a connection has all hosts looked at anew, so that this is only about a host that was away: looking at it may take as long as Timeout.
        Default(parts, "Host Recheck Seconds", 300);

        // Sessions keep nothing but prepared statements from one use to the next.
        Default(parts, "No Reset On Close", true);
        return parts;
    }

    private static (NpgsqlDataSource Source, NpgsqlMultiHostDataSource? Hosts) Open(NpgsqlConnectionStringBuilder parts)
    {
        var target = parts.TargetSessionAttributes;
        parts.Remove("Target Session Attributes");
        var builder = new NpgsqlSlimDataSourceBuilder(parts.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();
        builder.EnableExtraConversions();
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.UsePhysicalConnectionInitializer(Prepare, PrepareAsync);
        if (!parts.Host!.Contains(',', StringComparison.Ordinal) && target is null)
        {
            return (builder.Build(), null);
        }

        var hosts = builder.BuildMultiHost();
        return (hosts.WithTargetSession(ParseTarget(target)), hosts);
    }

    /// <summary>
    /// A text without what PostgreSQL keeps in no text: NUL and halves of surrogate pairs. Neither is in any text of ours, so what is compared
    /// with it fails as it should.
    /// </summary>
    public static string Sound(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || text.Contains('\0', StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD')
            : text;

    /// <summary>What went wrong, in a line for people.</summary>
    public static string FirstLine(Exception error) => ErrorText.FirstLine(error.GetBaseException());

    /// <summary>What to do about a database that cannot be used at the start.</summary>
    public static string Advise(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            "make its user the owner of the database, or grant it create on the database and on the schema public",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "create it, or set CARTWRIGHT_DATABASE to one that is there",
        PostgresException { SqlState: var state } when state.StartsWith("28", StringComparison.Ordinal) =>
            "set the Username and Password of a user whom it lets in (pg_hba.conf) in CARTWRIGHT_DATABASE",
        PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.ReadOnlySqlTransaction } or NpgsqlException { Message: NoPrimary } =>
            "it takes no writes, as a standby does; set CARTWRIGHT_DATABASE to the primary, or to all hosts with Target Session Attributes=primary",
        _ => "start it, or set CARTWRIGHT_DATABASE to one that can",
    };

    /// <summary>Tells bugs from what happens to any network of machines.</summary>
    public static PostgresTrouble Trouble(Exception error) => error switch
    {
        // Prepared here before another instance migrated: a new connection prepares it anew.
        PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported, Routine: "RevalidateCachedQuery" } => PostgresTrouble.Lost,

        // Where a transaction that writes was begun on a standby: the wording is in the server's language, the place is not.
        PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported, Routine: "call_bool_check_hook" } => PostgresTrouble.Lost,
        PostgresException postgres => Trouble(postgres.SqlState),
        SilenceException => PostgresTrouble.Lost,

        // The driver's own timeout: the server is at work, see PostgresPulse, but for too long.
        NpgsqlException { InnerException: TimeoutException } => PostgresTrouble.Outage,
        NpgsqlException npgsql when IsExhausted(npgsql) => PostgresTrouble.Outage,
        NpgsqlException { InnerException: not null } => PostgresTrouble.Lost,
        SocketException => PostgresTrouble.Lost,
        NpgsqlException { Message: NoPrimary } => PostgresTrouble.Lost,
        NpgsqlException npgsql => npgsql.IsTransient ? PostgresTrouble.Lost : PostgresTrouble.Outage,
        _ => error.Message.StartsWith(OutOfStep, StringComparison.Ordinal) ? PostgresTrouble.Lost : PostgresTrouble.None,
    };

    /// <summary>What a caller is told whose read has failed; null when that is a bug.</summary>
    public static string? DescribeOutage(Exception error) => Trouble(error) is PostgresTrouble.Lost or PostgresTrouble.Outage
        ? "The shop cannot reach its database at the moment. Try the same again in a few seconds."
        : null;

    private static PostgresTrouble Trouble(string state) => state switch
    {
        // 23505: two have inserted the same; the next look finds the other's.
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation => PostgresTrouble.Race,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.ReadOnlySqlTransaction or "57P05" or "25P03" => PostgresTrouble.Lost,
        _ when state.StartsWith("08", StringComparison.Ordinal) => PostgresTrouble.Lost,
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DatabaseDropped
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege => PostgresTrouble.Outage,
        _ => state[..2] is "53" or "58" or "28" ? PostgresTrouble.Outage : PostgresTrouble.None,
    };

    /// <summary>All connections are in use: nothing is known of the database.</summary>
    public static bool IsExhausted(Exception error) => error.InnerException is AggregateException hosts
        ? hosts.InnerExceptions.Any(IsExhausted)
        : error.Message.StartsWith(PoolExhausted, StringComparison.Ordinal);

    private static void Default(NpgsqlConnectionStringBuilder parts, string key, object value)
    {
        // An alias of the key counts too. ContainsKey would say of every key that exists that it is there.
        if (!parts.ShouldSerialize(key))
        {
            parts[key] = value;
        }
    }

    private static TargetSessionAttributes ParseTarget(string? text) => text?.ToLower(CultureInfo.InvariantCulture) switch
    {
        "any" => TargetSessionAttributes.Any,
        "read-write" => TargetSessionAttributes.ReadWrite,

        // A shop cannot do without the server that takes writes, whatever else is preferred.
        _ => TargetSessionAttributes.Primary,
    };

    private static void Prepare(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(SessionSettings, connection);
        command.ExecuteNonQuery();
    }

    private static async Task PrepareAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(SessionSettings, connection);
        await command.ExecuteNonQueryAsync();
    }
}
