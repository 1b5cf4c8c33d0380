using System.Text.Json.Serialization;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>What is written as Gr4vy writes it, and what is sent to it. Reading is <see cref="ResourceReader"/>, which forgives more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventResource))]
internal sealed partial class Gr4vyJson : JsonSerializerContext;

/// <summary>The envelope of a webhook.</summary>
internal sealed record EventResource(
    string Type,
    string Id,
    string Name,
    DateTimeOffset? CreatedAt,
    string MerchantAccountId,
    string Gr4vyId,
    string Environment,
    Resource Target);

/// <summary>Something that Gr4vy keeps, with its "type"; written as <see cref="Resource"/>, or the type is left out.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TransactionResource), WebhookEvent.TransactionType)]
[JsonDerivedType(typeof(RefundResource), WebhookEvent.RefundType)]
internal abstract record Resource
{
    public static Resource Of(PaymentTransaction of) => new TransactionResource(
        of.Id,
        of.Status,
        of.Amount,
        of.Currency,
        of.AuthorizedAmount,
        of.CapturedAmount,
        of.RefundedAmount,
        of.ExternalIdentifier,
        of.Metadata,
        of.CheckoutSessionId,
        of.MerchantAccountId,
        of.Method is null ? null : new MethodResource("payment-method", of.Method),
        of.ErrorCode,
        of.UpdatedAt);

    public static Resource Of(PaymentRefund of) => new RefundResource(
        of.Id,
        of.TransactionId,
        of.Status,
        of.Amount,
        of.Currency,
        of.ExternalIdentifier,
        of.TransactionExternalIdentifier,
        of.UpdatedAt);
}

/// <summary>A transaction as the API and webhooks show it.</summary>
internal sealed record TransactionResource(
    string Id,
    string Status,
    long Amount,
    string Currency,
    long? AuthorizedAmount,
    long? CapturedAmount,
    long? RefundedAmount,
    string? ExternalIdentifier,
    IReadOnlyDictionary<string, string>? Metadata,
    string? CheckoutSessionId,
    string? MerchantAccountId,
    MethodResource? PaymentMethod,
    string? ErrorCode,
    DateTimeOffset UpdatedAt)
    : Resource;

/// <summary>How a transaction is paid.</summary>
internal sealed record MethodResource(string Type, string Method);

/// <summary>A refund as the API and webhooks show it.</summary>
internal sealed record RefundResource(
    string Id,
    string TransactionId,
    string Status,
    long Amount,
    string Currency,
    string? ExternalIdentifier,
    string? TransactionExternalIdentifier,
    DateTimeOffset UpdatedAt)
    : Resource;
