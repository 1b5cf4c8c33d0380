using Cartwright.Server.Orders;
using Cartwright.Server.Payments;

namespace Cartwright.Server.Checkout;

/// <summary>Everything that the hosted checkout page shows of an order, at one moment.</summary>
internal sealed record CheckoutPageModel
{
    public required string ShopName { get; init; }

    /// <summary>The capability in the page's address.</summary>
    public required string Token { get; init; }

    /// <summary>What people call the order, such as "7K2M-9X1Q": opens nothing.</summary>
    public required string Reference { get; init; }

    public required OrderState State { get; init; }

    /// <summary>
    /// Whether the buyer's bank waits for the buyer. As the page's status says it: the page loads itself anew as long as the two differ.
    /// </summary>
    public required bool AwaitsApproval { get; init; }

    public required IReadOnlyList<PageLine> Lines { get; init; }

    public required Money Total { get; init; }

    public required Money Refunded { get; init; }

    /// <summary>Until when the order can be paid and its stock is reserved.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>ISO 3166-1 alpha-2 of the shop: what the address form begins with.</summary>
    public required string Country { get; init; }

    /// <summary>Contact and delivery address; null until they were given.</summary>
    public BuyerDetails? Buyer { get; init; }

    /// <summary>What was typed into the form when it was refused, by field name, and what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>By field name; empty when nothing is wrong.</summary>
    public IReadOnlyDictionary<string, string> Mistakes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the shopper asked to change the details again.</summary>
    public bool IsEditing { get; init; }

    public required PaymentStep Payment { get; init; }

    /// <summary>Whether the order is the sandbox's: said on every page of it, the receipt too.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>Address of the conversation, when the host told it and it belongs to a known assistant.</summary>
    public Uri? ReturnTo { get; init; }
}

/// <summary>A line; the image is a path on this origin or an absolute address.</summary>
internal sealed record PageLine(string Name, long Quantity, Money Price, Money Total, string? Image);

/// <summary>How the payment step looks.</summary>
internal abstract record PaymentStep
{
    /// <summary>The provider cannot be used now; the text is fit for shoppers.</summary>
    internal sealed record Unavailable(string Text) : PaymentStep;

    /// <summary>Buttons for the outcomes, or for the buyer's answer to the simulated bank.</summary>
    internal sealed record Sandbox : PaymentStep;

    /// <summary>Gr4vy Embed, loaded from its script's address.</summary>
    internal sealed record Gr4vy(EmbedSettings Settings, Uri Script, string OrderId, string Intent, IReadOnlyList<PaymentItem> Items) : PaymentStep;

    /// <summary>Nothing to pay (any more): receipt, expired.</summary>
    internal sealed record None : PaymentStep;
}

/// <summary>Who buys and where it goes. All texts are trimmed; optional ones may be empty.</summary>
internal sealed record BuyerDetails(
    string Email,
    string Name,
    string Line1,
    string Line2,
    string City,
    string Region,
    string PostalCode,
    string Country);
