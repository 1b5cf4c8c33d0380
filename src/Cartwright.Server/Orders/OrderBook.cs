using Cartwright.Server.Carts;
using Cartwright.Server.Payments;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Orders;

/// <summary>An order with everything that belongs to it.</summary>
internal sealed record OrderFile(
    Order Order,
    IReadOnlyList<OrderLine> Lines,
    IReadOnlyList<Attempt> Attempts,
    IReadOnlyList<OrderRefund> Refunds);

/// <summary>
/// The shop's orders. Whatever is heard of an order goes through <see cref="Settle"/>, which works out the state anew
/// (<see cref="OrderRules"/>) and moves stock, cart and audit trail with it in the same transaction.
/// One file of more than 300 lines, because every way to <see cref="Settle"/> is in it: nothing else may change what an order has become.
/// </summary>
internal sealed partial class OrderBook(Database database, TimeProvider time, OrderOptions options, ILogger<OrderBook> logger)
{
    private const int LapseStep = 100;
    private const string Late = "the order's time was over";

    private const string IsDue = $"""
        select {Order.Columns} from orders o
        where o.stock = 'reserved' and o.expires_at <= @now
            and (o.state in ('awaiting_payment', 'payment_failed') or o.updated_at <= @held
                or (o.state = 'payment_pending' and not exists (select 1 from order_attempt a
                    where a.order_id = o.id and a.status in ('processing', 'capture_pending', 'authorization_void_pending'))))
        """;
    private const string Due = $"{IsDue} order by o.expires_at limit @limit";
    private const string DueOne = $"{IsDue} and o.id = @id";

    // No order is over more; sums of what is not refused stay far below the end of a long.
    private const long MaxMinor = 9_007_199_254_740_991;

    public ValueTask<OrderFile?> Find(string id, CancellationToken cancellation = default) =>
        database.Read(async session => await OrderTables.Find(session, id) is { } order ? await File(session, order) : null, cancellation);

    public ValueTask<OrderFile?> FindByToken(string token, CancellationToken cancellation = default) =>
        database.Read(async session => await OrderTables.FindByToken(session, token) is { } order ? await File(session, order) : null, cancellation);

    /// <summary>Makes the order inside the caller's transaction; its stock is taken out of what is for sale.</summary>
    public async ValueTask<Order> Place(DbSession session, Order draft, IReadOnlyList<OrderLine> lines)
    {
        var now = Now();
        var order = draft with
        {
            CreatedAt = now,
            UpdatedAt = now,
            ExpiresAt = now + Milliseconds(options.Lifetime),
            CheckAt = now + Milliseconds(options.FirstCheck),
        };
        await OrderTables.Insert(session, order, lines);
        await OrderTables.MoveStock(session, lines, 1);
        await OrderTables.Note(session, order.Id, order.State, order.State, "start_checkout", now);
        LogPlaced(order.Reference, order.Amount);
        return order;
    }

    /// <summary>Gives an order that was asked for again its whole time once more.</summary>
    public ValueTask<Order> Prolong(DbSession session, Order order) =>
        OrderTables.Update(session, order with { ExpiresAt = Now() + Milliseconds(options.Lifetime) }, Now());

    /// <summary>Keeps the provider's session, or whatever else does not touch the state; nothing when the order is gone.</summary>
    public async ValueTask<Result<bool>> Change(string id, Func<Order, Order> change, CancellationToken cancellation) => await database.Write<bool>(
        async session =>
        {
            if (await OrderTables.FindToChange(session, id) is not { } order || change(order) is var changed && changed == order)
            {
                return false;
            }

            await OrderTables.Update(session, changed, Now());
            return true;
        },
        isRepeatable: true,
        cancellation);

    /// <summary>Has the provider asked at the next opportunity.</summary>
    public ValueTask<Result<bool>> CheckSoon(string id, CancellationToken cancellation) =>
        Change(id, order => order with { CheckAt = Now(), Checks = 0 }, cancellation);

