using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cartwright.Tests.Orders;

/// <summary>A cart's place for its one open order.</summary>
public sealed class OpenOrders
{
    [Theory]
    [InlineData(TransactionStatus.AuthorizationSucceeded, TransactionStatus.CapturePending, OrderState.PaymentPending)]
    [InlineData(TransactionStatus.AuthorizationSucceeded, TransactionStatus.AuthorizationVoidPending, OrderState.PaymentPending)]
    [InlineData(TransactionStatus.AuthorizationSucceeded, TransactionStatus.AuthorizationFailed, OrderState.PaymentFailed)]
    internal async Task An_order_that_has_left_it_takes_in_news_while_the_next_one_has_it(string first, string second, OrderState state)
    {
        await using var shop = await TestShop.Open();
        var orders = new OrderBook(shop.Database, shop.Time, new OrderOptions(), NullLogger<OrderBook>.Instance);
        await Write(shop, session => orders.Place(session, Draft("ord_00000001"), [new OrderLine("fern", "Boston Fern", null, 950, 1)]));
        await Hear(shop, orders, first);
        await Write(shop, session => orders.Place(session, Draft("ord_00000002"), [new OrderLine("fern", "Boston Fern", null, 950, 1)]));
        shop.Time.Pass(TimeSpan.FromMinutes(1));
        await Hear(shop, orders, second);
        Assert.Equal(state, (await orders.Find("ord_00000001"))!.Order.State);
        Assert.Equal("ord_00000002", (await shop.Database.Read(session => OrderTables.FindOpen(session, "cart_1")))!.Id);
    }

    private static Task Hear(TestShop shop, OrderBook orders, string status) => Write(
        shop,
        async session => await orders.Hear(
            session,
            (await OrderTables.Find(session, "ord_00000001"))!,
            new PaymentTransaction("t1", status, 950, "USD", shop.Time.GetUtcNow()),
            "test"));

    private static async Task Write<T>(TestShop shop, Func<DbSession, ValueTask<T>> work) =>
        Assert.True((await shop.Database.Write<bool>(async session => { _ = await work(session); return true; })).Ok);

    private static Order Draft(string id) => new()
    {
        Id = id,
        Token = $"token of {id}",
        CartId = "cart_1",
        State = OrderState.AwaitingPayment,
        Currency = Currency.Find("USD").Value,
        Country = "US",
        AmountMinor = 950,
        Provider = ProviderNames.Sandbox,
        Environment = "sandbox",
        Content = "",
        CapturesLater = true,
        CreatedAt = 0,
        ExpiresAt = 0,
        UpdatedAt = 0,
    };
}
