using Cartwright.Server.Payments;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Orders;

/// <summary>
/// What orders need in the background: webhooks that a crash left unapplied, questions to the provider about orders that wait too long for
/// news, and the end of those whose time is over.
/// </summary>
internal sealed partial class OrderKeeper(
    Database database, OrderBook orders, WebhookInbox inbox, PaymentSide payments, TimeProvider time, ILogger<OrderKeeper> logger)
    : Periodic(TimeSpan.FromSeconds(1), time)
{
    private const int Batch = 20;

    /// <summary>Does once what is to be done now.</summary>
    public async Task Look(CancellationToken stopping)
    {
        await inbox.ApplyWaiting(stopping);
        foreach (var order in await orders.ToCheck(Batch, stopping))
        {
            if (await orders.ClaimCheck(order, stopping) && !await Reconcile(order, stopping))
            {
                // It is waited for once, not once for every order, and expiry does not wait for it.
                break;
            }
        }

        await orders.LapseAll(stopping);
    }

    protected override Task Work(CancellationToken stopping) => Look(stopping);

    [LoggerMessage(EventId = 4101, Level = LogLevel.Error, Message = "Looking after the orders failed; it is tried again")]
    protected override partial void LogFailure(Exception exception);

    /// <summary>Asks about one order; false when the provider does not answer. An order that fails is put off, so that it holds up no other.</summary>
    private async ValueTask<bool> Reconcile(Order order, CancellationToken stopping)
    {
        try
        {
            return await Ask(order, stopping);
        }
#pragma warning disable CA1031 // Logged, and tried again later.
        catch (Exception exception) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailure(exception);
            await Hear(order, [], stopping);
            return true;
        }
    }

    /// <summary>Asks the provider for all transactions of an order, and takes in what it says.</summary>
    private async ValueTask<bool> Ask(Order stale, CancellationToken stopping)
    {
        var found = payments.Provider is { } provider && provider.Name == stale.Provider
            ? await provider.Find(stale.Id, stopping)
            : Problem.Unavailable("The order's provider is not configured any more.");
        await Hear(stale, found.Ok ? found.Value : [], stopping);
        return found.Ok || found.Problem.Kind != ProblemKind.Unavailable;
    }

    private async ValueTask Hear(Order stale, IReadOnlyList<PaymentTransaction> found, CancellationToken stopping) =>
        await database.Write<bool>(
            async session =>
            {
                await Locks.Payments(session, found.Select(transaction => transaction.Id));
                if (await OrderTables.FindToChange(session, stale.Id) is not { } order)
                {
                    return false;
                }

                var before = order.Version;
                foreach (var transaction in found)
                {
                    await orders.Hear(session, order, transaction, $"asked {stale.Provider}");
                    order = (await OrderTables.Find(session, stale.Id))!;
                }

                if (order.Version == before)
                {
                    await orders.Asked(session, order);
                }

                return true;
            },
            isRepeatable: true,
            stopping);
}
