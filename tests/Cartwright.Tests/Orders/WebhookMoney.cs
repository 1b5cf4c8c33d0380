using Cartwright.Server.Orders;
using Cartwright.Server.Payments;

namespace Cartwright.Tests.Orders;

/// <summary>What signed news of payments and refunds does to an order, in whatever order and however wrong it comes.</summary>
public sealed class WebhookMoney : IAsyncLifetime
{
    private OrderShop _shop = null!;
    private Order _order = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await OrderShop.Start();
        _order = await _shop.Order(("monstera", 2));
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    private PaymentTransaction Captured => OrderShop.Tell(_order, TransactionStatus.CaptureSucceeded, 5);

    [Fact]
    public async Task Another_amount_or_currency_never_pays_and_the_trail_says_so()
    {
        foreach (var wrong in new[]
        {
            Captured with { Amount = _order.AmountMinor - 1 },
            Captured with { Amount = _order.AmountMinor + 1, CapturedAmount = _order.AmountMinor },
            Captured with { Amount = 0, CapturedAmount = _order.AmountMinor },
            Captured with { Currency = "EUR" },
            Captured with { Currency = "usd" },
            Captured with { Currency = "<script>" },
        })
        {
            Assert.Equal(200, (await _shop.Deliver(wrong)).Status);
            Assert.Contains("refused, the transaction is over", (await _shop.Trail(_order.Id))[^1].Cause, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("script", string.Concat(await _shop.Trail(_order.Id)), StringComparison.Ordinal);
        Assert.Equal("awaiting_payment", await _shop.Status(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Another_environment_or_merchant_account_never_pays_and_the_trail_says_so()
    {
        foreach (var wrong in new[]
        {
            OrderShop.Envelope(Captured) with { Environment = "production" },
            OrderShop.Envelope(Captured) with { MerchantAccountId = "another" },
            OrderShop.Envelope(Captured with { MerchantAccountId = "another" }),
        })
        {
            Assert.Equal(200, (await _shop.Deliver(wrong.Write())).Status);
            Assert.Equal("awaiting_payment", await _shop.Status(_order.Id));
            var cause = (await _shop.Trail(_order.Id))[^1].Cause;
            Assert.Contains(wrong.Environment == "production" ? "refused, it is of another environment" : "refused, it is of another merchant account", cause, StringComparison.Ordinal);
        }

        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Less_than_the_whole_amount_is_not_paid()
    {
        await _shop.Deliver(Captured with { CapturedAmount = _order.AmountMinor - 1 });
        Assert.Equal("authorized", await _shop.Status(_order.Id));
        await _shop.Deliver(Captured with { CapturedAmount = _order.AmountMinor });
        Assert.Equal("paid", await _shop.Status(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Absurd_amounts_do_not_stop_what_comes_after_them()
    {
        foreach (var id in new[] { "t1", "t2", "t3" })
        {
            await _shop.Deliver(OrderShop.Tell(_order, TransactionStatus.CaptureSucceeded, 1, id) with { CapturedAmount = long.MaxValue, RefundedAmount = long.MaxValue });
            await _shop.Deliver(Refund(id, $"r{id}", RefundStatus.Succeeded, long.MaxValue));
            await _shop.Deliver(Refund(id, $"s{id}", RefundStatus.Succeeded, long.MaxValue));
        }

        await _shop.Deliver(OrderShop.Tell(_order, TransactionStatus.CaptureSucceeded, 9, "t4"));
        Assert.Equal("paid", await _shop.Status(_order.Id));
        Assert.Equal(0, await _shop.Database.Read(session => session.Integer("select count(*) from webhook_receipt where applied_at is null")));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_decline_and_then_a_success_pay_once()
    {
        await _shop.Deliver(OrderShop.Tell(_order, TransactionStatus.AuthorizationDeclined, 1) with { ErrorCode = "insufficient_funds" });
        Assert.Equal("payment_failed", await _shop.Status(_order.Id));
        var looked = await _shop.Look(_order.Id);
        Assert.Contains("insufficient funds", (string?)looked["message"], StringComparison.Ordinal);
        Assert.NotNull(looked["checkout_url"]);
        await _shop.Deliver(OrderShop.Tell(_order, TransactionStatus.CaptureSucceeded, 2, "t2"));
        Assert.Equal("paid", await _shop.Status(_order.Id));

        // The decline comes once more, late.
        await _shop.Deliver(OrderShop.Tell(_order, TransactionStatus.AuthorizationDeclined, 3) with { ErrorCode = "insufficient_funds" });
        Assert.Equal("paid", await _shop.Status(_order.Id));
        Assert.Null((await _shop.Look(_order.Id))["checkout_url"]);
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Older_news_after_newer_change_nothing()
    {
        await _shop.Deliver(Captured);
        var trail = await _shop.Trail(_order.Id);
        foreach (var status in new[] { TransactionStatus.Processing, TransactionStatus.AuthorizationSucceeded, TransactionStatus.CapturePending, TransactionStatus.AuthorizationFailed })
        {
            Assert.Equal(200, (await _shop.Deliver(OrderShop.Tell(_order, status, 1))).Status);
        }

        Assert.Equal("paid", await _shop.Status(_order.Id));
        Assert.Equal(trail, await _shop.Trail(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Two_captures_pay_once_and_the_trail_asks_to_give_one_back()
    {
        await _shop.Deliver(Captured);
        await _shop.Deliver(OrderShop.Tell(_order, TransactionStatus.CaptureSucceeded, 6, "t2"));
        Assert.Equal("paid", await _shop.Status(_order.Id));
        Assert.Contains("give the second payment back", (await _shop.Trail(_order.Id))[^1].Cause, StringComparison.Ordinal);
        await _shop.Deliver(Refund("t2", "r1", RefundStatus.Succeeded, _order.AmountMinor));
        Assert.Equal("paid", await _shop.Status(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Money_that_comes_after_expiry_pays_and_the_trail_says_to_look()
    {
        _shop.Time.Pass(TimeSpan.FromMinutes(30));
        await _shop.KeepOrders();
        Assert.Equal("expired", await _shop.Status(_order.Id));
        var other = await _shop.Order(("monstera", 3));
        await _shop.Deliver(Captured);
        Assert.Equal("paid", await _shop.Status(_order.Id));
        Assert.Contains("look whether it can be delivered", (await _shop.Trail(_order.Id))[^1].Cause, StringComparison.Ordinal);
        Assert.Equal("awaiting_payment", await _shop.Status(other.Id));
        await _shop.AssertSound(orders: 2, paid: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refund_that_is_told_before_its_payment_counts_when_that_comes(bool namesOrder)
    {
        var refund = Refund("t1", "r1", RefundStatus.Succeeded, 1000);
        await _shop.Deliver(namesOrder ? refund : refund with { TransactionExternalIdentifier = null });
        Assert.Equal("awaiting_payment", await _shop.Status(_order.Id));
        await _shop.Deliver(Captured);
        await _shop.KeepOrders();
        var looked = await _shop.Look(_order.Id);
        Assert.Equal(("partly_refunded", 1000), ((string?)looked["status"], (int)looked["refunded_amount"]!));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Refunds_count_when_they_succeed_and_together_with_what_the_payment_tells()
    {
        await _shop.Deliver(Captured);
        await _shop.Deliver(Refund("t1", "r1", RefundStatus.Processing, 1000));
        Assert.Equal("paid", await _shop.Status(_order.Id));
        await _shop.Deliver(Refund("t1", "r1", RefundStatus.Succeeded, 1000, 2));
        await _shop.Deliver(Refund("t1", "r1", RefundStatus.Succeeded, 1000, 2));
        Assert.Equal(("partly_refunded", 1000), await Refunded());
        await _shop.Deliver(Refund("t1", "r2", RefundStatus.Declined, 500));
        await _shop.Deliver(Refund("t1", "r3", RefundStatus.Failed, 500));
        Assert.Equal(("partly_refunded", 1000), await Refunded());

        // The payment's own sum has the same money in it.
        await _shop.Deliver(Captured with { RefundedAmount = 1000, UpdatedAt = Captured.UpdatedAt.AddSeconds(10) });
        Assert.Equal(("partly_refunded", 1000), await Refunded());
        await _shop.Deliver(Refund("t1", "r4", RefundStatus.Succeeded, _order.AmountMinor - 1000));
        Assert.Equal(("refunded", _order.AmountMinor), await Refunded());
        Assert.Contains("all of it was given back", (string?)(await _shop.Look(_order.Id))["message"], StringComparison.Ordinal);
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_refund_in_another_currency_is_refused()
    {
        await _shop.Deliver(Captured);
        await _shop.Deliver(Refund("t1", "r1", RefundStatus.Succeeded, 1000) with { Currency = "EUR" });
        Assert.Equal(("paid", 0), await Refunded());
        Assert.Contains("another currency", (await _shop.Trail(_order.Id))[^1].Cause, StringComparison.Ordinal);
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_transaction_of_one_order_does_not_pay_another()
    {
        var other = await _shop.Order(("monstera", 1));
        await _shop.Deliver(Captured);
        await _shop.Deliver(Captured with { ExternalIdentifier = other.Id, UpdatedAt = Captured.UpdatedAt.AddSeconds(1) });
        Assert.Equal(("paid", "awaiting_payment"), (await _shop.Status(_order.Id), await _shop.Status(other.Id)));
        await _shop.AssertSound(orders: 2, paid: 1);
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("session")]
    public async Task Without_an_external_identifier_the_order_is_found_by(string by)
    {
        var session = (await _shop.File(_order.Id)).Order.SessionId;
        Assert.NotNull(session);
        await _shop.Deliver(Captured with
        {
            ExternalIdentifier = null,
            Metadata = by == "metadata" ? new Dictionary<string, string> { ["order_id"] = _order.Id } : null,
            CheckoutSessionId = by == "session" ? session : null,
        });
        Assert.Equal("paid", await _shop.Status(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    private PaymentRefund Refund(string transaction, string id, string status, long amount, int second = 1) => new(
        id,
        $"{_order.Id} {transaction}",
        status,
        amount,
        "USD",
        Captured.UpdatedAt.AddSeconds(second),
        TransactionExternalIdentifier: _order.Id);

    private async Task<(string? Status, long Refunded)> Refunded() =>
        await _shop.Look(_order.Id) is var order ? ((string?)order["status"], (long)order["refunded_amount"]!) : default;
}
