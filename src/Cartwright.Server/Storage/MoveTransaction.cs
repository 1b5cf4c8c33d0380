using System.Net.Sockets;
using Npgsql;

namespace Cartwright.Server.Storage;

/// <summary>Commits a move. When the connection is lost at that moment, it asks on another what has become of it.</summary>
internal sealed class MoveTransaction(NpgsqlDataSource pool, string name)
{
    // Waits between tries in milliseconds, for a server that restarts or a standby that takes over.
    private static readonly int[] Waits = [0, 200, 500, 1000, 2000, 4000, 8000];

    /// <summary>Commits; null when that is done. An error before the commit is on its way is thrown: nothing is committed then.</summary>
    public async ValueTask<Problem?> Commit(PostgresSession target)
    {
        var id = (await target.First("select pg_current_xact_id()::text", row => row.GetString(0)))!;
        try
        {
            await target.Commit();
            return null;
        }
        catch (Exception error) when (error is NpgsqlException and not PostgresException or TimeoutException or SocketException or IOException)
        {
            return await Ask(id) switch
            {
                "committed" => null,
                "aborted" => Problem.Unavailable($"{name}: {Postgres.FirstLine(error)}. Nothing was copied."),
                _ => Problem.Unavailable(
                    $"{name}: {Postgres.FirstLine(error)}, in the moment of the commit, and whether it was committed cannot be found out now. "
                    + "Do the same again when the server is back: if it says that the database is not empty, all has been copied."),
            };
        }
    }

    private async ValueTask<string?> Ask(string id)
    {
        foreach (var wait in Waits)
        {
            await Task.Delay(wait);
            try
            {
                pool.Clear();
                await using var connection = await pool.OpenConnectionAsync();
                await using var ask = new NpgsqlCommand("select pg_xact_status($1::xid8)", connection) { Parameters = { new() { Value = id, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } } };
                if (await ask.ExecuteScalarAsync() is string status and not "in progress")
                {
                    return status;
                }
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidParameterValue)
            {
                // A standby that has taken over never heard of the transaction.
                return "aborted";
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or SocketException)
            {
                // Again.
            }
        }

        return null;
    }
}
