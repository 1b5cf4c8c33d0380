using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;

namespace Cartwright.Tests.Orders;

/// <summary>Orders that nobody tells anything about: the provider is asked, less and less often, and not forever.</summary>
public sealed class Reconciling : IAsyncLifetime
{
    private static readonly Problem Down = Problem.Unavailable("The payment provider does not answer.");

    private OrderBench _bench = null!;
    private Order _order = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await OrderBench.Open();
        await _bench.Fill("a", "monstera", 2);
        _order = await _bench.Start("a");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_lost_webhook_is_found_by_asking()
    {
        await Pass(TimeSpan.FromSeconds(14));
        Assert.Empty(_bench.Provider.Asked);
        _bench.Provider.Known = new[] { Captured() };
        await Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([_order.Id], _bench.Provider.Asked);
        await AssertState(OrderState.Paid);
        Assert.Equal("asked gr4vy", (await _bench.Trail(_order.Id))[^1].Cause);
        Assert.Equal(3, await _bench.Pieces("monstera"));

        await Pass(TimeSpan.FromDays(1));
        Assert.Single(_bench.Provider.Asked);
    }

    [Fact]
    public async Task A_provider_that_knows_nothing_is_asked_less_and_less_often_until_the_order_has_long_expired()
    {
        for (var second = 0; second < 60 * 60 * 5; second += 15)
        {
            await Pass(TimeSpan.FromSeconds(15));
        }

        await AssertState(OrderState.Expired);
        Assert.Equal(3, await _bench.ForSale("monstera"));

        // At 15, 30, 60, ... seconds' distance, from the beginning and again from the expiry.
        Assert.InRange(_bench.Provider.Asked.Count, 6, 20);
        Assert.Null((await _bench.File(_order.Id)).Order.CheckAt);
    }

    [Fact]
    public async Task A_provider_that_is_down_is_asked_again_and_found_up_and_the_money_counts_though_the_order_expired()
    {
        _bench.Provider.Known = Down;
        for (var minute = 0; minute < 60; minute++)
        {
            await Pass(TimeSpan.FromMinutes(1));
        }

        await AssertState(OrderState.Expired);
        Assert.InRange(_bench.Provider.Asked.Count, 5, 12);
        _bench.Provider.Known = new[] { Captured() };
        await Pass(TimeSpan.FromHours(1));
        await AssertState(OrderState.Paid);
        Assert.Equal(3, await _bench.Pieces("monstera"));
    }

    [Fact]
    public async Task One_order_that_cannot_be_asked_about_holds_up_no_other()
    {
        await _bench.Fill("b", "fern", 1);
        var other = await _bench.Start("b");
        _bench.Provider.OnFind = order => order == _order.Id ? throw new InvalidOperationException("A bug.") : Task.CompletedTask;
        _bench.Provider.Known = new[] { Captured() with { Amount = other.AmountMinor, ExternalIdentifier = other.Id } };
        await Pass(TimeSpan.FromSeconds(15));
        Assert.Equal(OrderState.Paid, (await _bench.File(other.Id)).Order.State);
        await Pass(TimeSpan.FromMinutes(30));
        await AssertState(OrderState.Expired);
    }

    [Fact]
    public async Task Late_money_of_an_order_that_was_prolonged_again_and_again_is_found()
    {
        for (var i = 0; i < 10; i++)
        {
            await Pass(TimeSpan.FromMinutes(25));
            Assert.Equal(_order.Id, (await _bench.Start("a")).Id);
        }

        await Pass(TimeSpan.FromMinutes(31));
        await AssertState(OrderState.Expired);
        _bench.Provider.Known = new[] { Captured() };
        await Pass(TimeSpan.FromHours(1));
        await AssertState(OrderState.Paid);
    }

    [Fact]
    public async Task A_payment_under_way_is_not_expired_for_a_week_and_one_that_waits_for_the_buyer_is()
    {
        await _bench.Fill("b", "fern", 1);
        var other = await _bench.Start("b");
        await _bench.Hear(_order.Id, Captured() with { Status = TransactionStatus.CapturePending });
        await _bench.Hear(other.Id, Captured() with { Id = "u", Status = TransactionStatus.BuyerApprovalPending, Amount = other.AmountMinor });
        await Pass(TimeSpan.FromMinutes(31));
        await AssertState(OrderState.PaymentPending);
        Assert.Equal(1, await _bench.ForSale("monstera"));
        Assert.Equal(OrderState.Expired, (await _bench.File(other.Id)).Order.State);

        await Pass(TimeSpan.FromDays(7));
        await AssertState(OrderState.PaymentPending);
        Assert.Equal(3, await _bench.ForSale("monstera"));
        await _bench.Hear(_order.Id, Captured());
        await AssertState(OrderState.Paid);
        Assert.Equal(3, await _bench.Pieces("monstera"));
    }

    [Fact]
    public async Task A_webhook_that_comes_before_the_providers_own_answer_pays_and_the_session_is_kept()
    {
        _bench.Provider.OnBegin = async request =>
        {
            await _bench.Hear(request.OrderId, Captured() with { Id = "early", Amount = request.AmountMinor, ExternalIdentifier = request.OrderId });
        };
        await _bench.Fill("b", "fern", 1);
        var started = await OrderBench.Ok(_bench.Desk.Start(new(Conversation: "b"), null, null));
        var (order, _, attempts, _) = await _bench.File(started.File.Order.Id);
        Assert.Equal((OrderState.Paid, $"session of {order.Id}"), (order.State, order.SessionId));
        Assert.Single(attempts);
        Assert.Equal(0, (await OrderBench.Ok(_bench.Carts.Show(new(Conversation: "b")))).ItemCount);
    }

    [Fact]
    public async Task What_the_provider_says_of_another_amount_pays_nothing_and_does_not_keep_it_busy()
    {
        _bench.Provider.Known = new[] { Captured() with { Amount = 1 } };
        for (var minute = 0; minute < 180; minute++)
        {
            await Pass(TimeSpan.FromMinutes(1));
        }

        await AssertState(OrderState.Expired);
        Assert.InRange(_bench.Provider.Asked.Count, 5, 20);
        Assert.Single(await _bench.Trail(_order.Id), entry => entry.Cause.Contains("refused", StringComparison.Ordinal) && entry.From == OrderState.AwaitingPayment);
    }

    private async Task Pass(TimeSpan time)
    {
        _bench.Time.Pass(time);
        await _bench.Keeper.Look(default);
    }

    private async Task AssertState(OrderState state) => Assert.Equal(state, (await _bench.File(_order.Id)).Order.State);

    private PaymentTransaction Captured() =>
        new("t1", TransactionStatus.CaptureSucceeded, _order.AmountMinor, "USD", News.Start.AddSeconds(5), ExternalIdentifier: _order.Id);
}
