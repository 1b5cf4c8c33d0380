using Cartwright.Server;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cartwright.Tests.Storage;

/// <summary>What a shop does while its PostgreSQL is silent, away, crowded, or will not have it.</summary>
[Trait(Engine.Trait, Engine.Postgres)]
public sealed class Outages
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_vanishes_without_a_word_is_left_for_one_that_answers(bool hasOtherHost)
    {
        using var folder = new TempFolder();
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.CreateEmpty(folder.Path));
        using var proxy = new CuttingProxy(server.Port);
        var hosts = hasOtherHost ? $"127.0.0.1:{proxy.Port},127.0.0.1:{server.Port};Target Session Attributes=primary" : $"127.0.0.1:{proxy.Port}";
        await using var database = (await Database.Open("unused", $"{server};Host={hosts}", new FakeTime())).Value;
        Assert.True((await Insert(database, "first", isRepeatable: true)).Ok);

        proxy.Silence();
        var writes = Enumerable.Range(0, 5).Select(_ => Insert(database, "once", isRepeatable: true).AsTask()).ToList();
        var reads = Enumerable.Range(0, 5).Select(_ => Count(database).AsTask()).ToList();
        if (!hasOtherHost)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            proxy.Resume();
        }

        Assert.All(await Task.WhenAll(writes), written => Assert.True(written.Ok, written.Problem?.Advice));
        Assert.All(await Task.WhenAll(reads), count => Assert.InRange(count!.Value, 1, 2));

        // Nobody tries the silent one again and again.
        var tries = proxy.Accepted;
        for (var i = 0; hasOtherHost && i < 5; i++)
        {
            Assert.Equal(2, await Count(database));
        }

        Assert.True(!hasOtherHost || proxy.Accepted == tries, $"{proxy.Accepted - tries} more were tried.");
    }

    [Fact]
    public async Task A_commit_without_an_answer_is_done_again_only_when_that_comes_to_the_same()
    {
        using var folder = new TempFolder();
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.CreateEmpty(folder.Path));
        using var proxy = new CuttingProxy(server.Port);
        await using var database = (await Database.Open("unused", $"{server};Port={proxy.Port}", new FakeTime())).Value;
        foreach (var (isRepeatable, name) in new[] { (false, "first"), (true, "second") })
        {
            var runs = 0;
            var written = await database.Write<int>(
                async session =>
                {
                    var made = await session.Execute("insert into secret (name, value) values (@name, '') on conflict (name) do nothing", ("@name", name));
                    if (runs++ == 0)
                    {
                        proxy.Silence();
                        _ = Task.Run(async () =>
                        {
                            await Task.Delay(TimeSpan.FromSeconds(1));
                            proxy.Resume();
                            Terminate(server, "idle in transaction");
                        });
                    }

                    return made;
                },
                isRepeatable);
            Assert.Equal(isRepeatable, written.Ok);
            Assert.Contains("is not known", written.Problem?.Advice ?? "is not known", StringComparison.Ordinal);
        }

        Assert.Equal(1, await Count(database));
    }

    [Fact]
    public async Task Whoever_waits_long_for_a_row_has_not_lost_its_connection()
    {
        await using var shop = await TestShop.Empty();
        await Insert(shop.Database, "once", isRepeatable: true);
        var (locked, runs) = (new TaskCompletionSource(), 0);
        var holds = shop.Database.Write<int>(async session =>
        {
            var touched = await Touch(session);
            locked.SetResult();
            await Task.Delay(PostgresPulse.Patience * 1.5);
            return touched;
        }).AsTask();
        await locked.Task;
        var waits = await shop.Database.Write<int>(async session =>
        {
            runs++;
            return await Touch(session);
        });
        Assert.True(waits.Ok, waits.Problem?.Advice);
        Assert.Equal(1, runs);
        Assert.True((await holds).Ok);

        static ValueTask<int> Touch(DbSession session) => session.Execute("update secret set value = '1' where name = 'once'");
    }

    [Fact]
    public async Task One_connection_is_enough_for_an_instance_that_listens()
    {
        using var folder = new TempFolder();
        await using var database = (await Database.Open("unused", $"{TestDatabase.CreateEmpty(folder.Path)};Maximum Pool Size=1", new FakeTime())).Value;
        _ = database.Notices;
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.True((await Insert(database, "once", isRepeatable: true)).Ok);
    }

    [Fact]
    public async Task In_an_outage_all_who_ask_for_the_catalogue_are_told_together()
    {
        using var folder = new TempFolder();
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.CreateEmpty(folder.Path));
        var proxy = new CuttingProxy(server.Port);
        await using var database = (await Database.Open("unused", $"{server};Port={proxy.Port}", new FakeTime())).Value;
        proxy.Dispose();
        Terminate(server, "idle");
        using var watch = new CatalogWatch(new ProductCatalog(database), new FakeTime(), NullLogger<CatalogWatch>.Instance);
        var errors = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Record.ExceptionAsync(async () => await watch.Version(CancellationToken.None)).AsTask()));
        Assert.NotNull(Assert.Single(errors.Distinct()));
    }

    [Theory]
    [InlineData("create role limited login", "limited", "grant it create on the database and on the schema public")]
    [InlineData("select 1", "nobody", "pg_hba.conf")]
    public async Task A_user_who_may_not_is_told_what_is_missing(string prepare, string user, string advice)
    {
        using var folder = new TempFolder();
        var connection = TestDatabase.CreateEmpty(folder.Path);
        await using (var source = NpgsqlDataSource.Create($"{connection};Pooling=false"))
        {
#pragma warning disable CA2100 // Constants of this file.
            await using var command = source.CreateCommand($"revoke create on schema public from public; {prepare}");
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }

        var problem = (await Database.Open("unused", $"{connection};Username={user}", new FakeTime())).Problem!;
        Assert.Contains(advice, problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("start it", problem.Advice, StringComparison.Ordinal);
    }

    /// <summary>Ends the sessions of the server's database that are in the state.</summary>
    private static void Terminate(NpgsqlConnectionStringBuilder server, string state)
    {
        using var source = NpgsqlDataSource.Create($"{server};Pooling=false");
        using var command = source.CreateCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = $1 and pid <> pg_backend_pid()");
        command.Parameters.AddWithValue(state);
        command.ExecuteNonQuery();
    }

    private static ValueTask<Result<int>> Insert(Database database, string name, bool isRepeatable) => database.Write<int>(
        async session => await session.Execute(
            "insert into secret (name, value) values (@name, @value) on conflict (name) do nothing", ("@name", name), ("@value", new byte[] { 1 })),
        isRepeatable);

    private static ValueTask<long?> Count(Database database) => database.Read(session => session.Integer("select count(*) from secret where name in ('once', 'first', 'second')"));
}
