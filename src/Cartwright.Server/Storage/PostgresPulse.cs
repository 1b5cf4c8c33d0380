using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>
/// Tells a statement that takes long, or waits for a lock, from one whose server has gone without a word: stopped, without power, or behind a
/// network that swallows everything. The driver alone would wait for its Command Timeout, and cannot tell the two apart.
/// </summary>
/// <param name="connection">As the operator gave it.</param>
internal sealed class PostgresPulse(string connection)
{
    /// <summary>How long a statement may go without an answer before its server is looked at, each time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // A look opens a connection: that may take as long as Postgres.ConnectOne lets it, and the processor may be busy.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(500);

    /// <summary>Ends when the statement does, with its error if it has one; or with a <see cref="SilenceException"/>, and then the statement goes on.</summary>
    /// <param name="running">The statement.</param>
    /// <param name="host">Of the server that runs it.</param>
    /// <param name="port">Of the server that runs it.</param>
    /// <param name="process">The server's process for it.</param>
    public async Task Follow(Task running, string host, int port, int process)
    {
        while (!await Ends(running, Patience))
        {
            // Without work for us, the server may have answered this very moment.
            if (!await IsAtWork(host, port, process) && !await Ends(running, OnItsWay))
            {
                throw new SilenceException("The database does not answer any more");
            }
        }
    }

    private static async Task<bool> Ends(Task running, TimeSpan wait)
    {
        try
        {
            await running.WaitAsync(wait);
            return true;
        }
        catch (TimeoutException)
        {
            // It may have ended since the wait did, and then counts with what it ended with.
            if (!running.IsCompleted)
            {
                return false;
            }

            await running;
            return true;
        }
    }

    private async Task<bool> IsAtWork(string host, int port, int process)
    {
        try
        {
            return await Task.Run(() => Ask(host, port, process)).WaitAsync(Look);
        }
        catch (PostgresException)
        {
            // Full, perhaps, but there.
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private async Task<bool> Ask(string host, int port, int process)
    {
        await using var source = Postgres.ConnectOne(connection, host, port);

        // Of a server that took the place of ours, under its address, it is another process, or none.
        await using var look = source.CreateCommand("select 1 from pg_stat_activity where pid = $1 and coalesce(state, '') not like 'idle%' and usename = current_user");
        look.Parameters.Add(new NpgsqlParameter<int> { TypedValue = process });
        return await look.ExecuteScalarAsync() is not null;
    }
}

/// <summary>A server is gone, as far as can be told, and said nothing.</summary>
internal sealed class SilenceException(string message, Exception? timeout = null) : NpgsqlException(message, timeout ?? new TimeoutException());
