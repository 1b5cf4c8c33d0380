using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>Takes payments through Gr4vy. The order's id is the external identifier of its transactions and "order_id" in their metadata.</summary>
internal sealed class Gr4vyPayments(Gr4vyAccount account, Gr4vyApi api, TokenIssuer tokens) : IPaymentProvider
{
    private const string OrderKey = "order_id";

    // Limits of Gr4vy Embed and of the schema CartItem.
    private const long MaxAmount = 99_999_999;
    private const int MaxNameLength = 255;

    /// <summary>The longest that Gr4vy allows: it has to outlive the order.</summary>
    private const int SessionSeconds = 86_400;

    /// <summary>
    /// With everything that it is made of. The client is one of <see cref="Gr4vyCalls.OpenClient"/>, kept as long as this is; the limit is
    /// that of one try, 5 seconds unless it is given.
    /// </summary>
    public static Gr4vyPayments Create(
        Gr4vyAccount account, TokenIssuer tokens, HttpClient http, TimeProvider time, ILoggerFactory logs, TimeSpan? tryLimit = null)
    {
        var calls = new Gr4vyCalls(http, account, tokens, time, logs.CreateLogger<Gr4vyCalls>(), tryLimit);
        return new Gr4vyPayments(account, new Gr4vyApi(calls, logs.CreateLogger<Gr4vyApi>()), tokens);
    }

    public string Name => "gr4vy";

    public string Environment => account.Environment;

    public string MerchantAccountId => account.MerchantAccountId;

    /// <summary>Calls the API only when the request has no session yet.</summary>
    public async ValueTask<Result<PaymentStart>> Begin(PaymentRequest request, CancellationToken cancellation)
    {
        if (request.AmountMinor is < 0 or > MaxAmount)
        {
            return Problem.Invalid("The order's total is more than the payment provider takes at once. Order less, or in several orders.");
        }

        var metadata = new Dictionary<string, string> { [OrderKey] = request.OrderId };
        var items = request.Items.Select(item => new EmbedItem(Cut(item.Name), item.Quantity, item.UnitAmountMinor, item.ProductId)).ToArray();
        var session = request.SessionId;
        if (session is null)
        {
            var body = new SessionBody(request.AmountMinor, request.Currency, request.Country, account.Intent, SessionSeconds, metadata, items);
            var made = await api.CreateSession(body, cancellation);
            if (!made.Ok)
            {
                return Problem.Unavailable(made.Problem.Advice);
            }

            session = made.Value;
        }

        var claims = new EmbedClaims(request.AmountMinor, request.Currency, account.MerchantAccountId, metadata, items);
        return new PaymentStart(session, new EmbedSettings(
            tokens.Embed(claims, session),
            account.Id,
            account.Environment,
            request.Currency,
            request.Country,
            account.MerchantAccountId,
            request.AmountMinor));
    }

    /// <summary>By external identifier; by metadata when that finds none, because a browser can leave the former out but not the latter.</summary>
    public async ValueTask<Result<IReadOnlyList<PaymentTransaction>>> Find(string orderId, CancellationToken cancellation)
    {
        var found = await api.FindByExternalIdentifier(orderId, cancellation);
        if (!found.Ok)
        {
            return found.Problem;
        }

        var mine = found.Value.Where(transaction => transaction.ExternalIdentifier == orderId).ToArray();
        return mine.Length > 0 ? mine : await FindByMetadata(orderId, cancellation);
    }

    public ValueTask<Result<PaymentTransaction>> Capture(string transactionId, string idempotencyKey, CancellationToken cancellation) =>
        api.Capture(transactionId, Uuid.Of($"capture {transactionId} {idempotencyKey}"), cancellation);

    /// <summary>Looks for the reference first: Gr4vy forgets idempotency keys after a day, and the money would go back twice.</summary>
    public async ValueTask<Result<PaymentRefund>> Refund(string transactionId, long amountMinor, string reference, CancellationToken cancellation)
    {
        var earlier = await api.FindRefunds(transactionId, cancellation);
        if (!earlier.Ok)
        {
            return earlier.Problem;
        }

        return earlier.Value.FirstOrDefault(refund => refund.ExternalIdentifier == reference) is { } done
            ? done
            : await api.Refund(transactionId, new RefundBody(amountMinor, reference), Uuid.Of($"refund {transactionId} {reference}"), cancellation);
    }

    /// <summary>
    /// Lists may leave the metadata out; then each one is read before it is believed to be of this order. One that names another order as
    /// its external identifier is that order's, or it could pay two.
    /// </summary>
    private async ValueTask<Result<IReadOnlyList<PaymentTransaction>>> FindByMetadata(string orderId, CancellationToken cancellation)
    {
        var found = await api.FindByMetadata(new Dictionary<string, string> { [OrderKey] = orderId }, cancellation);
        if (!found.Ok)
        {
            return found.Problem;
        }

        var mine = new List<PaymentTransaction>();
        foreach (var listed in found.Value.Where(listed => (listed.ExternalIdentifier ?? orderId) == orderId).Take(10))
        {
            var read = listed.Metadata is null ? await api.GetTransaction(listed.Id, cancellation) : listed;
            if (!read.Ok)
            {
                return read.Problem;
            }

            if (read.Value.Metadata?.GetValueOrDefault(OrderKey) == orderId && (read.Value.ExternalIdentifier ?? orderId) == orderId)
            {
                mine.Add(read.Value);
            }
        }

        return mine;
    }

    /// <summary>At most so many UTF-16 units, and no half of a character at the end.</summary>
    private static string Cut(string name) =>
        name.Length <= MaxNameLength ? name : name[..(char.IsHighSurrogate(name[MaxNameLength - 1]) ? MaxNameLength - 1 : MaxNameLength)];
}
