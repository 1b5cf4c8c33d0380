namespace Cartwright.Server.Storage;

/// <summary>What legacy MCP sessions subscribed to, at whatever instance. Sessions that subscribe to nothing cost nothing.</summary>
internal sealed class KeptSubscriptions(Database database, TimeProvider time)
{
    // As many as an instance remembers of one session.
    private const int MostOfSession = 100;

    /// <summary>Keeps or drops a subscription; beyond the bound of a session nothing more is kept. All instances are told.</summary>
    public ValueTask<Result<bool>> Set(string session, string uri, bool isWanted, DateTimeOffset expiresAt, CancellationToken cancellation = default) =>
        database.Write<bool>(
            async db =>
            {
                var changed = isWanted ? await Add(db, session, uri, expiresAt) : await db.Execute(
                    "delete from session_subscription where session = @session and uri = @uri", ("@session", session), ("@uri", uri));
                if (changed > 0)
                {
                    db.Tell(Notices.Session, session);
                }

                return changed > 0;
            },
            isRepeatable: true,
            cancellation);

    public async ValueTask<IReadOnlyCollection<string>> Of(string session, CancellationToken cancellation = default) => await database.Read(
        db => db.Query("select uri from session_subscription where session = @session", row => row.GetString(0), ("@session", session)), cancellation);

    /// <summary>Drops what a session that has ended subscribed to.</summary>
    public async ValueTask Forget(string session, CancellationToken cancellation = default)
    {
        if ((await Of(session, cancellation)).Count > 0)
        {
            _ = await database.Write<int>(
                async db => await db.Execute("delete from session_subscription where session = @session", ("@session", session)), isRepeatable: true, cancellation);
        }
    }

    /// <summary>Forgets what belongs to sessions that have expired by now, and tells how many subscriptions that were.</summary>
    public ValueTask<Result<int>> Sweep(CancellationToken cancellation = default) =>
        database.Sweep("session_subscription", "session, uri", "expires_at", time.GetUtcNow(), cancellation);

    private static async ValueTask<int> Add(DbSession db, string session, string uri, DateTimeOffset expiresAt) => await db.Execute(
        """
        insert into session_subscription (session, uri, expires_at)
        select @session, @uri, @expires_at where (select count(*) from session_subscription where session = @session) < @most
        on conflict (session, uri) do nothing
        """,
        ("@session", session),
        ("@uri", uri),
        ("@expires_at", expiresAt.ToUnixTimeMilliseconds()),
        ("@most", MostOfSession));
}
