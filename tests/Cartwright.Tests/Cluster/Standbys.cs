using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;
using Npgsql;

namespace Cartwright.Tests.Cluster;

/// <summary>What becomes of a shop that was led to a server that only follows another.</summary>
[Trait(Engine.Trait, Engine.Postgres)]
public sealed class Standbys
{
    [Fact]
    public async Task A_standby_is_no_database_to_serve_from_and_a_write_on_it_looks_for_another()
    {
        using var databases = await PostgresPair.Start();
        var problem = (await Database.Open("unused", databases.StandbyConnection, new FakeTime())).Problem!;
        Assert.Contains("it takes no writes, as a standby does", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Advice);

        await using var source = NpgsqlDataSource.Create(databases.StandbyConnection);
        await using var begin = source.CreateCommand("begin isolation level read committed read write");
        var refused = await Assert.ThrowsAsync<PostgresException>(async () => await begin.ExecuteNonQueryAsync());
        Assert.Equal(PostgresTrouble.Lost, Postgres.Trouble(refused));
    }
}
