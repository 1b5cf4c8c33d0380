using System.Collections.Concurrent;
using Cartwright.Server;
using Cartwright.Server.Storage;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using Npgsql;

namespace Cartwright.Tests.Storage;

/// <summary>What a transaction has to tell is told when it is committed, and only then.</summary>
public sealed class News
{
    [Fact]
    public async Task Notices_are_told_after_the_commit_each_once_and_those_of_failed_work_never()
    {
        await using var shop = await TestShop.Empty();
        var heard = new ConcurrentQueue<string>();
        var last = new TaskCompletionSource();
        shop.Database.Notices.Listen(notice =>
        {
            heard.Enqueue($"{notice.Topic} {notice.Subject}");
            if (notice.Subject == "last")
            {
                last.SetResult();
            }
        });
        await Tell(shop.Database, Result.Good, "one", "one", "two");
        await Tell(shop.Database, Result.Bad, "refused");
        await Assert.ThrowsAsync<FormatException>(() => Tell(shop.Database, Result.Thrown, "thrown"));
        await Tell(shop.Database, Result.Good, "last");
        await last.Task.WaitAsync(Wire.Patience);
        Assert.Equal(["cart one", "cart two", "cart last"], heard);
    }

    [Fact]
    public async Task A_listener_that_throws_keeps_nothing_from_the_others_nor_from_the_next_write()
    {
        await using var shop = await TestShop.Empty();
        var heard = new SemaphoreSlim(0);
        shop.Database.Notices.Listen(_ => throw new FormatException("on purpose"));
        shop.Database.Notices.Listen(_ => heard.Release());
        await Tell(shop.Database, Result.Good, "one");
        await Tell(shop.Database, Result.Good, "two");
        Assert.True(await heard.WaitAsync(Wire.Patience) && await heard.WaitAsync(Wire.Patience));
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Postgres)]
    public async Task What_was_told_while_the_network_swallowed_everything_is_made_up_for()
    {
        using var folder = new TempFolder();
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.CreateEmpty(folder.Path));
        using var proxy = new CuttingProxy(server.Port);
        await using var far = (await Database.Open("unused", $"{server};Port={proxy.Port}", new FakeTime())).Value;
        await using var near = (await Database.Open("unused", $"{server}", new FakeTime())).Value;
        var (listens, madeUpFor) = (new TaskCompletionSource(), new TaskCompletionSource());
        far.Notices.Listen(notice => (notice.Subject.Length == 0 ? madeUpFor : listens).TrySetResult());
        while (!listens.Task.IsCompleted)
        {
            await Tell(near, Result.Good, "first");
            await Task.Delay(50);
        }

        proxy.Silence();
        await Tell(near, Result.Good, "swallowed");
        await Task.Delay(TimeSpan.FromSeconds(1));
        proxy.Resume();
        await madeUpFor.Task.WaitAsync(Wire.Patience);
    }

    private enum Result
    {
        Good,
        Bad,
        Thrown,
    }

    private static async Task Tell(Database database, Result result, params string[] subjects) => await database.Write<int>(session =>
    {
        foreach (var subject in subjects)
        {
            session.Tell(Notices.Cart, subject);
        }

        return result switch
        {
            Result.Good => ValueTask.FromResult<Result<int>>(1),
            Result.Bad => ValueTask.FromResult<Result<int>>(Problem.Invalid("on purpose")),
            _ => throw new FormatException("thrown"),
        };
    });
}
