using Cartwright.Server.Orders;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using FsCheck.Fluent;

namespace Cartwright.Tests.Orders;

/// <summary>Random histories of real orders on a real database: where they end, and that no piece of stock is lost or made on the way.</summary>
public sealed class OrderHistories : IAsyncLifetime
{
    private const long Stock = 1_000_000;

    private OrderBench _bench = null!;
    private int _carts;

    public async ValueTask InitializeAsync() =>
        _bench = await OrderBench.Open(products: [Sample.Product("fern", "Fern", "5.00", stock: Stock), Sample.Product("pot", "Pot", "10.00")]);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public void Two_orders_that_hear_the_same_in_different_orders_end_the_same() =>
        Prop.ForAll(News.Pairs, pair => Task.Run(async () =>
        {
            var (one, other) = (await Play(pair.InTime), await Play(pair.Mixed));
            Assert.Equal(one.Order.State, other.Order.State);
            Assert.Equal(one.Order.Stock, other.Order.Stock);
            Assert.Equal((one.Order.CapturedMinor, one.Order.RefundedMinor), (other.Order.CapturedMinor, other.Order.RefundedMinor));
            Assert.Equal(Of(one, one.Attempts), Of(other, other.Attempts));
            Assert.Equal(Of(one, one.Refunds), Of(other, other.Refunds));
            Assert.Equal(one.Order.PaidAt is null, other.Order.PaidAt is null);
            Assert.True((one.Order.CheckAt is null) == (other.Order.CheckAt is null), "Only one of them is asked about.");
        }).GetAwaiter().GetResult()).Holds(runs: 150);

    [Fact]
    public void Expiry_and_late_money_in_between_lose_no_piece_and_take_no_payment_back()
    {
        var histories =
            from pair in News.Pairs.Generator
            from waits in Gen.ListOf(Gen.Elements(0, 1, 31, 60 * 24 * 8), pair.Mixed.Count)
            select pair.Mixed.Zip(waits).ToList();
        Prop.ForAll(histories.ToArbitrary(), history => Task.Run(async () =>
        {
            var order = await Place();
            foreach (var (news, minutes) in history)
            {
                _bench.Time.Pass(TimeSpan.FromMinutes(minutes));
                Assert.True((await _bench.Orders.LapseAll()).Ok);
                await Hear(order, news);
            }

            _bench.Time.Pass(TimeSpan.FromDays(8));
            Assert.True((await _bench.Orders.LapseAll()).Ok);
            await AssertSound(order);

            // Nothing is reserved forever, whatever was heard or not heard.
            Assert.NotEqual(OrderStock.Reserved, (await _bench.File(order)).Order.Stock);
        }).GetAwaiter().GetResult()).Holds(runs: 60);
    }

    private async Task<OrderFile> Play(List<News> history)
    {
        var order = await Place();
        foreach (var news in history)
        {
            await Hear(order, news);
        }

        return await _bench.File(order);
    }

    private async Task<string> Place()
    {
        var cart = $"cart {_carts++}";
        await _bench.Fill(cart, "fern", 2);
        return (await _bench.Start(cart)).Id;
    }

    private async Task Hear(string order, News news)
    {
        var before = (await _bench.File(order)).Order;
        _ = news switch
        {
            News.Payment payment => await _bench.Hear(order, payment.For(order)),
            News.Refund refund => await _bench.Hear(order, refund.For(order)),
            _ => $"{await _bench.Lapse(order)}",
        };
        var after = await AssertSound(order);
        Assert.True(!OrderRules.IsPaid(before.State) || OrderRules.IsPaid(after.State), $"{before.State} became {after.State}");
        Assert.Equal(before.PaidAt ?? after.PaidAt, after.PaidAt);
    }

    private async Task<Order> AssertSound(string id)
    {
        Assert.Equal(Stock, await _bench.Pieces("fern"));
        var (order, _, attempts, refunds) = await _bench.File(id);
        Assert.Equal(OrderRules.State(order.AmountMinor, order.Lapsed, attempts, refunds), order.State);
        Assert.Equal(OrderRules.Captured(attempts) >= order.AmountMinor, OrderRules.IsPaid(order.State));
        Assert.Equal(OrderRules.IsPaid(order.State), order.Stock == OrderStock.Taken);
        Assert.Equal(order.State, (await _bench.Trail(id))[^1].To);
        return order;
    }

    private static string Of<T>(OrderFile file, IEnumerable<T> known) =>
        string.Join('\n', known.Select(one => $"{one}".Replace(file.Order.Id, "ORDER", StringComparison.Ordinal)).Order());
}
