namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// What an embed token pins, so that a browser cannot change it (Gr4vy, guide "Embed", section on tokens). Amounts are minor units of
/// the currency. Keys of the metadata are snake_case: an SDK rewrites others.
/// </summary>
internal sealed record EmbedClaims(
    long Amount,
    string Currency,
    string? MerchantAccountId = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    IReadOnlyList<EmbedItem>? CartItems = null);

/// <summary>A line of what is paid. The name has 1 to 255 characters, the quantity is at least 1, the unit amount 0 to 99999999.</summary>
internal sealed record EmbedItem(string Name, long Quantity, long UnitAmount, string? ExternalIdentifier = null);

/// <summary>What a token says, once its signature and its times were checked. Members that it leaves out are null.</summary>
internal sealed record TokenClaims(
    string Issuer,
    string Id,
    DateTimeOffset NotBefore,
    DateTimeOffset Expires,
    IReadOnlyList<string> Scopes,
    string? CheckoutSessionId,
    long? Amount,
    string? Currency,
    string? MerchantAccountId,
    IReadOnlyDictionary<string, string>? Metadata);