    /// <summary>Ends the time of an order inside the caller's transaction: it expires, unless money is under way.</summary>
    public async ValueTask<Order> Lapse(DbSession session, Order order, string cause) =>
        await Settle(session, order with { Lapsed = true }, order.State, await OrderTables.Attempts(session, order.Id), await OrderTables.Refunds(session, order.Id), cause);

    /// <summary>
    /// Takes in what the provider says of a transaction, inside the caller's transaction. Returns what became of it, in words
    /// for the receipt.
    /// </summary>
    public async ValueTask<string> Hear(DbSession session, Order order, PaymentTransaction news, string cause)
    {
        if (!Attempt.IsKnown(news.Status))
        {
            return $"status {news.Status} is not understood";
        }

        if (news.Amount != order.AmountMinor || news.Currency != order.Currency.Code)
        {
            // Neither is a capability, but both come from outside.
            var currency = news.Currency.Length == 3 ? news.Currency : "another currency";
            return await Refuse(session, order, $"{cause}: refused, the transaction is over {news.Amount} {currency} (minor units), not {order.AmountMinor} {order.Currency}");
        }

        if (news.CapturedAmount > MaxMinor || news.RefundedAmount > MaxMinor)
        {
            return await Refuse(session, order, $"{cause}: refused, its amounts are beyond reason");
        }

        if (await OrderTables.FindByTransaction(session, news.Id) is { } other && other.Id != order.Id)
        {
            return await Refuse(session, order, $"{cause}: refused, the transaction was a payment of another order");
        }

        var attempts = await OrderTables.Attempts(session, order.Id);
        var known = attempts.FindIndex(attempt => attempt.TransactionId == news.Id);
        var heard = Attempt.Of(news);
        var merged = known < 0 ? heard : attempts[known].Merge(heard);
        if (known >= 0 && merged == attempts[known])
        {
            return "nothing new";
        }

        await OrderTables.Save(session, order.Id, merged);
        if (known < 0)
        {
            attempts.Add(merged);
        }
        else
        {
            attempts[known] = merged;
        }

        var settled = await Settle(session, order, order.State, attempts, await OrderTables.Refunds(session, order.Id), cause);
        return OrderNames.Of(settled.State);
    }

    /// <summary>The same for a refund. <paramref name="id"/> is ours where we asked for it.</summary>
    public async ValueTask<string> Hear(DbSession session, Order order, string id, PaymentRefund news, string cause)
    {
        if (news.Currency != order.Currency.Code)
        {
            return await Refuse(session, order, $"{cause}: refused, the refund is in another currency than the order");
        }

        if (news.Amount > MaxMinor)
        {
            return await Refuse(session, order, $"{cause}: refused, its amount is beyond reason");
        }

        var refunds = await OrderTables.Refunds(session, order.Id);
        var heard = new OrderRefund(id, news.TransactionId, news.Amount, news.Status, news.UpdatedAt.ToUnixTimeMilliseconds());
        var known = refunds.FindIndex(refund => refund.Id == id);
        var merged = known < 0 ? heard : refunds[known].Merge(heard);
        if (known >= 0 && merged == refunds[known])
        {
            return "nothing new";
        }

        await OrderTables.Save(session, order.Id, merged);
        refunds = await OrderTables.Refunds(session, order.Id);
        var settled = await Settle(session, order, order.State, await OrderTables.Attempts(session, order.Id), refunds, cause);
        return OrderNames.Of(settled.State);
    }

    /// <summary>Notes that the provider was asked and had nothing new; the next time is later.</summary>
    public async ValueTask Asked(DbSession session, Order order)
    {
        var checks = order.Checks + 1;
        await OrderTables.Update(session, order with { Checks = checks, CheckAt = NextCheck(order with { Checks = checks }) }, order.UpdatedAt);
    }

