using Cartwright.Server;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Storage;

public sealed class GroupCommit
{
    [Fact]
    public async Task Whoever_is_answered_is_committed_as_another_process_sees()
    {
        await using var shop = await TestShop.Empty();
        await using var second = await shop.Second();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            Assert.True((await Insert(shop.Database, $"row {i}")).Ok);
            Assert.True(await Has(second.Database, $"row {i}"));
        })));
    }

    [Fact]
    public async Task Items_that_fail_are_undone_and_harm_no_neighbour_of_their_group()
    {
        await using var shop = await TestShop.Empty();
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        // Holds the writer inside a transaction until all the others have queued up behind: they are one group for sure.
        var first = Task.Run(async () => await shop.Database.Write<int>(session =>
        {
            entered.Set();
            gate.Wait();
            return ValueTask.FromResult<Result<int>>(1);
        }));
        entered.Wait();
        var writes = Enumerable.Range(0, 9).Select(i => Insert(shop.Database, $"row {i}", i % 3).AsTask()).ToList();
        gate.Set();
        await first;

        for (var i = 0; i < writes.Count; i++)
        {
            switch (i % 3)
            {
                case 0:
                    Assert.Equal(i, (await writes[i]).Value);
                    break;
                case 1:
                    Assert.Equal("on purpose", (await writes[i]).Problem!.Advice);
                    break;
                default:
                    Assert.Equal("thrown", (await Assert.ThrowsAsync<FormatException>(() => writes[i])).Message);
                    break;
            }

            Assert.Equal(i % 3 == 0, await Has(shop.Database, $"row {i}"));
        }
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task When_a_group_loses_its_transaction_all_of_it_fails_and_the_next_one_works()
    {
        await using var shop = await TestShop.Empty();
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var first = Task.Run(async () => await shop.Database.Write<int>(session =>
        {
            entered.Set();
            gate.Wait();
            return ValueTask.FromResult<Result<int>>(1);
        }));
        entered.Wait();
        var before = Insert(shop.Database, "before").AsTask();
        // What the engine does by itself on some errors of the disk.
        var losing = shop.Database.Write<int>(async session =>
        {
            await session.Execute("rollback");
            return Problem.Invalid("on purpose");
        }).AsTask();
        gate.Set();
        foreach (var answer in await Task.WhenAll(first, before, losing))
        {
            Assert.Equal(ProblemKind.Unavailable, answer.Problem?.Kind);
        }

        Assert.False(await Has(shop.Database, "before"));
        Assert.True((await Insert(shop.Database, "after")).Ok);
        Assert.True(await Has(shop.Database, "after"));
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task A_full_disk_is_a_problem_and_no_exception_and_passes()
    {
        await using var shop = await TestShop.Empty();
        var full = await shop.Database.Write<int>(async session =>
        {
            // SQLite raises a limit below the present size to that size: nothing can grow from here on.
            await session.Integer("pragma max_page_count = 1");
            return await session.Execute("insert into secret (name, value) values ('big', @value)", ("@value", new byte[1_000_000]));
        });
        Assert.Equal(ProblemKind.Unavailable, full.Problem!.Kind);
        await shop.Database.Write<int>(async session => (int)(await session.Integer("pragma max_page_count = 1000000"))!);
        Assert.True((await Insert(shop.Database, "small")).Ok);
        Assert.False(await Has(shop.Database, "big"));
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task A_write_cancelled_while_it_waits_never_runs()
    {
        await using var shop = await TestShop.Empty();
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var first = Task.Run(async () => await shop.Database.Write<int>(session =>
        {
            entered.Set();
            gate.Wait();
            return ValueTask.FromResult<Result<int>>(1);
        }));
        entered.Wait();
        var cancelled = Insert(shop.Database, "cancelled", cancellation: cancel.Token).AsTask();
        await cancel.CancelAsync();
        gate.Set();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(await Has(shop.Database, "cancelled"));
    }

    [Fact]
    public async Task Closing_finishes_what_was_accepted_and_refuses_the_rest()
    {
        await using var shop = await TestShop.Empty();
        var writes = Enumerable.Range(0, 200).Select(i => Insert(shop.Database, $"row {i}").AsTask()).ToList();
        await shop.Database.DisposeAsync();
        Assert.All(await Task.WhenAll(writes), write => Assert.True(write.Ok));
        Assert.Equal(ProblemKind.Unavailable, (await Insert(shop.Database, "late")).Problem!.Kind);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Has(shop.Database, "row 1").AsTask());
        await using var reopened = await shop.Second();
        Assert.Equal(200, await reopened.Database.Read(session => session.Integer("select count(*) from secret")));
    }

    [Fact]
    public async Task A_read_sees_one_snapshot_and_cannot_write()
    {
        await using var shop = await TestShop.Empty();
        var (before, after) = await shop.Database.Read(async session =>
        {
            var count = await session.Integer("select count(*) from secret");
            await Task.Run(async () => await Insert(shop.Database, "in between"));
            return (count, await session.Integer("select count(*) from secret"));
        });
        Assert.Equal((0, 0), (before, after));
        Assert.True(await Has(shop.Database, "in between"));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(async () =>
            await shop.Database.Read(session => session.Execute("delete from secret")));
        Assert.True(await Has(shop.Database, "in between"));
    }

    [Fact]
    public async Task Arguments_in_another_order_are_refused_not_mixed_up()
    {
        await using var shop = await TestShop.Empty();
        const string Sql = "select @a - @b";
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await shop.Database.Read(async session =>
        {
            Assert.Equal(2, await session.Integer(Sql, ("@a", 3), ("@b", 1)));
            return await session.Integer(Sql, ("@b", 1), ("@a", 3));
        }));
    }

    private static ValueTask<Result<int>> Insert(Database database, string name, int fate = 0, CancellationToken cancellation = default) => database.Write<int>(
        async session =>
        {
            await session.Execute("insert into secret (name, value) values (@name, @value)", ("@name", name), ("@value", new byte[] { 1 }));
            return fate switch
            {
                0 => int.TryParse(name.Split(' ')[^1], out var n) ? n : 0,
                1 => Problem.Invalid("on purpose"),
                _ => throw new FormatException("thrown"),
            };
        },
        cancellation);

    private static ValueTask<bool> Has(Database database, string name) => database.Read(
        async session => await session.Integer("select 1 from secret where name = @name", ("@name", name)) is not null);
}
