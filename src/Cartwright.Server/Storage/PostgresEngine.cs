using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>
/// PostgreSQL: as many writers at once as there are, in any number of processes. Work that lost a race, or its connection before the commit
/// was sent, is run again; the pool finds the server that takes writes now.
/// </summary>
internal sealed partial class PostgresEngine : IEngine
{
    private const int MaxRaces = 6;

    // Waits between tries in milliseconds, for a server that restarts or a standby that takes over: 6 seconds in all.
    private static readonly int[] Waits = [20, 50, 100, 200, 400, 800, 1500, 3000];

    // And no try begins later than this after the first loss: a host that says nothing takes seconds for each.
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(12);

    private static readonly Problem Closing = Problem.Unavailable("The shop is closing, and nothing was changed. Try the same again in a few seconds.");
    private static readonly Problem Busy = Problem.Unavailable("The shop is busy, and nothing was changed. Try the same again in a few seconds.");
    private static readonly Problem Down = Problem.Unavailable("The shop cannot reach its database at the moment, and nothing was changed. Try the same again in a few seconds.");
    private static readonly Problem Unknown = Problem.Unavailable(
        "Whether this was saved is not known: the connection to the database was lost at that moment. Repeat it with the same idempotency_key; without one, look first (show_cart, get_order).");

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlMultiHostDataSource? _hosts;
    private readonly PostgresPulse _pulse;
    private readonly PostgresStatements _statements = new();
    private readonly PostgresNews _news;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ILogger _logger = NullLogger.Instance;

    // What is under way, and one until it is closing.
    private int _active = 1;
    private volatile bool _isClosing;

    // When the pool was emptied last.
    private long _forgotten;

