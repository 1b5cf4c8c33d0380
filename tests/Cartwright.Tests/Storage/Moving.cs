using Cartwright.Server;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;
using Npgsql;

namespace Cartwright.Tests.Storage;

/// <summary><c>cartwright move</c>: a shop goes from SQLite to PostgreSQL.</summary>
[Trait(Engine.Trait, Engine.Postgres)]
public sealed class Moving
{
    [Fact]
    public async Task Everything_arrives_and_the_shop_goes_on_where_it_was()
    {
        using var folder = new TempFolder();
        var cart = await Fill(folder);
        var file = Path.Combine(folder.Path, "cartwright.db");
        var before = await File.ReadAllBytesAsync(file);
        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        using (var move = ShopProcess.Run(folder.Path, ["move", "--from", folder.Path, "--to", target]))
        {
            Assert.Equal(0, await move.Exit());
            Assert.Matches(@"Moved to PostgreSQL [^ ]+: [0-9,]+ rows of 31 tables", move.Output);
            Assert.Empty(move.Errors);
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(file));
        await using var database = (await Database.Open("unused", target, new FakeTime())).Value;
        await CopiedShop.AssertGoesOn(database, cart);
    }

    [Fact]
    public async Task A_target_with_anything_in_it_and_a_source_of_another_schema_are_refused()
    {
        using var folder = new TempFolder();
        await Fill(folder);
        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        await using (var database = (await Database.Open("unused", target, new FakeTime())).Value)
        {
            Assert.True((await new Secrets(database, new IdSource()).GetOrCreate("mine", 8)).Ok);
        }

        await Fails(folder, target, "is not empty (there is something in secret)");
        await using (var database = (await Database.Open(folder.Path, postgres: null, new FakeTime())).Value)
        {
            await database.Write<int>(async session => await session.Execute("insert into schema_version (version, applied_at) values (999, 0)"));
        }

        await Fails(folder, target, "has the schema 999");
        await Fails(folder, "Host=127.0.0.1;Port=9;Password=the secret;Timeout=1", "Nothing was copied");
        await Fails(folder, "what", "CARTWRIGHT_DATABASE must be a connection string");
    }

    [Fact]
    public async Task Stopped_in_the_middle_it_leaves_the_target_as_it_was()
    {
        using var folder = new TempFolder();
        await Fill(folder);
        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        using var stop = new CancellationTokenSource();
        var move = new DatabaseMove(new FakeTime()) { Progressed = (_, _) => stop.Cancel(), Index = ProductSearch.Rebuild };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await move.Run(folder.Path, target, stop.Token));
        var again = await new DatabaseMove(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(folder.Path, target, default);
        Assert.True(again.Ok, again.Problem?.Advice);
    }

