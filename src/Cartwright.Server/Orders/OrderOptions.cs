namespace Cartwright.Server.Orders;

/// <summary>The times of orders.</summary>
internal sealed record OrderOptions
{
    /// <summary>How long an order can be paid and keeps its stock.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>After how long without news the provider is asked; doubles up to <see cref="LongestWait"/>.</summary>
    public TimeSpan FirstCheck { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(1);

    /// <summary>An embed token lives an hour, so that money may still come for an order whose own time is over: so long after that it is asked for.</summary>
    public TimeSpan LateMoney { get; init; } = TimeSpan.FromHours(2);

    /// <summary>After so long without news a pending or authorized order no longer keeps its stock. Webhooks are repeated for 7 days.</summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long what the provider sent is kept, and orders that came to nothing.</summary>
    public TimeSpan ReceiptLifetime { get; init; } = TimeSpan.FromDays(90);
}
