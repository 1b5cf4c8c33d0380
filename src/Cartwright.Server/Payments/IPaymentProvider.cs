namespace Cartwright.Server.Payments;

/// <summary>
/// Whoever takes the money. Two of them: Gr4vy, and the sandbox, which plays Gr4vy without an account and without a network. Orders,
/// attempts and webhook receipts are ours; a provider only knows transactions. What it answers is a server-to-server read and may change an
/// order; what a browser says never does.
/// </summary>
internal interface IPaymentProvider
{
    /// <summary>"sandbox" or "gr4vy"; kept with each order.</summary>
    string Name { get; }

    /// <summary>"sandbox" or "production". Notices of another environment are refused.</summary>
    string Environment { get; }

    /// <summary>The account that is paid. Notices of another one are refused.</summary>
    string MerchantAccountId { get; }

    /// <summary>
    /// Makes an order payable: a checkout session at the provider (the one of the request, when it has one) and an embed token that pins what
    /// is to be paid. May be asked as often as needed for one order. Unavailable, with a text fit for shoppers, when the provider does not
    /// answer or refuses.
    /// </summary>
    ValueTask<Result<PaymentStart>> Begin(PaymentRequest request, CancellationToken cancellation);

    /// <summary>Every transaction that the provider has for the order; none is an empty list.</summary>
    ValueTask<Result<IReadOnlyList<PaymentTransaction>>> Find(string orderId, CancellationToken cancellation);

    /// <summary>Captures an authorized transaction in full. The same key twice captures once.</summary>
    ValueTask<Result<PaymentTransaction>> Capture(string transactionId, string idempotencyKey, CancellationToken cancellation);

    /// <summary>
    /// Gives money back. The reference is the refund's external identifier and its idempotency key: the same one twice refunds once and
    /// answers the same refund.
    /// </summary>
    ValueTask<Result<PaymentRefund>> Refund(string transactionId, long amountMinor, string reference, CancellationToken cancellation);
}

/// <summary>An order as a provider needs it. Amounts are minor units of the currency.</summary>
internal sealed record PaymentRequest(
    string OrderId,
    string? SessionId,
    long AmountMinor,
    string Currency,
    string Country,
    IReadOnlyList<PaymentItem> Items);

/// <summary>A line of it.</summary>
internal sealed record PaymentItem(string ProductId, string Name, long Quantity, long UnitAmountMinor);

/// <summary>What a browser needs to pay. The session's id is null when the provider works without sessions.</summary>
internal sealed record PaymentStart(string? SessionId, EmbedSettings Embed);

/// <summary>
/// The settings of Gr4vy Embed as the guide names them (snake_case in JSON). The token is secret: it goes to the shopper's browser and
/// nowhere else, and never where a model reads.
/// </summary>
internal sealed record EmbedSettings(
    string Token,
    string Gr4vyId,
    string Environment,
    string Currency,
    string Country,
    string MerchantAccountId,
    long Amount);

/// <summary>
/// A transaction as Gr4vy's API and webhooks show it (OpenAPI, schema Transaction), as far as it is used. Amounts are minor units; those
/// that a payload leaves out are null. The status is kept as the text it came as.
/// </summary>
internal sealed record PaymentTransaction(
    string Id,
    string Status,
    long Amount,
    string Currency,
    DateTimeOffset UpdatedAt,
    long? AuthorizedAmount = null,
    long? CapturedAmount = null,
    long? RefundedAmount = null,
    string? ExternalIdentifier = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    string? CheckoutSessionId = null,
    string? MerchantAccountId = null,
    string? Method = null,
    string? ErrorCode = null);

/// <summary>A refund as Gr4vy's API and webhooks show it (OpenAPI, schema Refund), as far as it is used.</summary>
internal sealed record PaymentRefund(
    string Id,
    string TransactionId,
    string Status,
    long Amount,
    string Currency,
    DateTimeOffset UpdatedAt,
    string? ExternalIdentifier = null,
    string? TransactionExternalIdentifier = null);

/// <summary>The statuses of a transaction (Gr4vy, guide "Transaction statuses").</summary>
internal static class TransactionStatus
{
    public const string Processing = "processing";
    public const string BuyerApprovalPending = "buyer_approval_pending";
    public const string AuthorizationSucceeded = "authorization_succeeded";
    public const string AuthorizationDeclined = "authorization_declined";
    public const string AuthorizationFailed = "authorization_failed";
    public const string AuthorizationVoidPending = "authorization_void_pending";
    public const string AuthorizationVoided = "authorization_voided";
    public const string CapturePending = "capture_pending";
    public const string CaptureSucceeded = "capture_succeeded";
}

/// <summary>The statuses of a refund.</summary>
internal static class RefundStatus
{
    public const string Processing = "processing";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Declined = "declined";
    public const string Voided = "voided";
}