    [Theory]
    [InlineData("commit", false, "run \"analyze\"")]
    [InlineData("commit", true, "Nothing was copied")]
    [InlineData("analyze", true, "run \"analyze\"")]
    public async Task A_connection_lost_at_the_end_does_not_hide_whether_all_was_copied(string statement, bool isHidden, string advice)
    {
        using var folder = new TempFolder();
        await Fill(folder);
        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        var parts = new NpgsqlConnectionStringBuilder(target);
        using var proxy = new CuttingProxy(parts.Port);
        (parts.Host, parts.Port, parts.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        proxy.Arm(statement, isHidden);
        var moved = await new DatabaseMove(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(folder.Path, parts.ConnectionString, default);
        Assert.Equal(1, proxy.Cuts);
        Assert.Contains(advice, moved.Ok ? Assert.Single(moved.Value.Notes) : moved.Problem.Advice, StringComparison.Ordinal);

        // What it said is so: again it can be done only if it was not.
        var again = await new DatabaseMove(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(folder.Path, target, default);
        Assert.NotEqual(moved.Ok, again.Ok);
    }

    [Fact]
    public async Task What_is_not_a_shops_is_left_as_it_is()
    {
        using var folder = new TempFolder();
        await Fill(folder);
        var file = Path.Combine(folder.Path, "backup.db");
        Assert.True((await new DatabaseBackup(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(folder.Path, null, file, overwrites: false, default)).Ok);
        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        var empty = folder.File("empty.db", "");
        using (var refused = ShopProcess.Run(folder.Path, ["move", "--from", empty, "--to", target]))
        {
            Assert.Equal(2, await refused.Exit());
            Assert.Contains("is not the database of a shop", refused.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(0, new FileInfo(empty).Length);
        var before = await File.ReadAllBytesAsync(file);
        var moved = await new DatabaseMove(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(file, target, default);
        Assert.True(moved.Ok, moved.Problem?.Advice);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.db-*"));
    }

    [Theory]
    [InlineData("create table unrelated (x int)", "the table unrelated")]
    [InlineData("create table cart (x int)", "the table cart")]
    [InlineData("create view seen as select 1 as x; create sequence counted", "the sequence counted, the view seen")]
    [InlineData("create table schema_version (version text)", "the table schema_version")]
    public async Task A_target_with_something_of_others_is_refused_by_its_name(string sql, string found)
    {
        using var folder = new TempFolder();
        await Fill(folder);
        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        await Execute(target, sql);
        await Fails(folder, target, $"is not empty (it has {found})");
    }

    [Fact]
    public async Task A_target_with_empty_tables_of_a_shop_is_taken()
    {
        using var folder = new TempFolder();
        await Fill(folder);
        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        await (await Database.Open("unused", target, new FakeTime())).Value.DisposeAsync();
        var moved = await new DatabaseMove(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(folder.Path, target, default);
        Assert.True(moved.Ok, moved.Problem?.Advice);
    }

    [Fact]
    public async Task A_target_of_another_encoding_is_refused_in_words()
    {
        using var folder = new TempFolder();
        await Fill(folder);
        var server = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        await Execute(server, "drop database if exists test_latin with (force)");
        await Execute(server, "create database test_latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
        await Fails(folder, new NpgsqlConnectionStringBuilder(server) { Database = "test_latin" }.ConnectionString, "create it with encoding 'UTF8'");
        await Execute(server, "drop database test_latin with (force)");
    }

    [Fact]
    public async Task Keys_that_PostgreSQL_cannot_have_are_left_out_and_it_is_said()
    {
        using var folder = new TempFolder();
        await Fill(folder);
        await using (var database = (await Database.Open(folder.Path, postgres: null, new FakeTime())).Value)
        {
            foreach (var key in (string[])["k\0a", "k\uFFFDa"])
            {
                await database.Write<int>(async session => await session.Execute(
                    "insert into idempotency (scope, key, request_hash, response, created_at) values ('cart', @key, '', '', 0)", ("@key", key)));
            }
        }

        var target = TestDatabase.CreateEmpty(Path.Combine(folder.Path, "target"));
        var moved = await new DatabaseMove(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(folder.Path, target, default);
        Assert.True(moved.Ok, moved.Problem?.Advice);
        Assert.Contains("1 kept answers were left out", Assert.Single(moved.Value.Notes), StringComparison.Ordinal);
    }

    private static async Task Execute(string target, string sql)
    {
        await using var connection = new NpgsqlConnection(target + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A shop on SQLite with a year of sales and a cart; the cart's id.</summary>
    private static async Task<string> Fill(TempFolder folder)
    {
        await using var database = (await Database.Open(folder.Path, postgres: null, new FakeTime())).Value;
        return await CopiedShop.Fill(database, Path.Combine(folder.Path, "catalog.json"));
    }

    private static async Task Fails(TempFolder folder, string target, string advice)
    {
        using var move = ShopProcess.Run(folder.Path, ["move", "--from", folder.Path], ("CARTWRIGHT_DATABASE", target));
        Assert.Equal(2, await move.Exit());
        Assert.Contains(advice, move.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("the secret", move.Errors, StringComparison.Ordinal);
        Assert.Single(move.Errors.TrimEnd().Split('\n'));
    }
}
