using Cartwright.Server;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;
using Npgsql;

namespace Cartwright.Tests.Storage;

/// <summary>What a write comes to when its connection to PostgreSQL ends in the middle of it.</summary>
[Trait(Engine.Trait, Engine.Postgres)]
public sealed class LostConnections
{
    // A session that ends itself: once in all, because a sequence keeps counting when its transaction is undone.
    private const string EndOnce = "select pg_terminate_backend(pg_backend_pid()) from nextval('ends') where nextval = 1";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Before_the_commit_it_is_done_again_and_once(bool isRepeatable)
    {
        await using var shop = await TestShop.Empty();
        await Prepare(shop.Database);
        var runs = 0;
        var written = await shop.Database.Write<int>(
            async session =>
            {
                runs++;
                await session.Execute("insert into secret (name, value) values ('once', @value)", ("@value", new byte[] { 1 }));
                return await session.Execute(EndOnce);
            },
            isRepeatable);
        Assert.True(written.Ok, written.Problem?.Advice);
        Assert.Equal(2, runs);
        Assert.Equal(1, await Count(shop.Database));
    }

    [Fact]
    public async Task In_the_commit_it_is_done_again_only_when_that_comes_to_the_same()
    {
        await using var shop = await TestShop.Empty();
        await Prepare(shop.Database);
        await shop.Database.Write<bool>(async session =>
        {
            await session.Script($"""
                create function end_it() returns trigger language plpgsql as $$ begin perform 1 from ({EndOnce}) ended; return null; end $$;
                create constraint trigger ends after insert on secret deferrable initially deferred for each row execute function end_it();
                """);
            return true;
        });

        // The server is gone before it says whether it has committed: only looking tells.
        var unknown = await Insert(shop.Database, "once", isRepeatable: false);
        Assert.Equal(ProblemKind.Unavailable, unknown.Problem?.Kind);
        Assert.Contains("is not known", unknown.Problem!.Advice, StringComparison.Ordinal);
        Assert.Contains("show_cart", unknown.Problem.Advice, StringComparison.Ordinal);
        Assert.Equal(0, await Count(shop.Database));

        await shop.Database.Write<bool>(async session => await session.Integer("select setval('ends', 1, false)") == 1);
        Assert.True((await Insert(shop.Database, "once", isRepeatable: true)).Ok);
        Assert.Equal(1, await Count(shop.Database));
    }

    [Fact]
    public async Task After_the_commit_what_cannot_be_repeated_is_not_known_and_what_can_is_there_once()
    {
        using var folder = new TempFolder();
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.CreateEmpty(folder.Path));
        using var proxy = new CuttingProxy(server.Port);
        server.Port = proxy.Port;

        // Prepared, a commit would go by without its name.
        server.MaxAutoPrepare = 0;
        await using var database = (await Database.Open("unused", server.ConnectionString, new FakeTime())).Value;

        proxy.Arm();
        var unknown = await Look("first", isRepeatable: false);
        Assert.Contains("is not known", unknown.Problem!.Advice, StringComparison.Ordinal);
        Assert.Equal((1, 1), ((int)(await Count(database))!, proxy.Cuts));

        proxy.Arm();
        Assert.Equal("was there", (await Look("second", isRepeatable: true)).Value);
        Assert.Equal((2, 2), ((int)(await Count(database))!, proxy.Cuts));

