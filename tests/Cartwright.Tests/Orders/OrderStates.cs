using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Tests.Mcp;
using FsCheck.Fluent;

namespace Cartwright.Tests.Orders;

/// <summary>The state machine alone: what follows from what is known, however it became known.</summary>
public sealed class OrderStates
{
    private const int Many = 2_000;

    [Fact]
    public void News_in_any_order_with_repetitions_end_where_the_same_in_order_of_time_end() =>
        Prop.ForAll(News.Pairs, pair => Assert.Equal(Play(pair.InTime)[^1], Play(pair.Mixed)[^1])).Holds(Many);

    [Fact]
    public void What_was_paid_never_goes_back() => Prop.ForAll(News.Pairs, pair =>
    {
        var steps = Play(pair.Mixed);
        Assert.All(steps.Zip(steps.Skip(1)).Where(step => OrderRules.IsPaid(step.First.State)), step =>
        {
            Assert.True(OrderRules.IsPaid(step.Second.State));
            Assert.Equal(OrderStock.Taken, step.Second.Stock);
            Assert.True(step.Second.Captured >= step.First.Captured && step.Second.Refunded >= step.First.Refunded);
        });
    }).Holds(Many);

    [Fact]
    public void A_refund_that_succeeded_never_becomes_smaller_in_whatever_order_the_news_come()
    {
        var first = new OrderRefund("r1", "t1", 500, RefundStatus.Succeeded, 1);
        var later = new OrderRefund("r1", "t1", 1, RefundStatus.Succeeded, 2);
        Assert.Equal(first, first.Merge(later));
        Assert.Equal(first, later.Merge(first));
    }

    [Fact]
    public void Paid_is_exactly_what_was_captured_in_full_and_money_back_is_never_more_than_money_taken() => Prop.ForAll(News.Pairs, pair =>
    {
        foreach (var step in Play(pair.Mixed))
        {
            Assert.Equal(step.Captured >= News.Amount, OrderRules.IsPaid(step.State));
            Assert.InRange(step.Refunded, 0, step.Captured);
            var expected = (step.Captured - step.Refunded) switch
            {
                >= News.Amount => OrderState.Paid,
                > 0 => OrderState.PartlyRefunded,
                _ => OrderState.Refunded,
            };
            Assert.True(!OrderRules.IsPaid(step.State) || step.State == expected, $"{step}");
        }
    }).Holds(Many);

    [Fact]
    public void Merging_attempts_is_commutative_associative_and_idempotent()
    {
        var attempts = News.Some.Select(news => news.OfType<News.Payment>().Select(Attempt).ToList()).Where(attempts => attempts.Count >= 3);
        Prop.ForAll(attempts.ToArbitrary(), list =>
        {
            var (a, b, c) = (list[0], list[1] with { TransactionId = list[0].TransactionId }, list[2] with { TransactionId = list[0].TransactionId });
            Assert.Equal(a.Merge(b), b.Merge(a));
            Assert.Equal(a.Merge(b).Merge(c), a.Merge(b.Merge(c)));
            Assert.Equal(a.Merge(b), a.Merge(b).Merge(b));
            Assert.Equal(a, a.Merge(a));
        }).Holds(Many);
    }

    [Fact]
    public void Merging_refunds_is_commutative_associative_and_idempotent()
    {
        var refunds = News.Some.Select(news => news.OfType<News.Refund>().Select(Refund).ToList()).Where(refunds => refunds.Count >= 3);
        Prop.ForAll(refunds.ToArbitrary(), list =>
        {
            var (a, b, c) = (list[0], list[1] with { Id = list[0].Id }, list[2] with { Id = list[0].Id });
            Assert.Equal(a.Merge(b) with { TransactionId = "" }, b.Merge(a) with { TransactionId = "" });
            Assert.Equal(a.Merge(b).Merge(c), a.Merge(b.Merge(c)));
            Assert.Equal(a, a.Merge(a));
        }).Holds();
    }

    [Theory]
    [InlineData("awaiting_payment", false)]
    [InlineData("expired", true)]
    public void Nothing_heard_is_awaiting_payment_until_the_time_is_over(string state, bool lapsed) =>
        Assert.Equal(state, OrderNames.Of(OrderRules.State(News.Amount, lapsed, [], [])));

    // Everything a single transaction can say, as docs/checkout.md has it.
    [Theory]
    [InlineData("processing", "payment_pending", "payment_pending")]
    [InlineData("buyer_approval_pending", "payment_pending", "expired")]
    [InlineData("authorization_succeeded", "authorized", "authorized")]
    [InlineData("capture_pending", "payment_pending", "payment_pending")]
    [InlineData("authorization_void_pending", "payment_pending", "payment_pending")]
    [InlineData("authorization_failed", "payment_failed", "expired")]
    [InlineData("authorization_declined", "payment_failed", "expired")]
    [InlineData("authorization_voided", "voided", "voided")]
    [InlineData("capture_succeeded", "paid", "paid")]
    public void A_status_alone_says(string status, string state, string lapsed)
    {
        var attempt = new Attempt("t", status, 0, status == "capture_succeeded" ? News.Amount : 0, 0);
        Assert.Equal(state, OrderNames.Of(OrderRules.State(News.Amount, lapsed: false, [attempt], [])));
        Assert.Equal(lapsed, OrderNames.Of(OrderRules.State(News.Amount, lapsed: true, [attempt], [])));
    }

    private static List<Step> Play(IEnumerable<News> history)
    {
        var (attempts, refunds, lapsed) = (new List<Attempt>(), new List<OrderRefund>(), false);
        var steps = new List<Step>();
        var stock = OrderStock.Reserved;
        foreach (var news in history)
        {
            switch (news)
            {
                case News.Payment payment:
                    Add(attempts, Attempt(payment), attempt => attempt.TransactionId, (one, other) => one.Merge(other));
                    break;
                case News.Refund refund:
                    Add(refunds, Refund(refund), known => known.Id, (one, other) => one.Merge(other));
                    break;
                default:
                    lapsed = true;
                    break;
            }

            var state = OrderRules.State(News.Amount, lapsed, attempts, refunds);
            stock = OrderRules.Stock(state, lapsed);
            steps.Add(new Step(state, stock, OrderRules.Captured(attempts), OrderRules.Refunded(attempts, refunds)));
        }

        return steps;
    }

    private static void Add<T>(List<T> list, T heard, Func<T, string> id, Func<T, T, T> merge)
    {
        var known = list.FindIndex(one => id(one) == id(heard));
        if (known < 0)
        {
            list.Add(heard);
        }
        else
        {
            list[known] = merge(list[known], heard);
        }
    }

    private static Attempt Attempt(News.Payment payment) => Cartwright.Server.Orders.Attempt.Of(payment.For("o"));

    private static OrderRefund Refund(News.Refund refund) => new(
        $"r{refund.Number}", refund.For("o").TransactionId, refund.Given, refund.Status, refund.For("o").UpdatedAt.ToUnixTimeMilliseconds());

    private sealed record Step(OrderState State, OrderStock Stock, long Captured, long Refunded);
}