    private PostgresEngine(string connection)
    {
        (_source, _hosts) = Postgres.ConnectHosts(connection);
        _pulse = new PostgresPulse(connection);
        _news = new PostgresNews(connection, _source, Forget, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), () => _logger);
    }

    public bool IsPostgres => true;

    /// <summary>Connects and brings the schema up to date: of many processes that start at once, one does, and the others wait for it.</summary>
    public static async ValueTask<Result<IEngine>> Open(string connection, TimeProvider time)
    {
        var engine = new PostgresEngine(connection);
        try
        {
            var migrated = await engine.Repeat(PostgresMode.Write, session => Migrate(session, time), isRepeatable: true, CancellationToken.None);
            if (migrated.Ok)
            {
                return engine;
            }

            await engine.DisposeAsync();
            return Problem.Unavailable($"{Postgres.Describe(connection)}: {migrated.Problem.Advice}");
        }
        catch (Exception error) when (error is DbException or IOException or TimeoutException or SocketException)
        {
            await engine.DisposeAsync();
            return Problem.Unavailable($"{Postgres.Describe(connection)} cannot be used ({Postgres.FirstLine(error)}): {Postgres.Advise(error)}.");
        }
    }

    public async ValueTask<T> Read<T>(Func<DbSession, ValueTask<T>> work, bool isSingle, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(!Enter(), typeof(Database));
        try
        {
            return (await Repeat<T>(
                isSingle ? PostgresMode.Single : PostgresMode.Snapshot, async session => await work(session), isRepeatable: true, cancellation)).Value;
        }
        catch (Exception error) when (Postgres.DescribeOutage(error) is not null)
        {
            LogUnread(Postgres.FirstLine(error));
            throw;
        }
        finally
        {
            Leave();
        }
    }

    public async ValueTask<Result<T>> Write<T>(Func<DbSession, ValueTask<Result<T>>> work, bool isRepeatable, CancellationToken cancellation)
    {
        if (!Enter())
        {
            return Closing;
        }

        try
        {
            return await Repeat(PostgresMode.Write, work, isRepeatable, cancellation);
        }
        catch (Exception error) when (Postgres.Trouble(error) is var trouble and not PostgresTrouble.None && !IsDuplicate(error))
        {
            LogFailed(error);
            return error is UncertainException ? Unknown : trouble == PostgresTrouble.Lost ? Down : Busy;
        }
        finally
        {
            Leave();
        }
    }

    public Notices Notices => _news.Notices;

    public void LogTo(ILogger logger) => _logger = logger;

    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        Leave();
        await _drained.Task;
        await _news.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static async ValueTask<Result<long>> Migrate(DbSession session, TimeProvider time)
    {
        await Locks.Migrations(session);
        session.TakeTime();
        return await PostgresTarget.Check(session) is { } unfit ? unfit : await Migrations.Run(session, Postgres.Dialect, time);
    }

    /// <summary>Runs work in a transaction of its own until it is through, or there is no point in trying again; then the error is the caller's.</summary>
    private async ValueTask<Result<T>> Repeat<T>(
        PostgresMode mode, Func<DbSession, ValueTask<Result<T>>> work, bool isRepeatable, CancellationToken cancellation)
    {
        var (races, losses, isUncertain, lost) = (0, 0, false, 0L);
        while (true)
        {
            PostgresSession? session = null;
            var begun = Stopwatch.GetTimestamp();
            try
            {
                var connection = await Connect(cancellation);
                try
                {
                    session = new PostgresSession(connection, mode, _statements, _pulse);
                    var result = await work(session);
                    if (result.Ok && mode == PostgresMode.Write)
                    {
                        await session.Commit();
                        _news.Tell(session.TakeNews());
                    }

                    return result;
                }
                finally
                {
                    await Release(connection, session?.Abandoned);
                }
            }
            catch (NpgsqlException error) when (Postgres.Trouble(error) == PostgresTrouble.Race && races < (IsDuplicate(error) ? 2 : MaxRaces))
            {
                LogRace(error.Message);
                await Wait(races++);
            }
            catch (Exception error) when (Postgres.Trouble(error) == PostgresTrouble.Lost || IsUncertain(error, session))
            {
                // Whoever lost theirs at the same time may have done it already.
                if (begun >= Interlocked.Read(ref _forgotten))
                {
                    Forget();
                }

                isUncertain |= session is { IsCommitSent: true };
                lost = losses == 0 ? Stopwatch.GetTimestamp() : lost;
                var isLast = losses == Waits.Length || _isClosing || Stopwatch.GetElapsedTime(lost) > LongestOutage;
                if (isUncertain && (isLast || !isRepeatable))
                {
                    throw new UncertainException(error);
                }

                if (isLast)
                {
                    throw;
                }

                LogLost(error.Message);
                await Wait(losses++);
            }
            catch (NpgsqlException error) when (isUncertain)
            {
                // This time nothing was done; but the time before?
                throw new UncertainException(error);
            }
        }
    }

    private async ValueTask<NpgsqlConnection> Connect(CancellationToken cancellation)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellation);
        }
        catch (Exception error) when (error is TimeoutException or NpgsqlException { InnerException: TimeoutException } && !Postgres.IsExhausted(error))
        {
            throw new SilenceException(error.Message, error);
        }
    }

    /// <summary>Gives a connection back; one on which a statement was abandoned only when the driver is through with it.</summary>
    private static ValueTask Release(NpgsqlConnection connection, Task? abandoned)
    {
        if (abandoned is null)
        {
            return connection.DisposeAsync();
        }

        _ = Task.Run(async () =>
        {
            await Task.WhenAny(abandoned);
            _ = abandoned.Exception;
            await connection.DisposeAsync();
        });
        return default;
    }

    /// <summary>Leaves the connections that there are, and looks again for the host that takes writes: this may be another now.</summary>
    private void Forget()
    {
        Interlocked.Exchange(ref _forgotten, Stopwatch.GetTimestamp());
        _source.Clear();
        _hosts?.ClearDatabaseStates();
    }

    // The commit was sent, and no answer of the server says that it was refused: not even a wait that was too long is one.
    private static bool IsUncertain(Exception error, PostgresSession? session) => session is { IsCommitSent: true } && error is NpgsqlException and not PostgresException;

    private static bool IsDuplicate(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    // Up to twice the time, so that those who met do not meet again. Real time: no clock of a test stands still for a database.
    private static Task Wait(int tries) => Task.Delay(Waits[tries] * RandomNumberGenerator.GetInt32(100, 200) / 100);

    private bool Enter()
    {
        Interlocked.Increment(ref _active);
        if (!_isClosing)
        {
            return true;
        }

        Leave();
        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _active) == 0)
        {
            _drained.TrySetResult();
        }
    }

    [LoggerMessage(1003, LogLevel.Debug, "A transaction is run again, another was in its way: {Why}")]
    private partial void LogRace(string why);

    [LoggerMessage(1004, LogLevel.Warning, "The connection to the database was lost; the work is done again on another: {Why}")]
    private partial void LogLost(string why);

    [LoggerMessage(1005, LogLevel.Error, "A write could not be committed; it is undone, or not known to be done.")]
    private partial void LogFailed(Exception error);

    // A line: in an outage there are many.
    [LoggerMessage(1006, LogLevel.Error, "The database could not be read: {Why}")]
    private partial void LogUnread(string why);

    /// <summary>The connection was lost while the commit was on its way.</summary>
    private sealed class UncertainException(Exception lost) : NpgsqlException(lost.Message, lost);
}
