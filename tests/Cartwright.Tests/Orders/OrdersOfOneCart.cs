using Cartwright.Server.Orders;
using Cartwright.Server.Payments;

namespace Cartwright.Tests.Orders;

/// <summary>A cart that is bought more than once, and news of its earlier orders that come late.</summary>
public sealed class OrdersOfOneCart
{
    [Theory]
    [InlineData(TransactionStatus.Processing)]
    [InlineData(TransactionStatus.BuyerApprovalPending)]
    [InlineData(TransactionStatus.AuthorizationSucceeded)]
    public async Task A_voided_order_whose_cart_has_another_one_can_still_hear_of_a_new_try(string status)
    {
        await using var bench = await OrderBench.Open();
        await bench.Fill("a", "fern", 1);
        var first = await bench.Start("a");
        await bench.Hear(first.Id, Tell(first, "t1", TransactionStatus.AuthorizationVoided, 1));
        var second = await bench.Start("a");
        Assert.NotEqual(first.Id, second.Id);

        await bench.Hear(first.Id, Tell(first, "t2", status, 2));
        await bench.Hear(first.Id, Tell(first, "t2", TransactionStatus.CaptureSucceeded, 3));
        Assert.Equal(OrderState.Paid, (await bench.File(first.Id)).Order.State);
        Assert.Equal(OrderState.AwaitingPayment, (await bench.File(second.Id)).Order.State);
    }

    [Theory]
    [InlineData(TransactionStatus.CapturePending)]
    [InlineData(TransactionStatus.AuthorizationVoidPending)]
    [InlineData(TransactionStatus.AuthorizationFailed)]
    public async Task An_authorized_order_goes_on_beside_the_next_one_of_its_cart(string status)
    {
        await using var bench = await OrderBench.Open(capturesLater: true);
        await bench.Fill("a", "fern", 1);
        var first = await bench.Start("a");
        await bench.Hear(first.Id, Tell(first, "t1", TransactionStatus.AuthorizationSucceeded, 1));
        await bench.Fill("a", "fern", 2);
        var second = await bench.Start("a");
        Assert.NotEqual(first.Id, second.Id);

        await bench.Hear(first.Id, Tell(first, "t1", status, 2));
        await bench.Hear(first.Id, Tell(first, "t1", TransactionStatus.CaptureSucceeded, 3));
        Assert.Equal(OrderState.Paid, (await bench.File(first.Id)).Order.State);
        Assert.Equal(second.Id, (await bench.Start("a")).Id);
    }

    [Fact]
    public async Task What_was_bought_leaves_the_cart_once_and_what_was_added_since_stays()
    {
        await using var bench = await OrderBench.Open(capturesLater: true);
        await bench.Fill("a", "fern", 2);
        var order = await bench.Start("a");
        await bench.Hear(order.Id, Tell(order, "t1", TransactionStatus.AuthorizationSucceeded, 1));
        Assert.Equal(0, await Ferns(bench));
        await bench.Fill("a", "fern", 3);
        await bench.Hear(order.Id, Tell(order, "t1", TransactionStatus.CapturePending, 2));
        await bench.Hear(order.Id, Tell(order, "t1", TransactionStatus.CaptureSucceeded, 3));
        Assert.Equal(OrderState.Paid, (await bench.File(order.Id)).Order.State);
        Assert.Equal(3, await Ferns(bench));
    }

    [Fact]
    public async Task More_of_a_line_that_was_added_while_it_was_paid_stays_in_the_cart()
    {
        await using var bench = await OrderBench.Open();
        await bench.Fill("a", "fern", 2);
        var order = await bench.Start("a");
        await bench.Fill("a", "fern", 5);
        await bench.Fill("a", "aloe-vera", 1);
        await bench.Hear(order.Id, Tell(order, "t1", TransactionStatus.CaptureSucceeded, 1));
        var cart = await OrderBench.Ok(bench.Carts.Show(new(Conversation: "a")));
        Assert.Equal([("fern", 3), ("aloe-vera", 1)], cart.Items.Select(item => (item.ProductId, item.Quantity)));
    }

    [Fact]
    public async Task Two_captured_payments_pay_once_and_the_trail_asks_to_give_one_back()
    {
        await using var bench = await OrderBench.Open();
        await bench.Fill("a", "monstera", 2);
        var order = await bench.Start("a");
        await bench.Hear(order.Id, Tell(order, "t1", TransactionStatus.CaptureSucceeded, 1));
        await bench.Hear(order.Id, Tell(order, "t2", TransactionStatus.CaptureSucceeded, 2));
        var after = (await bench.File(order.Id)).Order;
        Assert.Equal((OrderState.Paid, 2 * order.AmountMinor), (after.State, after.CapturedMinor));
        Assert.Equal(1, await bench.ForSale("monstera"));
        Assert.Contains("give the second payment back", (await bench.Trail(order.Id))[^1].Cause, StringComparison.Ordinal);

        await bench.Hear(order.Id, new PaymentRefund("r", $"{order.Id} t2", RefundStatus.Succeeded, order.AmountMinor, "USD", News.Start));
        Assert.Equal(OrderState.Paid, (await bench.File(order.Id)).Order.State);
    }

    [Fact]
    public async Task A_payment_of_a_replaced_order_counts_and_leaves_the_new_one_open()
    {
        await using var bench = await OrderBench.Open();
        await bench.Fill("a", "monstera", 2);
        var first = await bench.Start("a");
        await bench.Fill("a", "monstera", 3);
        var second = await bench.Start("a");
        Assert.Equal(0, await bench.ForSale("monstera"));
        await bench.Hear(first.Id, Tell(first, "t1", TransactionStatus.CaptureSucceeded, 1));
        Assert.Equal(OrderState.Paid, (await bench.File(first.Id)).Order.State);
        Assert.Equal(OrderState.AwaitingPayment, (await bench.File(second.Id)).Order.State);
        Assert.Equal(-2, await bench.ForSale("monstera"));
        Assert.Equal(3, await bench.Pieces("monstera"));
        Assert.Contains("look whether it can be delivered", (await bench.Trail(first.Id))[^1].Cause, StringComparison.Ordinal);
    }

    private static PaymentTransaction Tell(Order order, string id, string status, int at) =>
        new($"{order.Id} {id}", status, order.AmountMinor, "USD", News.Start.AddSeconds(at));

    private static async Task<long> Ferns(OrderBench bench) => (await OrderBench.Ok(bench.Carts.Show(new(Conversation: "a")))).ItemCount;
}
