namespace Cartwright.Server.Sales;

/// <summary>One currency of a period: its totals against the period before.</summary>
internal static class SalesComparison
{
    public static ReportTotals Totals(
        Currency currency, Period period, IReadOnlyList<DayFigures> days, IReadOnlyList<DayFigures> before, IReadOnlyList<ProductFigures> products)
    {
        var own = days.Where(day => day.Currency == currency).OrderBy(day => day.Day).ToList();
        var (now, then) = (SalesReports.Sum(own, currency), SalesReports.Sum(before, currency));
        var (average, averageThen) = (Average(now, currency), Average(then, currency));
        var old = new FiguresRow(currency, then);
        var previous = new PreviousFigures(
            SalesPeriods.Iso(period.Before.Start),
            SalesPeriods.Iso(period.Before.End),
            old.Orders,
            old.Units,
            old.Gross,
            old.Refunds,
            old.Net,
            averageThen);
        var changes = new Changes(
            Change(now.Orders, then.Orders),
            Change(now.Units, then.Units),
            Change(now.GrossMinor, then.GrossMinor),
            Change(now.RefundsMinor, then.RefundsMinor),
            Change(now.NetMinor, then.NetMinor),
            average is { } present && averageThen is { } past ? Change(present, past) : null);
        return new ReportTotals(currency, now, previous, changes)
        {
            AverageOrderValue = average,
            UnitsPerOrder = now.Orders == 0 ? null : Round((decimal)now.Units / now.Orders, 2),
            DistinctProducts = products.Count(product => product.Currency == currency && product.Figures.Units > 0),
            DaysWithSales = own.Count(day => day.Figures.Orders > 0),
            BestDay = Show(own.MaxBy(day => day.Figures.NetMinor)),
            WorstDay = Show(own.MinBy(day => day.Figures.NetMinor)),
        };
    }

    private static DayNet? Show(DayFigures? day) =>
        day is null ? null : new DayNet(SalesPeriods.Iso(day.Day), new Money(day.Figures.NetMinor, day.Currency).ToDecimal());

    private static decimal? Average(SalesFigures figures, Currency currency) => figures.Orders == 0
        ? null
        : new Money((long)Math.Round((decimal)figures.GrossMinor / figures.Orders, MidpointRounding.AwayFromZero), currency).ToDecimal();

    private static decimal? Change(decimal now, decimal then) => then <= 0 ? null : Round(100m * (now - then) / then, 1);

    public static decimal Round(decimal value, int places) => Math.Round(value, places, MidpointRounding.AwayFromZero);
}
