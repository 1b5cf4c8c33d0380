using Cartwright.Server;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Storage;

public sealed class Opening
{
    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task A_new_folder_gets_the_newest_schema_and_opening_again_changes_nothing()
    {
        using var folder = new TempFolder();
        var inside = Path.Combine(folder.Path, "a", "b");
        for (var i = 0; i < 2; i++)
        {
            await using var database = (await Database.Open(inside, postgres: null, new FakeTime())).Value;
            Assert.Equal(Migrations.Newest, await database.Read(session => session.Integer("select max(version) from schema_version")));
            Assert.Equal(1, await database.Read(session => session.Integer("select count(*) from schema_version")));
        }
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused_in_one_line()
    {
        await using var shop = await TestShop.Empty();
        await shop.Database.Write<int>(async session => await session.Execute("insert into schema_version values (999, 0)"));
        using var other = new TempFolder();
        await shop.Database.DisposeAsync();
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(shop.Second);
        Assert.Contains("written by a newer Cartwright (schema 999, ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("update the program.", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task A_folder_that_cannot_be_used_is_named_in_one_line_with_what_to_do()
    {
        using var folder = new TempFolder();
        var file = folder.File("file", "not a folder");
        var notADatabase = Path.GetDirectoryName(folder.File("other/cartwright.db", new string('x', 5000)))!;
        foreach (var path in new[] { Path.Combine(file, "data"), file, notADatabase, "/proc/cartwright", "" })
        {
            var problem = (await Database.Open(path, postgres: null, new FakeTime())).Problem!;
            Assert.Equal(ProblemKind.Unavailable, problem.Kind);
            Assert.StartsWith($"The data folder {path} cannot be used", problem.Advice, StringComparison.Ordinal);
            Assert.Contains("CARTWRIGHT_DATA", problem.Advice, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', problem.Advice);
        }
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task Several_may_open_a_new_folder_at_the_same_moment_and_write_to_it()
    {
        using var folder = new TempFolder();
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            (await Database.Open(folder.Path, postgres: null, new FakeTime())).Value)));
        var ended = new EndedSessions(databases[0], new FakeTime());
        await Task.WhenAll(databases.SelectMany((database, i) => Enumerable.Range(0, 25).Select(n => Task.Run(async () =>
            Assert.True((await new EndedSessions(database, new FakeTime()).End($"{i} {n}", DateTimeOffset.MaxValue)).Ok)))));
        Assert.True(await ended.IsEnded("3 24"));
        Assert.Equal(100, await databases[1].Read(session => session.Integer("select count(*) from ended_session")));
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }
}
