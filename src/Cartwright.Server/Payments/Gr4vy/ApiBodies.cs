using System.Text.Json.Serialization;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>What is sent to the API (OpenAPI, schemas CheckoutSessionCreate, TransactionCaptureCreate, TransactionRefundCreate).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(CaptureBody))]
[JsonSerializable(typeof(RefundBody))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class ApiBodies : JsonSerializerContext;

/// <summary>A checkout session. It expires after so many seconds, 3600 to 86400.</summary>
internal sealed record SessionBody(
    long Amount,
    string Currency,
    string Country,
    string Intent,
    int ExpiresIn,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<EmbedItem> CartItems);

/// <summary>A capture; without an amount it is of everything that was authorized.</summary>
internal sealed record CaptureBody(long? Amount = null);

/// <summary>A refund of part of a transaction or all of it.</summary>
internal sealed record RefundBody(long Amount, string ExternalIdentifier);
