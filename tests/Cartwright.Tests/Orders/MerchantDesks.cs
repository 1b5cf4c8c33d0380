using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Microsoft.Extensions.DependencyInjection;

namespace Cartwright.Tests.Orders;

/// <summary>What the merchant does with orders, at the simulated provider.</summary>
public sealed class MerchantDesks
{
    [Fact]
    public async Task All_of_the_money_goes_back_once()
    {
        await using var shop = await OrderShop.Start();
        var desk = Desk(shop, shop.Sandbox);
        var file = await Bought(shop);
        Assert.Equal(file.Order.Amount, MerchantDesk.Refundable(file));

        var refunded = (await desk.Refund(file, null)).Value;
        Assert.Equal((OrderState.Refunded, file.Order.AmountMinor), (refunded.Order.State, refunded.Order.RefundedMinor));
        Assert.Equal(0, MerchantDesk.Refundable(refunded).Minor);
        Assert.Contains("Nothing is left", (await desk.Refund(refunded, null)).Problem!.Advice, StringComparison.Ordinal);

        // The provider's own notice of the same refund adds nothing.
        await OrderShop.Until(async () => await Unsent(shop) == 0);
        Assert.Equal(refunded.Order.RefundedMinor, (await shop.File(file.Order.Id)).Order.RefundedMinor);
        Assert.Single((await shop.File(file.Order.Id)).Refunds);
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_part_goes_back_and_then_no_more_than_the_rest()
    {
        await using var shop = await OrderShop.Start();
        var desk = Desk(shop, shop.Sandbox);
        var file = await Bought(shop);
        var part = new Money(500, file.Order.Currency);
        var refunded = (await desk.Refund(file, part)).Value;
        Assert.Equal((OrderState.PartlyRefunded, 500), (refunded.Order.State, refunded.Order.RefundedMinor));

        var tooMuch = await desk.Refund(refunded, file.Order.Amount);
        Assert.Contains($"At most {MerchantDesk.Refundable(refunded)} can be given back", tooMuch.Problem!.Advice, StringComparison.Ordinal);
        Assert.Equal(ProblemKind.Invalid, (await desk.Refund(refunded, new Money(0, file.Order.Currency))).Problem!.Kind);
        Assert.Equal(OrderState.Refunded, (await desk.Refund(refunded, null)).Value.Order.State);
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_refund_whose_answer_was_lost_is_made_once_when_it_is_repeated()
    {
        await using var shop = await OrderShop.Start();
        var file = await Bought(shop);
        var lost = await Desk(shop, new LostAnswers(shop.Sandbox)).Refund(file, null);
        Assert.Equal(ProblemKind.Unavailable, lost.Problem!.Kind);
        Assert.Contains("repeat the command", lost.Problem.Advice, StringComparison.Ordinal);

        var desk = Desk(shop, shop.Sandbox);
        var again = await desk.Refund(await shop.File(file.Order.Id), null);
        var told = again.Ok ? again.Value : await shop.File(file.Order.Id);
        Assert.Equal((OrderState.Refunded, file.Order.AmountMinor), (told.Order.State, told.Order.RefundedMinor));
        Assert.Single(told.Refunds);
        Assert.Equal(file.Order.AmountMinor, (await shop.Sandbox.Find(file.Order.Id, default)).Value.Single().RefundedAmount);
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_refund_that_the_provider_refuses_leaves_everything_to_give_back()
    {
        await using var shop = await OrderShop.Start();
        var file = await Bought(shop);
        var refused = await Desk(shop, new LostAnswers(shop.Sandbox) { Refuses = true }).Refund(file, null);
        Assert.Equal(ProblemKind.Conflict, refused.Problem!.Kind);
        var after = await shop.File(file.Order.Id);
        Assert.Equal((OrderState.Paid, file.Order.Amount), (after.Order.State, MerchantDesk.Refundable(after)));
        Assert.Equal(OrderState.Refunded, (await Desk(shop, shop.Sandbox).Refund(after, null)).Value.Order.State);
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task An_authorized_order_is_captured_once_and_nothing_else_is()
    {
        await using var shop = await OrderShop.Start(change: settings => settings with { CapturesLater = true });
        var desk = Desk(shop, shop.Sandbox);
        var cart = await shop.Cart(("monstera", 2));
        var order = await shop.Order(cart);
        Assert.Contains("only an authorized order", (await desk.Capture(await shop.File(order.Id))).Problem!.Advice, StringComparison.Ordinal);
        Assert.Contains("only what was paid", (await desk.Refund(await shop.File(order.Id), null)).Problem!.Advice, StringComparison.Ordinal);
        await shop.GiveAddress(order);
        await shop.Press(order, "approve");
        await OrderShop.Until(async () => await shop.Status(order.Id) == "authorized");

        var authorized = await shop.File(order.Id);
        var captured = (await desk.Capture(authorized)).Value;
        Assert.Equal((OrderState.Paid, order.AmountMinor), (captured.Order.State, captured.Order.CapturedMinor));
        Assert.True((await desk.Capture(authorized)).Ok);
        Assert.Equal(order.AmountMinor, (await shop.File(order.Id)).Order.CapturedMinor);
        Assert.Contains(await desk.Trail(order.Id), entry => entry is { From: OrderState.Authorized, To: OrderState.Paid } && entry.Cause.StartsWith("merchant: capture", StringComparison.Ordinal));
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Orders_are_listed_and_found_by_what_people_call_them()
    {
        await using var shop = await OrderShop.Start();
        var desk = Desk(shop, shop.Sandbox);
        var paid = (await Bought(shop)).Order;
        shop.Time.Pass(TimeSpan.FromSeconds(1));
        var open = await shop.Order(("fern", 1));
        Assert.Equal([open.Id, paid.Id], (await desk.List(null, 10)).Select(order => order.Id));
        Assert.Equal([paid.Id], (await desk.List("paid", 10)).Select(order => order.Id));
        Assert.Equal([open.Id], (await desk.List(null, 1)).Select(order => order.Id));
        foreach (var name in new[] { paid.Id, paid.Reference, paid.Reference.ToLowerInvariant(), paid.Reference.Replace("-", " ", StringComparison.Ordinal) })
        {
            Assert.Equal(paid.Id, (await desk.Find(name)).Value.Order.Id);
        }

        foreach (var name in new[] { "", "%", "________", "ord_", "0000-0000" })
        {
            Assert.Contains("cartwright orders list", (await desk.Find(name)).Problem!.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Orders_of_a_provider_that_is_not_set_up_are_left_alone()
    {
        await using var shop = await OrderShop.Start();
        var file = await Bought(shop);
        var refused = await Desk(shop, new StubProvider()).Refund(file, null);
        Assert.Contains("paid through sandbox", refused.Problem!.Advice, StringComparison.Ordinal);
        Assert.Empty((await shop.File(file.Order.Id)).Refunds);
        Assert.Equal(ProblemKind.Unavailable, (await Desk(shop, null).Refund(file, null)).Problem!.Kind);
    }

    private static MerchantDesk Desk(OrderShop shop, IPaymentProvider? provider) => new(
        shop.Database, shop.Server.App.Services.GetRequiredService<OrderBook>(), provider, new IdSource(), shop.Time);

    private static async Task<OrderFile> Bought(OrderShop shop)
    {
        var order = await shop.Order(("monstera", 2));
        await shop.GiveAddress(order);
        await shop.Press(order, "approve");
        await OrderShop.Until(async () => await shop.Status(order.Id) == "paid");
        return await shop.File(order.Id);
    }

    private static async Task<long> Unsent(OrderShop shop) =>
        await shop.Database.Read(async session => await session.Integer("select count(*) from sandbox_delivery")) ?? 0;

    /// <summary>Does what it is asked, and its answer is lost on the way; or refuses.</summary>
    private sealed class LostAnswers(IPaymentProvider inner) : IPaymentProvider
    {
        public bool Refuses { get; init; }

        public string Name => inner.Name;

        public string Environment => inner.Environment;

        public string MerchantAccountId => inner.MerchantAccountId;

        public ValueTask<Result<PaymentStart>> Begin(PaymentRequest request, CancellationToken cancellation) => inner.Begin(request, cancellation);

        public ValueTask<Result<IReadOnlyList<PaymentTransaction>>> Find(string orderId, CancellationToken cancellation) => inner.Find(orderId, cancellation);

        public ValueTask<Result<PaymentTransaction>> Capture(string transactionId, string idempotencyKey, CancellationToken cancellation) =>
            inner.Capture(transactionId, idempotencyKey, cancellation);

        public async ValueTask<Result<PaymentRefund>> Refund(string transactionId, long amountMinor, string reference, CancellationToken cancellation)
        {
            if (Refuses)
            {
                return Problem.Conflict("The provider refuses.");
            }

            Assert.True((await inner.Refund(transactionId, amountMinor, reference, cancellation)).Ok);
            return Problem.Unavailable("The provider does not answer.");
        }
    }
}
