using System.Data.Common;

namespace Cartwright.Server.Orders;

/// <summary>An order as its row has it. Amounts are minor units of its currency, times Unix milliseconds.</summary>
internal sealed record Order
{
    public const string Columns =
        "o.id, o.token, o.cart_id, o.state, o.lapsed, o.stock, o.currency, o.country, o.amount_minor, o.captured_minor, o.refunded_minor, "
        + "o.provider, o.environment, o.session_id, o.content, o.captures_later, o.buyer, o.version, o.created_at, o.expires_at, o.updated_at, o.paid_at, "
        + "o.check_at, o.checks, o.completed_at";

    /// <summary>Where a query's own columns begin behind these.</summary>
    public static readonly int ColumnCount = Columns.Count(',') + 1;

    /// <summary>A capability: whoever knows it sees the receipt.</summary>
    public required string Id { get; init; }

    /// <summary>A capability: whoever knows it can give an address and pay.</summary>
    public required string Token { get; init; }

    public required string CartId { get; init; }

    public required OrderState State { get; init; }

    public bool Lapsed { get; init; }

    public OrderStock Stock { get; init; } = OrderStock.Reserved;

    public required Currency Currency { get; init; }

    public required string Country { get; init; }

    public required long AmountMinor { get; init; }

    public long CapturedMinor { get; init; }

    public long RefundedMinor { get; init; }

    public required string Provider { get; init; }

    public required string Environment { get; init; }

    public string? SessionId { get; init; }

    /// <summary>Hash of the lines and their prices.</summary>
    public required string Content { get; init; }

    /// <summary>Whether an authorization completes the purchase, and the merchant captures later.</summary>
    public bool CapturesLater { get; init; }

    /// <summary>JSON of contact and delivery address.</summary>
    public string? Buyer { get; init; }

    public long Version { get; init; } = 1;

    public required long CreatedAt { get; init; }

    public required long ExpiresAt { get; init; }

    public required long UpdatedAt { get; init; }

    public long? PaidAt { get; init; }

    /// <summary>When the shopper's part was done: once, whatever is heard afterwards.</summary>
    public long? CompletedAt { get; init; }

    /// <summary>When the provider is asked next.</summary>
    public long? CheckAt { get; init; }

    /// <summary>How often it was asked without news.</summary>
    public long Checks { get; init; }

    public Money Amount => new(AmountMinor, Currency);

    /// <summary>What people call the order ("7K2M-9X1Q"). Opens nothing, so that logs and lists may show it.</summary>
    public string Reference => ReferenceOf(Id);

    public bool IsSimulated => Provider == Payments.ProviderNames.Sandbox;

    public static string ReferenceOf(string id)
    {
        var tail = id[^8..].ToUpperInvariant();
        return $"{tail[..4]}-{tail[4..]}";
    }

    public static Order Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Token = row.GetString(1),
        CartId = row.GetString(2),
        State = OrderNames.State(row.GetString(3)),
        Lapsed = row.GetInt64(4) == 1,
        Stock = OrderNames.Stock(row.GetString(5)),
        Currency = Currency.Find(row.GetString(6)).Value,
        Country = row.GetString(7),
        AmountMinor = row.GetInt64(8),
        CapturedMinor = row.GetInt64(9),
        RefundedMinor = row.GetInt64(10),
        Provider = row.GetString(11),
        Environment = row.GetString(12),
        SessionId = row.IsDBNull(13) ? null : row.GetString(13),
        Content = row.GetString(14),
        CapturesLater = row.GetInt64(15) == 1,
        Buyer = row.IsDBNull(16) ? null : row.GetString(16),
        Version = row.GetInt64(17),
        CreatedAt = row.GetInt64(18),
        ExpiresAt = row.GetInt64(19),
        UpdatedAt = row.GetInt64(20),
        PaidAt = row.IsDBNull(21) ? null : row.GetInt64(21),
        CheckAt = row.IsDBNull(22) ? null : row.GetInt64(22),
        Checks = row.GetInt64(23),
        CompletedAt = row.IsDBNull(24) ? null : row.GetInt64(24),
    };
}

/// <summary>A line of an order, as it was when the order was made: name and price never change afterwards.</summary>
internal sealed record OrderLine(string ProductId, string Name, string? Image, long PriceMinor, long Quantity);

/// <summary>An entry of the audit trail. From and to are the same when something was refused or only noted.</summary>
internal sealed record OrderEvent(long Number, long At, OrderState From, OrderState To, string Cause);

/// <summary>States as JSON and the database spell them.</summary>
internal static class OrderNames
{
    private static readonly (OrderState State, string Name)[] States =
    [
        (OrderState.AwaitingPayment, "awaiting_payment"),
        (OrderState.PaymentPending, "payment_pending"),
        (OrderState.PaymentFailed, "payment_failed"),
        (OrderState.Authorized, "authorized"),
        (OrderState.Paid, "paid"),
        (OrderState.Voided, "voided"),
        (OrderState.Expired, "expired"),
        (OrderState.PartlyRefunded, "partly_refunded"),
        (OrderState.Refunded, "refunded"),
    ];

    public static IEnumerable<string> All => States.Select(pair => pair.Name);

    public static string Of(OrderState state) => States.First(pair => pair.State == state).Name;

    public static string Of(OrderStock stock) => stock switch
    {
        OrderStock.Reserved => "reserved",
        OrderStock.Taken => "taken",
        _ => "released",
    };

    public static OrderState State(string name) => States.First(pair => pair.Name == name).State;

    public static OrderStock Stock(string name) => name switch
    {
        "reserved" => OrderStock.Reserved,
        "taken" => OrderStock.Taken,
        _ => OrderStock.Released,
    };
}
