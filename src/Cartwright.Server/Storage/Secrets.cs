namespace Cartwright.Server.Storage;

/// <summary>Random secrets that all instances share (session signing and the like), made once and kept in the database.</summary>
internal sealed class Secrets(Database database, IdSource ids)
{
    /// <summary>The secret of that name; the first to ask makes it, and all others get the same, in whatever process.</summary>
    public ValueTask<Result<byte[]>> GetOrCreate(string name, int bytes, CancellationToken cancellation = default) =>
        GetOrCreate(name, () => ids.Bytes(bytes), cancellation);

    /// <summary>The same for a secret that is not just any bytes.</summary>
    public async ValueTask<Result<byte[]>> GetOrCreate(string name, Func<byte[]> make, CancellationToken cancellation = default)
    {
        var known = await database.ReadOne(session => Get(session, name), cancellation);
        return known is not null ? known : await database.Write<byte[]>(
            async session =>
            {
                await session.Execute(
                    "insert into secret (name, value) values (@name, @value) on conflict (name) do nothing",
                    ("@name", name),
                    ("@value", make()));
                return (await Get(session, name))!;
            },
            isRepeatable: true,
            cancellation);
    }

    private static ValueTask<byte[]?> Get(DbSession session, string name) =>
        session.First("select value from secret where name = @name", row => row.GetFieldValue<byte[]>(0), ("@name", name));
}
