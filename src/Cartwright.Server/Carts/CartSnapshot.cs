using System.Text.Json.Serialization;

namespace Cartwright.Server.Carts;

/// <summary>
/// The whole cart as of one moment, which is what every cart call answers. Amounts are decimals with exactly the currency's
/// places, prices those of the catalogue now. Item count and subtotal leave out what is no longer sold.
/// </summary>
internal sealed record CartSnapshot(
    string CartId,
    long Version,
    string Currency,
    IReadOnlyList<CartItem> Items,
    long ItemCount,
    decimal Subtotal,
    IReadOnlyList<string>? Notes = null);

/// <summary>A line of the snapshot. The note tells what a shopper should know: price changed, few left, no longer sold.</summary>
internal sealed record CartItem(
    string ProductId,
    string Name,
    decimal Price,
    long Quantity,
    string? Image,
    decimal LineTotal,
    string? Note = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CartSnapshot))]
internal sealed partial class CartJson : JsonSerializerContext;
