using Cartwright.Server;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;

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