    /// <summary>Orders about which the provider is to be asked.</summary>
    public ValueTask<List<Order>> ToCheck(int limit, CancellationToken cancellation) => database.ReadOne(
        session => session.Query(
            $"select {Order.Columns} from orders o where o.check_at <= @now order by o.check_at limit @limit",
            Order.Read,
            ("@now", Now()),
            ("@limit", limit)),
        cancellation);

    /// <summary>
    /// Takes the question about an order on, so that no other instance asks it too. Should this one die over it, the next asks in a minute.
    /// </summary>
    public async ValueTask<bool> ClaimCheck(Order order, CancellationToken cancellation)
    {
        if (!database.IsPostgres)
        {
            return true;
        }

        var claimed = await database.Write<bool>(
            async session => await session.Execute(
                "update orders set check_at = @later where id = @id and check_at = @was",
                ("@later", Now() + Milliseconds(TimeSpan.FromMinutes(1))),
                ("@id", order.Id),
                ("@was", order.CheckAt)) == 1,
            cancellation);
        return claimed is { Ok: true, Value: true };
    }

    /// <summary>Ends the time of all orders that were not paid in it, and of those that have waited too long for news. How many.</summary>
    public async ValueTask<Result<int>> LapseAll(CancellationToken cancellation = default)
    {
        var total = 0;
        while (true)
        {
            var step = database.IsPostgres ? await LapseEach(cancellation) : await database.Write<int>(LapseSome, cancellation);
            if (!step.Ok)
            {
                return step;
            }

            total += step.Value;
            if (step.Value < LapseStep)
            {
                return total;
            }
        }
    }

    /// <summary>Removes orders that came to nothing long ago, and with them the addresses that were given.</summary>
    public ValueTask<Result<int>> Sweep(CancellationToken cancellation) => database.Sweep(
        "orders",
        "id",
        "created_at",
        time.GetUtcNow() - options.ReceiptLifetime,
        cancellation,
        "state in ('expired', 'voided') and captured_minor = 0 and stock = 'released'");

    // Where others write at the same time, each order is a write of its own: it holds up one cart.
    private async ValueTask<Result<int>> LapseEach(CancellationToken cancellation)
    {
        var due = await database.ReadOne(session => ToLapse(session, Due, ("@limit", LapseStep)), cancellation);
        foreach (var id in due.Select(order => order.Id))
        {
            var lapsed = await database.Write<bool>(
                async session =>
                {
                    await Locks.Order(session, id);
                    var still = await ToLapse(session, DueOne, ("@id", id));
                    return still is [var order] && await Lapse(session, order, Late) is not null;
                },
                isRepeatable: true,
                cancellation);
            if (!lapsed.Ok)
            {
                return lapsed.Problem;
            }
        }

        return due.Count;
    }

    private ValueTask<List<Order>> ToLapse(DbSession session, string sql, (string, object?) which)
    {
        var now = Now();
        return session.Query(sql, Order.Read, ("@now", now), ("@held", now - Milliseconds(options.HoldLimit)), which);
    }

    private async ValueTask<Result<int>> LapseSome(DbSession session)
    {
        var due = await ToLapse(session, Due, ("@limit", LapseStep));
        foreach (var order in due)
        {
            await Lapse(session, order, Late);
        }

        return due.Count;
    }

    private async ValueTask<Order> Settle(
        DbSession session, Order order, OrderState before, List<Attempt> attempts, List<OrderRefund> refunds, string cause)
    {
        var now = Now();
        var state = OrderRules.State(order.AmountMinor, order.Lapsed, attempts, refunds);
        var after = order with
        {
            State = state,
            Stock = OrderRules.Stock(state, order.Lapsed),
            CapturedMinor = OrderRules.Captured(attempts),
            RefundedMinor = OrderRules.Refunded(attempts, refunds),
            PaidAt = order.PaidAt ?? (OrderRules.IsPaid(state) ? now : null),
            CompletedAt = order.CompletedAt ?? (Completes(order, state) ? now : null),
            Checks = 0,
        };
        after = await OrderTables.Update(session, after with { CheckAt = NextCheck(after) }, now);
        await MoveStock(session, order.Stock, after);
        if (order.CompletedAt is null && after.CompletedAt is not null)
        {
            await CartTables.TakeOut(session, order.CartId, await OrderTables.Lines(session, order.Id));
        }

        await OrderTables.Note(session, order.Id, before, state, Describe(cause, order, after), now);

        // Last: every sale of a day waits for its totals.
        await Record(session, order, after, now);
        if (state != before)
        {
            LogTransition(order.Reference, before, state, cause);
        }

        return after;
    }

