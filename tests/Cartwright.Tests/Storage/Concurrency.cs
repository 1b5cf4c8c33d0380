using Cartwright.Server.Carts;
using Cartwright.Server.Payments;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Storage;

/// <summary>Writers that run at the same time on PostgreSQL: who waits for whom, and that nobody waits in a circle.</summary>
[Trait(Engine.Trait, Engine.Postgres)]
public sealed class Concurrency
{
    [Fact]
    public async Task Writers_on_different_carts_do_not_wait_for_each_other_and_those_on_one_cart_do()
    {
        await using var shop = await TestShop.Open();
        await using var second = await shop.Second();
        var mine = (await shop.Add(new(Conversation: "mine"), "fern")).Value.CartId;
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var holding = shop.Database.Write<bool>(async session =>
        {
            await CartTables.FindToChange(session, new(mine), shop.Time.GetUtcNow().ToUnixTimeMilliseconds());
            entered.TrySetResult();
            await release.Task;
            return true;
        }).AsTask();
        await entered.Task;

        // The same products, new and known conversations, other instances: none of it waits.
        Assert.True((await second.Add(new(Conversation: "theirs"), "fern")).Ok);
        Assert.True((await shop.Add(new(Conversation: "theirs"), "monstera")).Ok);
        Assert.True((await shop.Add(new(), "fern", key: "a key that is long enough")).Ok);

        var waiting = new[] { second.Add(new(mine), "fern").AsTask(), shop.Add(new(Conversation: "mine"), "fern").AsTask() };
        await OrderShop.Until(async () => await Waiting(shop.Database) == 2);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        release.SetResult();
        Assert.True((await holding).Ok);
        Assert.Equal([2, 3], (await Task.WhenAll(waiting)).Select(cart => cart.Value.Version).Order());
    }

    [Fact]
    public async Task Calls_of_a_conversation_without_a_cart_that_come_at_once_make_one()
    {
        await using var shop = await TestShop.Open();
        await using var second = await shop.Second();
        var added = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
            (await (i % 2 == 0 ? shop : second).Add(new(Conversation: "new"), "fern")).Value)));
        Assert.Single(added.Select(cart => cart.CartId).Distinct());
        Assert.Equal(Enumerable.Range(1, 20).Select(version => (long)version), added.Select(cart => cart.Version).Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a conversation")]
    public async Task A_key_that_comes_many_times_at_once_has_its_effect_once(string? conversation)
    {
        await using var shop = await TestShop.Open();
        await using var second = await shop.Second();
        var added = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
            (await (i % 2 == 0 ? shop : second).Add(new(Conversation: conversation), "fern", 2, "the key of this one call")).Value)));
        Assert.Single(added.Select(cart => (cart.CartId, cart.Version)).Distinct());
        Assert.Equal(1, await shop.Database.Read(session => session.Integer("select count(*) from cart")));
        Assert.Equal(2, (await shop.Show(new(added[0].CartId))).ItemCount);
    }

    [Fact]
    public async Task Purchases_payments_and_loads_that_meet_in_every_order_never_deadlock_and_lose_nothing()
    {
        await using var bench = await OrderBench.Open(
            products: [.. Enumerable.Range(0, 6).Select(i => Sample.Product($"p{i}", $"Product {i}", "5.00", stock: 100 + i))]);
        var pieces = await Pieces(bench);
        var orders = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            // The same in every run, as far as order within one worker goes.
            var random = new Random(worker);
            for (var i = 0; i < 40; i++)
            {
                var cart = new CartAddress(Conversation: $"conversation {random.Next(4)}");
                switch (random.Next(8))
                {
                    case 0 or 1 or 2:
                        var (first, next) = (random.Next(6), random.Next(6));
                        await bench.Carts.Update(cart, [new($"p{first}", null, 1 + random.Next(3)), new($"p{(next == first ? (next + 1) % 6 : next)}", null, 1 + random.Next(3))]);
                        break;
                    case 3 or 4:
                        if (await bench.Desk.Start(cart, null, null) is { Ok: true } started)
                        {
                            orders.Enqueue(started.Value.File.Order.Id);
                        }

                        break;
                    case 5 when orders.TryDequeue(out var id):
                        var order = (await bench.File(id)).Order;
                        var body = OrderShop.Envelope(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded)) with { MerchantAccountId = "main", Environment = "sandbox" };
                        Assert.True((await bench.Inbox.Receive($"w{worker} {i}", body.Write(), default)).Ok);
                        break;
                    case 6 when worker == 0:
                        await bench.Keeper.Look(default);
                        break;
                    case 6 when worker == 1:
                        await bench.Orders.Sweep(default);
                        await bench.Carts.Sweep();
                        break;
                    case 7 when worker == 2:
                        Assert.True((await new SalesLedger(bench.Database, bench.Time).Rebuild()).Ok);
                        break;
                    default:
                        if (orders.TryPeek(out var other))
                        {
                            await bench.Lapse(other);
                        }

                        break;
                }
            }
        })));
        Assert.Equal(pieces, await Pieces(bench));
        Assert.Empty(await new SalesLedger(bench.Database, bench.Time).Check());
        Assert.Equal(0, await bench.Database.Read(session => session.Integer(
            "select count(*) from (select cart_id from orders where is_open = 1 group by cart_id having count(*) > 1) several")));
        Assert.NotEqual(0, await bench.Database.Read(session => session.Integer("select count(*) from orders where paid_at is not null")));

        // Sessions report what they counted when they have nothing to do for a second, or now.
        await bench.Database.Write<bool>(async session => await session.Execute("select pg_stat_force_next_flush()") <= 0);
        await Task.Delay(1100);
        Assert.Equal(0, await bench.Database.Read(session => session.Integer("select deadlocks from pg_stat_database where datname = current_database()")));
    }

    private static async Task<List<long>> Pieces(OrderBench bench)
    {
        var pieces = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            pieces.Add(await bench.Pieces($"p{i}"));
        }

        return pieces;
    }

    private static ValueTask<long?> Waiting(Database database) => database.Read(session => session.Integer(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"));
}
