using Cartwright.Server.Payments;

namespace Cartwright.Server.Orders;

/// <summary>What happened to the stock of an order's lines.</summary>
internal enum OrderStock
{
    /// <summary>Set aside for the order: no longer for sale.</summary>
    Reserved,

    /// <summary>Sold.</summary>
    Taken,

    /// <summary>Back for sale.</summary>
    Released,
}

/// <summary>
/// The state machine of orders, in one place. It is not a list of transitions: the state follows from everything that is known of the
/// order's attempts and refunds, so that the order in which news arrives, and how often, makes no difference. docs/checkout.md has the table.
/// </summary>
internal static class OrderRules
{
    /// <summary>
    /// The state of an order. <paramref name="lapsed"/>: its time was over, or another order took its place. Money that comes
    /// all the same counts.
    /// </summary>
    public static OrderState State(long amountMinor, bool lapsed, IReadOnlyCollection<Attempt> attempts, IReadOnlyCollection<OrderRefund> refunds)
    {
        var captured = Captured(attempts);
        if (captured >= amountMinor && attempts.Any(attempt => attempt.IsCaptured))
        {
            var kept = captured - Refunded(attempts, refunds);
            return kept >= amountMinor ? OrderState.Paid : kept > 0 ? OrderState.PartlyRefunded : OrderState.Refunded;
        }

        bool Any(string status) => attempts.Any(attempt => attempt.Status == status);

        // Captured, but less than is owed: the shop still waits for the rest.
        if (Any(TransactionStatus.AuthorizationSucceeded) || attempts.Any(attempt => attempt.IsCaptured))
        {
            return OrderState.Authorized;
        }

        if (attempts.Any(attempt => attempt.IsUnderWay) || (!lapsed && Any(TransactionStatus.BuyerApprovalPending)))
        {
            return OrderState.PaymentPending;
        }

        return Any(TransactionStatus.AuthorizationVoided) ? OrderState.Voided
            : lapsed ? OrderState.Expired
            : attempts.Count > 0 ? OrderState.PaymentFailed
            : OrderState.AwaitingPayment;
    }

    /// <summary>All money taken, also by a second payment that should not have been.</summary>
    public static long Captured(IReadOnlyCollection<Attempt> attempts) =>
        attempts.Where(attempt => attempt.IsCaptured).Sum(attempt => attempt.CapturedMinor);

    /// <summary>All money given back: of each attempt what the transaction tells, or its refunds if they tell more.</summary>
    public static long Refunded(IReadOnlyCollection<Attempt> attempts, IReadOnlyCollection<OrderRefund> refunds)
    {
        // A refund of a transaction that is not known yet waits for it.
        var sum = 0L;
        foreach (var attempt in attempts.Where(attempt => attempt.IsCaptured))
        {
            var told = refunds.Where(refund => refund.IsDone && refund.TransactionId == attempt.TransactionId).Sum(refund => refund.AmountMinor);
            sum += Math.Min(attempt.CapturedMinor, Math.Max(attempt.RefundedMinor, told));
        }

        return sum;
    }

    /// <summary>What of a paid order's amount went back. A second payment that was given back is no refund of the sale.</summary>
    public static long GivenBack(Order order) => order.AmountMinor - Math.Clamp(order.CapturedMinor - order.RefundedMinor, 0, order.AmountMinor);

    public static bool IsPaid(OrderState state) => state is OrderState.Paid or OrderState.PartlyRefunded or OrderState.Refunded;

    /// <summary>Whether the shopper can (still) begin a payment.</summary>
    public static bool IsPayable(OrderState state) => state is OrderState.AwaitingPayment or OrderState.PaymentFailed;

    /// <summary>What the state asks of the stock: what waits has its pieces set aside, until its time is over.</summary>
    public static OrderStock Stock(OrderState state, bool lapsed) => state switch
    {
        OrderState.Paid or OrderState.PartlyRefunded or OrderState.Refunded => OrderStock.Taken,
        OrderState.Voided or OrderState.Expired => OrderStock.Released,
        _ => lapsed ? OrderStock.Released : OrderStock.Reserved,
    };

    /// <summary>Whether it is the one order that its cart may have open.</summary>
    public static bool IsOpen(Order order) => !order.Lapsed && order.CompletedAt is null
        && (IsPayable(order.State) || order.State is OrderState.PaymentPending or OrderState.Authorized);
}
