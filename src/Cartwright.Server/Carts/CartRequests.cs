namespace Cartwright.Server.Carts;

/// <summary>
/// What a call knows of its cart. The cart id is a capability and decides alone; else the conversation finds the cart that
/// it was given before (prefixed by the adapter with its kind, so that ids of different hosts never meet), and only with the
/// subject it was made with, when there was one.
/// </summary>
internal sealed record CartAddress(string? CartId = null, string? Conversation = null, string? Subject = null);

/// <summary>A product, by id or by name, and how many of it. A number of any size may come in; it is checked here.</summary>
internal sealed record CartEntry(string? ProductId, string? Name, long Quantity);

/// <summary>The limits of carts.</summary>
internal sealed record CartOptions
{
    /// <summary>How long a cart lives after its last change.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    public int MaxLines { get; init; } = 50;

    public int MaxQuantity { get; init; } = 99;

    /// <summary>How long a repeated call with its idempotency key gets the first answer again.</summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>What a sweep removed: expired carts, and answers kept for idempotency keys.</summary>
internal sealed record Swept(int Carts, int Keys);

internal enum CartOperation
{
    /// <summary>Adds the quantities to what is there; the same product twice is added twice.</summary>
    Add,

    /// <summary>Sets the quantities, 0 removes; other lines stay. The same product twice must say the same.</summary>
    Update,

    /// <summary>Like <see cref="Update"/>, and removes all other lines.</summary>
    Replace,
}

/// <summary>A call that writes, as it came in: nothing here is checked yet.</summary>
internal sealed record CartChange(
    CartOperation Operation,
    IReadOnlyList<CartEntry> Entries,
    long? ExpectedVersion,
    string? IdempotencyKey);