        // As all do that have an idempotency key.
        ValueTask<Result<string>> Look(string name, bool isRepeatable) => database.Write<string>(
            async session =>
            {
                if (await session.Integer("select 1 from secret where name = @name", ("@name", name)) is not null)
                {
                    return "was there";
                }

                await session.Execute("insert into secret (name, value) values (@name, @value)", ("@name", name), ("@value", new byte[] { 1 }));
                return "made";
            },
            isRepeatable);
    }

    [Fact]
    public async Task A_read_is_done_again()
    {
        await using var shop = await TestShop.Empty();
        await Prepare(shop.Database);
        var runs = 0;
        await shop.Database.Read(async session =>
        {
            if (runs++ == 0)
            {
                await session.Integer("select pg_terminate_backend(pg_backend_pid())::int");
            }

            return await session.Integer("select 1");
        });
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task Statements_that_were_prepared_before_another_instance_migrated_are_prepared_anew()
    {
        await using var shop = await TestShop.Empty();
        await Migrate(shop.Database, "create table upgraded (value bigint); insert into upgraded values (1)");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("1", await Value());
        }

        await Migrate(shop.Database, "alter table upgraded alter column value type text");
        Assert.Equal("1", await Value());
        Assert.True((await shop.Database.Write<bool>(async session => await session.First("select value from upgraded", row => row.GetString(0)) == "1")).Value);

        async Task<string?> Value() => await shop.Database.ReadOne(session => session.First("select value from upgraded", row => $"{row.GetValue(0)}"));
    }

    [Fact]
    public async Task All_connections_of_the_pool_may_end_at_once()
    {
        await using var shop = await TestShop.Open();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => shop.Add(new(Conversation: $"{i}"), "fern").AsTask()));
        await using (var second = await shop.Second())
        {
            await second.Database.Read(session => session.Query(
                "select pg_terminate_backend(pid)::text from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", row => row.GetString(0)));
        }

        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 30).Select(i => shop.Add(new(Conversation: $"{i}"), "fern", key: $"{i}").AsTask())),
            cart => Assert.Equal(2, cart.Value.ItemCount));
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_found()
    {
        using var folder = new TempFolder();
        var connection = TestDatabase.CreateEmpty(folder.Path);
        var host = $"127.0.0.1:{new NpgsqlConnectionStringBuilder(connection).Port}";
        await using var database = (await Database.Open("unused", $"{connection};Host=127.0.0.1:9,{host};Target Session Attributes=primary", new FakeTime())).Value;
        await Prepare(database);
        Assert.True((await Insert(database, "once", isRepeatable: true)).Ok);

        // A session that may only read is one of a server that was the primary.
        var runs = 0;
        var written = await database.Write<int>(async session =>
        {
            await session.Execute(runs++ == 0 ? "set transaction read only" : "set transaction read write");
            return await session.Execute("delete from secret");
        });
        Assert.Equal((1, 2), (written.Value, runs));
    }

    [Fact]
    public void A_connection_string_says_more_than_the_defaults_and_they_say_the_rest()
    {
        using var bare = Postgres.Connect("Host=db;Username=ann");
        var chosen = new NpgsqlConnectionStringBuilder(bare.ConnectionString);
        Assert.Equal((20, 100, 5, 300, true), (chosen.MaxPoolSize, chosen.MaxAutoPrepare, chosen.Timeout, chosen.HostRecheckSeconds, chosen.NoResetOnClose));
        Assert.Equal((true, 10, 5), (chosen.TcpKeepAlive, chosen.TcpKeepAliveTime, chosen.TcpKeepAliveInterval));

        // By an alias, and with the value that the driver would take anyway.
        using var given = Postgres.Connect("Host=db;Username=ann;MaxPoolSize=7;Max Auto Prepare=0;Timeout=15");
        var kept = new NpgsqlConnectionStringBuilder(given.ConnectionString);
        Assert.Equal((7, 0, 15), (kept.MaxPoolSize, kept.MaxAutoPrepare, kept.Timeout));
    }

    [Fact]
    public async Task A_statement_that_fails_spoils_nothing_for_those_who_come_after_on_its_connection()
    {
        using var folder = new TempFolder();
        await using var database = (await Database.Open("unused", $"{TestDatabase.CreateEmpty(folder.Path)};Maximum Pool Size=2", new FakeTime())).Value;
        foreach (var text in new[] { "'fern':*", "'':*", "'fern':*", "'aloe':*", "'':*", "'aloe':*", "'fern':*" })
        {
            var asked = database.ReadOne(session => session.First("select 1 from product_search where words @@ to_tsquery('cartwright', @match)", row => "found", ("@match", text)));
            if (text == "'':*")
            {
                await Assert.ThrowsAsync<PostgresException>(async () => await asked);
            }
            else
            {
                Assert.Null(await asked);
            }
        }

#pragma warning disable CA2201 // What the driver throws.
        Assert.Equal(PostgresTrouble.Lost, Postgres.Trouble(new Exception("Received unexpected backend message DataRow. Please file a bug.")));
#pragma warning restore CA2201
    }

    [Fact]
    public async Task Whoever_only_looks_is_told_too_to_try_again()
    {
        using var folder = new TempFolder();
        await using var shop = await ShopServer.Start("groceries", folder);
        Assert.False((await shop.Call("show_cart")).IsError());
        TestDatabase.DropAll(folder.Path);

        const string advice = "The shop cannot reach its database at the moment. Try the same again in a few seconds.";
        var shown = await shop.Call("show_cart", """{"cart_id":"cart_1"}""");
        Assert.True(shown.IsError());
        Assert.Equal(advice, shown.Text());
        var twin = await shop.Wire.Send("POST", "/mcp/tools/call", Mcp.Wire.Json("""{"name":"show_cart","arguments":{"cart_id":"cart_1"}}"""));
        Assert.Equal(503, twin.Status);
        Assert.Contains(advice, twin.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_no_host_is_the_wanted_one_another_try_may_find_it()
    {
        using var folder = new TempFolder();
        await using var source = new NpgsqlDataSourceBuilder(TestDatabase.CreateEmpty(folder.Path)).BuildMultiHost();
        var error = await Assert.ThrowsAsync<NpgsqlException>(async () => await source.OpenConnectionAsync(TargetSessionAttributes.Standby));
        Assert.Equal(PostgresTrouble.Lost, Postgres.Trouble(error));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("nowhere.invalid")]
    public async Task A_database_that_is_not_there_is_named_without_its_password(string host)
    {
        var connection = $"Host={host};Port=9;Database=shop;Username=ann;Password=the secret;Timeout=1";
        var problem = (await Database.Open("unused", connection, new FakeTime())).Problem!;
        Assert.StartsWith($"PostgreSQL {host}:9/shop cannot be used (", problem.Advice, StringComparison.Ordinal);
        Assert.Contains("CARTWRIGHT_DATABASE", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("the secret", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Advice);
    }

    [Fact]
    public async Task Ten_that_open_a_new_database_at_once_migrate_it_once()
    {
        using var folder = new TempFolder();
        var connection = TestDatabase.CreateEmpty(folder.Path);
        var databases = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(async () => (await Database.Open("unused", connection, new FakeTime())).Value)));
        Assert.Equal(1, await databases[0].Read(session => session.Integer("select count(*) from schema_version")));
        Assert.Equal(Migrations.Newest, await databases[9].Read(session => session.Integer("select max(version) from schema_version")));
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    private static async Task Prepare(Database database) => Assert.True((await database.Write<bool>(async session =>
    {
        await session.Script("create sequence ends");
        return true;
    })).Ok);

    private static ValueTask<Result<int>> Insert(Database database, string name, bool isRepeatable) => database.Write<int>(
        async session => await session.Execute(
            "insert into secret (name, value) values (@name, @value) on conflict (name) do nothing", ("@name", name), ("@value", new byte[] { 1 })),
        isRepeatable);

    private static async Task Migrate(Database database, string sql) => Assert.True((await database.Write<bool>(async session =>
    {
        await session.Script(sql);
        return true;
    })).Ok);

    private static ValueTask<long?> Count(Database database) => database.Read(session => session.Integer("select count(*) from secret where name in ('once', 'first', 'second')"));
}
