using System.Collections.Concurrent;
using System.Security.Cryptography;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Payments;

/// <summary>
/// What the payment provider told, kept under its id before anything is made of it: once stored it is answered for, and applied at once or,
/// after a crash, later. The same id twice is one.
/// </summary>
internal sealed partial class WebhookInbox(
    Database database, OrderBook orders, PaymentSide payments, TimeProvider time, OrderOptions options, ILogger<WebhookInbox> logger)
{
    private const int Batch = 100;
    private const string Waiting = "select body from webhook_receipt where id = @id and applied_at is null";

    // Those that this process has given up.
    private readonly ConcurrentDictionary<string, bool> _givenUp = new(StringComparer.Ordinal);

    /// <summary>
    /// The id under which a delivery is kept. The provider signs the body, not the id: another body under a known id is another delivery,
    /// or whoever repeats a body under a made-up id could keep a later one out.
    /// </summary>
    public static string IdOf(string id, byte[] body) => $"{id} {Convert.ToHexStringLower(SHA256.HashData(body))[..16]}".TrimStart();

    /// <summary>Stores a verified delivery and applies it. The problem, if there is one, is the storage's: the provider should deliver again.</summary>
    public async ValueTask<Result<bool>> Receive(string id, byte[] body, CancellationToken cancellation)
    {
        var stored = await database.Write<bool>(
            async session => await session.Execute(
                "insert into webhook_receipt (id, received_at, body) values (@id, @now, @body) on conflict (id) do nothing",
                ("@id", id),
                ("@now", Now()),
                ("@body", body)) == 1,
            isRepeatable: true,
            cancellation);
        if (stored is { Ok: true, Value: true })
        {
            // Stored is enough for the provider: what fails now is tried again.
            await TryApply(id, CancellationToken.None);
        }

        return stored;
    }

    /// <summary>Applies what was stored but not applied: the process ended in between.</summary>
    public async ValueTask ApplyWaiting(CancellationToken cancellation)
    {
        var waiting = await database.ReadOne(
            session => session.Query(
                "select id from webhook_receipt where applied_at is null order by received_at limit @limit",
                row => row.GetString(0),
                ("@limit", Batch)),
            cancellation);
        foreach (var id in waiting.Where(id => !_givenUp.ContainsKey(id)))
        {
            await TryApply(id, cancellation);
        }
    }

    /// <summary>Removes receipts that are kept long enough.</summary>
    public ValueTask<Result<int>> Sweep(CancellationToken cancellation) => database.Sweep(
        "webhook_receipt", "id", "received_at", time.GetUtcNow() - options.ReceiptLifetime, cancellation, "applied_at is not null");

    private async ValueTask TryApply(string id, CancellationToken cancellation)
    {
        try
        {
            var applied = await database.Write(session => Apply(session, id), isRepeatable: true, cancellation);
            if (!applied.Ok)
            {
                LogNotApplied(id, applied.Problem.Advice, null);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A bug, which the next try would only meet again: it waits for a program without it.
            _givenUp.TryAdd(id, true);
            LogNotApplied(id, "an error", exception);
        }
    }

    private async ValueTask<Result<string>> Apply(DbSession session, string id)
    {
        // Another instance may be at it.
        var body = await session.First(
            session.IsPostgres ? $"{Waiting} for update skip locked" : Waiting,
            row => row.GetFieldValue<byte[]>(0),
            ("@id", id));
        if (body is null)
        {
            return "applied already";
        }

        var read = WebhookEvent.Read(body);
        var (order, outcome) = read.Ok ? await Apply(session, id, read.Value) : (null, read.Problem.Advice);
        await session.Later(
            "update webhook_receipt set applied_at = @now, order_id = @order, outcome = @outcome where id = @id",
            ("@now", Now()),
            ("@order", order?.Id),
            ("@outcome", outcome),
            ("@id", id));
        LogApplied(id, order?.Reference ?? "none", outcome);
        return outcome;
    }

    private async ValueTask<(Order? Order, string Outcome)> Apply(DbSession session, string id, WebhookEvent news)
    {
        if (news.Transaction is null && news.Refund is null)
        {
            return (null, $"nothing to do: {news.Unread}");
        }

        if (payments.Provider is not { } provider)
        {
            return (null, "refused: the shop takes no payments");
        }

        await Locks.Payment(session, news.Transaction?.Id ?? news.Refund!.TransactionId);
        var named = news.Transaction is { } transaction ? await OrderOf(session, transaction) : await OrderOf(session, news.Refund!);
        var order = named is null || !session.IsPostgres ? named : await OrderTables.FindToChange(session, named.Id);
        if (order is null)
        {
            return (null, news.Refund is { } early ? NoOrderOf(early.TransactionId) : "no such order");
        }

        var cause = $"webhook {id} {news.Name}".TrimEnd();
        if (Stranger(news, order, provider) is { } whose)
        {
            return (order, await orders.Refuse(session, order, $"{cause}: refused, it is {whose}"));
        }

        if (news.Transaction is not { } about)
        {
            return (order, await orders.Hear(session, order, RefundIds.Of(news.Refund!), news.Refund!, cause));
        }

        // Refunds that came before their payment was known are applied by the keeper.
        await session.Later(
            "update webhook_receipt set applied_at = null where order_id is null and outcome = @outcome and applied_at is not null", ("@outcome", NoOrderOf(about.Id)));
        return (order, await orders.Hear(session, order, about, cause));
    }

    private static string NoOrderOf(string transactionId) => $"no such order: refund of {transactionId}";

    /// <summary>Whose news it is, when not this shop's; null when it is.</summary>
    private static string? Stranger(WebhookEvent news, Order order, IPaymentProvider provider) =>
        order.Provider != provider.Name ? "another provider's than the order"
        : news.Environment.Length > 0 && news.Environment != provider.Environment ? "of another environment"
        : new[] { news.MerchantAccountId, news.Transaction?.MerchantAccountId }.Any(account => account is { Length: > 0 } && account != provider.MerchantAccountId)
            ? "of another merchant account"
        : null;

    // The metadata is pinned by the token; the external identifier is what a browser passed on.
    private static async ValueTask<Order?> OrderOf(DbSession session, PaymentTransaction transaction) =>
        await OrderTables.FindByTransaction(session, transaction.Id)
        ?? (transaction.Metadata?.GetValueOrDefault("order_id") is { } named ? await OrderTables.Find(session, named) : null)
        ?? (transaction.ExternalIdentifier is { } id ? await OrderTables.Find(session, id) : null)
        ?? (transaction.CheckoutSessionId is { } checkout ? await OrderTables.FindBySession(session, checkout) : null);

    private static async ValueTask<Order?> OrderOf(DbSession session, PaymentRefund refund) =>
        await OrderTables.FindByTransaction(session, refund.TransactionId)
        ?? (refund.TransactionExternalIdentifier is { } id ? await OrderTables.Find(session, id) : null);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "Webhook {Webhook} for order {Order}: {Outcome}")]
    private partial void LogApplied(string webhook, string order, string outcome);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "Webhook {Webhook} is stored, but could not be applied yet: {Why}")]
    private partial void LogNotApplied(string webhook, string why, Exception? exception);
}

/// <summary>How refunds are told apart: by our own reference where we asked for them, else by the provider's id.</summary>
internal static class RefundIds
{
    public const string Prefix = "rf_";

    public static string Of(PaymentRefund refund) =>
        refund.ExternalIdentifier?.StartsWith(Prefix, StringComparison.Ordinal) == true ? refund.ExternalIdentifier : refund.Id;
}