    /// <summary>Writes down as a sale what was paid, and what went back since.</summary>
    private static async ValueTask Record(DbSession session, Order before, Order after, long now)
    {
        var isNew = before.PaidAt is null && after.PaidAt is not null;
        var givenBack = after.PaidAt is null ? 0 : OrderRules.GivenBack(after) - (isNew ? 0 : OrderRules.GivenBack(before));
        if (!isNew && givenBack == 0)
        {
            return;
        }

        var lines = await OrderTables.Lines(session, after.Id);
        if (isNew)
        {
            await SalesBook.Sold(session, after, lines, after.PaidAt!.Value);
        }

        await SalesBook.GivenBack(session, after, lines, givenBack, now);
    }

    // The trail says what a merchant has to look into.
    private static string Describe(string cause, Order before, Order after)
    {
        if (after.CapturedMinor > after.AmountMinor && after.CapturedMinor > before.CapturedMinor)
        {
            return $"{cause}; more was captured ({after.CapturedMinor}) than is owed ({after.AmountMinor}): give the second payment back";
        }

        return before.Stock == OrderStock.Released && after.Stock == OrderStock.Taken
            ? $"{cause}; paid after its stock was released: look whether it can be delivered"
            : cause;
    }

    private static async ValueTask MoveStock(DbSession session, OrderStock before, Order after)
    {
        // Reserved or taken: not for sale either way.
        var pieces = (before, after.Stock) switch
        {
            (OrderStock.Released, not OrderStock.Released) => 1,
            (not OrderStock.Released, OrderStock.Released) => -1,
            _ => 0,
        };
        if (pieces == 0)
        {
            return;
        }

        await OrderTables.MoveStock(session, await OrderTables.Lines(session, after.Id), pieces);
    }

    /// <summary>Notes news that were not taken in; gives the note.</summary>
    public async ValueTask<string> Refuse(DbSession session, Order order, string what)
    {
        await OrderTables.Note(session, order.Id, order.State, order.State, what, Now());
        LogRefused(order.Reference, what);
        return what;
    }

    /// <summary>Whether the shopper's part is done, so that the cart is free for the next purchase.</summary>
    private static bool Completes(Order order, OrderState state) => OrderRules.IsPaid(state) || (order.CapturesLater && state == OrderState.Authorized);

    private long? NextCheck(Order order)
    {
        var wait = Math.Min(Milliseconds(options.FirstCheck) << (int)Math.Min(order.Checks, 20), Milliseconds(options.LongestWait));
        var next = Now() + wait;
        return order.State switch
        {
            OrderState.Expired or OrderState.Voided => next <= order.ExpiresAt + Milliseconds(options.LateMoney) ? next : null,
            _ when OrderRules.IsPaid(order.State) => null,
            _ => next,
        };
    }

    internal static async ValueTask<OrderFile> File(DbSession session, Order order) => new(
        order,
        await OrderTables.Lines(session, order.Id),
        await OrderTables.Attempts(session, order.Id),
        await OrderTables.Refunds(session, order.Id));

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "Order {Order} over {Amount} was placed")]
    private partial void LogPlaced(string order, Money amount);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "Order {Order} went from {From} to {To}: {Cause}")]
    private partial void LogTransition(string order, OrderState from, OrderState to, string cause);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "News of order {Order} refused: {What}")]
    private partial void LogRefused(string order, string what);
}
