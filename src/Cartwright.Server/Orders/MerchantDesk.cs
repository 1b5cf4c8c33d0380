using Cartwright.Server.Payments;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Orders;

/// <summary>What the merchant does with orders: look at them, take authorized money, give money back.</summary>
internal sealed class MerchantDesk(Database database, OrderBook orders, IPaymentProvider? provider, IdSource ids, TimeProvider time)
{
    /// <summary>Newest first.</summary>
    public ValueTask<List<Order>> List(string? state, int limit, CancellationToken cancellation = default) =>
        database.Read(session => OrderTables.List(session, state, limit), cancellation);

    /// <summary>The order of an id, or of what people call it ("7K2M-9X1Q", however it is written).</summary>
    public async ValueTask<Result<OrderFile>> Find(string name, CancellationToken cancellation = default)
    {
        var text = name.Trim();
        if (await orders.Find(text, cancellation) is { } file)
        {
            return file;
        }

        // Letters and digits only, so that nothing in it is a pattern.
        var tail = new string([.. text.Where(char.IsAsciiLetterOrDigit)]).ToLowerInvariant();
        var found = tail.Length < 8 ? [] : await database.Read(session => OrderTables.FindByReference(session, tail), cancellation);
        return found.Count switch
        {
            0 => Problem.NotFound($"There is no order \"{name}\": cartwright orders list shows what there is."),
            1 => (await orders.Find(found[0].Id, cancellation))!,
            _ => Problem.Invalid($"\"{name}\" may be several orders; name one by its id: {string.Join(", ", found.Select(order => order.Id))}"),
        };
    }

    /// <summary>The audit trail.</summary>
    public ValueTask<List<OrderEvent>> Trail(string id, CancellationToken cancellation = default) =>
        database.Read(session => OrderTables.Events(session, id), cancellation);

    /// <summary>Takes the money of an authorized order, in full. Asked again, it is taken once.</summary>
    public async ValueTask<Result<OrderFile>> Capture(OrderFile file, CancellationToken cancellation = default)
    {
        var order = file.Order;
        var authorized = file.Attempts.FirstOrDefault(attempt => attempt.Status == TransactionStatus.AuthorizationSucceeded);
        if (order.State != OrderState.Authorized || authorized is null)
        {
            return Problem.Conflict($"Order {order.Reference} is {OrderNames.Of(order.State)}: only an authorized order can be captured.");
        }

        if (Mine(order) is { } problem)
        {
            return problem;
        }

        var captured = await provider!.Capture(authorized.TransactionId, order.Id, cancellation);
        if (!captured.Ok)
        {
            return captured.Problem;
        }

        return await Hear(order, authorized.TransactionId, (session, now) => orders.Hear(session, now, captured.Value, "merchant: capture"));
    }

    /// <summary>How much can still be given back, refunds under way left out.</summary>
    public static Money Refundable(OrderFile file) => new(file.Attempts.Sum(attempt => Left(file, attempt)), file.Order.Currency);

    /// <summary>
    /// Gives money back: the amount, or all that is left. The refund is noted before the provider is asked, and asked for by the same
    /// reference when the call is repeated, so that a crash or a provider that does not answer refunds nothing twice.
    /// </summary>
    public async ValueTask<Result<OrderFile>> Refund(OrderFile file, Money? amount, CancellationToken cancellation = default)
    {
        if (Mine(file.Order) is { } problem)
        {
            return problem;
        }

        var noted = await database.Write(session => Note(session, file.Order.Id, amount), isRepeatable: true, cancellation);
        if (!noted.Ok)
        {
            return noted.Problem;
        }

        var refund = noted.Value;
        var answer = await provider!.Refund(refund.TransactionId, refund.AmountMinor, refund.Id, cancellation);
        if (answer.Ok)
        {
            return await Hear(file.Order, refund.TransactionId, (session, now) => orders.Hear(session, now, refund.Id, answer.Value, "merchant: refund"));
        }

        if (answer.Problem.Kind == ProblemKind.Unavailable)
        {
            return Problem.Unavailable($"{answer.Problem.Advice} Whether the refund was made is not known: repeat the command, it is made once.");
        }

        // Refused for good: it no longer counts against what is left.
        var refused = new PaymentRefund(
            refund.Id, refund.TransactionId, RefundStatus.Declined, refund.AmountMinor, file.Order.Currency.Code, time.GetUtcNow(), refund.Id);
        await Hear(file.Order, refund.TransactionId, (session, now) => orders.Hear(session, now, refund.Id, refused, "merchant: refund refused"));
        return answer.Problem;
    }

    private async ValueTask<Result<OrderRefund>> Note(DbSession session, string orderId, Money? amount)
    {
        var file = await OrderBook.File(session, (await OrderTables.FindToChange(session, orderId))!);
        var order = file.Order;
        if (!OrderRules.IsPaid(order.State))
        {
            return Problem.Conflict($"Order {order.Reference} is {OrderNames.Of(order.State)}: only what was paid can be given back.");
        }

        // Asked for before, and never answered: the same again.
        if (file.Refunds.FirstOrDefault(refund => refund.Status == OrderRefund.Requested && (amount is null || amount.Value.Minor == refund.AmountMinor)) is { } pending)
        {
            return pending;
        }

        var from = file.Attempts.MaxBy(attempt => Left(file, attempt))!;
        var left = Left(file, from);
        var wanted = amount?.Minor ?? left;
        if (wanted <= 0 || wanted > left)
        {
            return Problem.Invalid(left == 0
                ? $"Nothing is left to give back of order {order.Reference}."
                : $"At most {new Money(left, order.Currency)} can be given back of order {order.Reference}.");
        }

        var noted = new OrderRefund(ids.Next(RefundIds.Prefix), from.TransactionId, wanted, OrderRefund.Requested, 0);
        await OrderTables.Save(session, orderId, noted);
        return noted;
    }

    private static long Left(OrderFile file, Attempt attempt) => !attempt.IsCaptured ? 0 : Math.Max(
        0,
        attempt.CapturedMinor - Math.Max(
            attempt.RefundedMinor,
            file.Refunds.Where(refund => refund.Counts && refund.TransactionId == attempt.TransactionId).Sum(refund => refund.AmountMinor)));

    private Problem? Mine(Order order) => provider?.Name == order.Provider
        ? null
        : Problem.Unavailable($"Order {order.Reference} was paid through {order.Provider}, which is not set up here: give its settings.");

    private async ValueTask<Result<OrderFile>> Hear(Order order, string transactionId, Func<DbSession, Order, ValueTask<string>> hear)
    {
        // Not to be cancelled: the provider has acted.
        var heard = await database.Write<OrderFile>(
            async session =>
            {
                await Locks.Payment(session, transactionId);
                await hear(session, (await OrderTables.FindToChange(session, order.Id))!);
                return await OrderBook.File(session, (await OrderTables.Find(session, order.Id))!);
            },
            isRepeatable: true,
            CancellationToken.None);
        return heard;
    }
}
