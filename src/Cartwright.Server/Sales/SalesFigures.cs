namespace Cartwright.Server.Sales;

/// <summary>Days of the shop's time zone, both ends included.</summary>
internal sealed record Period(DateOnly Start, DateOnly End)
{
    public int Days => End.DayNumber - Start.DayNumber + 1;

    /// <summary>As many days right before.</summary>
    public Period Before => new(Start.AddDays(-Days), Start.AddDays(-1));
}

/// <summary>
/// Figures of one currency, amounts in its minor units. Orders and gross count on the day an order was paid, refunds on the day they were
/// made; net is gross without refunds, and may be below zero on a day.
/// </summary>
internal sealed record SalesFigures(long Orders, long Units, long GrossMinor, long RefundsMinor)
{
    public static readonly SalesFigures Nothing = new(0, 0, 0, 0);

    public long NetMinor => GrossMinor - RefundsMinor;

    public SalesFigures Add(SalesFigures other) => checked(new(
        Orders + other.Orders, Units + other.Units, GrossMinor + other.GrossMinor, RefundsMinor + other.RefundsMinor));
}

/// <summary>One day in one currency. Days without any sale or refund have no row.</summary>
internal sealed record DayFigures(DateOnly Day, Currency Currency, SalesFigures Figures);

/// <summary>One product in one currency, over a period. Orders counts the orders that contain it.</summary>
internal sealed record ProductFigures(string ProductId, string Name, string? Category, Currency Currency, SalesFigures Figures);

/// <summary>A product that is or was sold, in the catalogue or in loaded history alone.</summary>
internal sealed record SoldProduct(string ProductId, string Name, string? Category, bool IsInCatalog);

/// <summary>What every answer about sales says of itself.</summary>
/// <param name="FirstDay">Of the first sale; null while there is none.</param>
/// <param name="HasSimulated">Whether simulated orders are counted: only while the sandbox is the provider.</param>
/// <param name="HasSample">Whether sample history is counted.</param>
internal sealed record SalesFacts(
    string ShopName, Currency Currency, TimeZoneInfo Zone, DateOnly Today, DateOnly? FirstDay, DateOnly? LastDay, bool HasSimulated, bool HasSample);
