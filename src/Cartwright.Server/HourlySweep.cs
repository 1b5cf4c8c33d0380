using Cartwright.Server.Carts;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server;

/// <summary>Removes what has expired: carts, idempotency keys, ended sessions and subscriptions, receipts of webhooks, orders that came to nothing.</summary>
internal sealed partial class HourlySweep(
    ShoppingCarts carts,
    EndedSessions sessions,
    KeptSubscriptions subscriptions,
    WebhookInbox inbox,
    OrderBook orders,
    TimeProvider time,
    ILogger<HourlySweep> logger)
    : Periodic(TimeSpan.FromHours(1), time)
{
    protected override async Task Work(CancellationToken stopping)
    {
        var swept = await carts.Sweep(stopping);
        var ended = await sessions.Sweep(stopping);
        await subscriptions.Sweep(stopping);
        await inbox.Sweep(stopping);
        await orders.Sweep(stopping);
        if (swept.Ok && ended.Ok)
        {
            LogSwept(swept.Value.Carts, swept.Value.Keys, ended.Value);
        }
    }

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "Sweeping expired carts failed")]
    protected override partial void LogFailure(Exception exception);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Swept {Carts} expired carts, {Keys} idempotency keys, {Sessions} ended sessions")]
    private partial void LogSwept(int carts, int keys, int sessions);
}
