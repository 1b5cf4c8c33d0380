namespace Cartwright.Server.Sales;

/// <summary>Which kind of sale something is; the numbers are stored.</summary>
internal static class SalesBooks
{
    /// <summary>Paid orders, and loaded history.</summary>
    public const int Real = 0;

    /// <summary>Orders with simulated payment: they count only while the sandbox is the provider.</summary>
    public const int Simulated = 1;

    /// <summary>The sample history: made up, and said to be.</summary>
    public const int Sample = 2;
}
