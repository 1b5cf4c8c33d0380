namespace Cartwright.Server.Storage;

/// <summary>Signed sessions that their clients ended before they expired. Only these are stored; all others cost nothing.</summary>
internal sealed class EndedSessions(Database database, TimeProvider time)
{
    /// <summary>Remembers the end until the session would have expired by itself. Ending twice is no error.</summary>
    public ValueTask<Result<bool>> End(string id, DateTimeOffset expiresAt, CancellationToken cancellation = default) =>
        database.Write<bool>(
            async session => await session.Execute(
                "insert into ended_session (id, expires_at) values (@id, @expires_at) on conflict (id) do nothing",
                ("@id", id),
                ("@expires_at", expiresAt.ToUnixTimeMilliseconds())) == 1,
            isRepeatable: true,
            cancellation);

    public ValueTask<bool> IsEnded(string id, CancellationToken cancellation = default) =>
        database.ReadOne(
            async session => await session.Integer("select 1 from ended_session where id = @id", ("@id", id)) is not null,
            cancellation);

    /// <summary>Forgets the sessions that have expired by now, and tells how many.</summary>
    public ValueTask<Result<int>> Sweep(CancellationToken cancellation = default) => database.Sweep(
        "ended_session", "id", "expires_at", time.GetUtcNow(), cancellation);
}
