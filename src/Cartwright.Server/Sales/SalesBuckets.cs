namespace Cartwright.Server.Sales;

internal enum Granularity
{
    Day,
    Week,
    Month,
}

/// <summary>Figures by day, week or month: every one of the period, with zeros where nothing was sold.</summary>
internal static class SalesBuckets
{
    /// <summary>Longer periods have a row for each week.</summary>
    public const int MostDaily = 62;

    /// <summary>Longer ones a row for each month.</summary>
    public const int MostWeekly = 400;

    public static Granularity Usual(Period period) => period.Days switch
    {
        <= MostDaily => Granularity.Day,
        <= MostWeekly => Granularity.Week,
        _ => Granularity.Month,
    };

    public static string Name(Granularity granularity) => granularity switch
    {
        Granularity.Day => "day",
        Granularity.Week => "week",
        _ => "month",
    };

    /// <summary>In the order of time, and of the currencies given.</summary>
    public static List<PeriodRow> Rows(Period period, IReadOnlyList<DayFigures> days, IReadOnlyList<Currency> currencies, Granularity granularity)
    {
        var sums = new Dictionary<(DateOnly Start, Currency Currency), SalesFigures>();
        foreach (var day in days)
        {
            var key = (Start(day.Day, granularity, period), day.Currency);
            sums[key] = sums.TryGetValue(key, out var sum) ? sum.Add(day.Figures) : day.Figures;
        }

        var rows = new List<PeriodRow>();
        for (var start = period.Start; start <= period.End;)
        {
            var next = Next(start, granularity);
            var end = next.AddDays(-1) < period.End ? next.AddDays(-1) : period.End;
            foreach (var currency in currencies)
            {
                var figures = sums.GetValueOrDefault((start, currency), SalesFigures.Nothing);
                rows.Add(new PeriodRow(
                    SalesPeriods.Iso(start), granularity == Granularity.Day ? null : SalesPeriods.Iso(end), currency, figures));
            }

            start = next;
        }

        return rows;
    }

    private static DateOnly Start(DateOnly day, Granularity granularity, Period period)
    {
        var start = granularity switch
        {
            Granularity.Day => day,
            Granularity.Week => Monday(day),
            _ => new DateOnly(day.Year, day.Month, 1),
        };
        return start < period.Start ? period.Start : start;
    }

    private static DateOnly Next(DateOnly start, Granularity granularity) => granularity switch
    {
        Granularity.Day => start.AddDays(1),
        Granularity.Week => Monday(start).AddDays(7),
        _ => new DateOnly(start.Year, start.Month, 1).AddMonths(1),
    };

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
