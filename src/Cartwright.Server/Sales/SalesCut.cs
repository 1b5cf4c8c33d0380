namespace Cartwright.Server.Sales;

/// <summary>How much of a period an answer shows: the rows, the currencies in totals and rows alike, the most categories.</summary>
/// <param name="Notes">What is left out, and how to get it.</param>
internal sealed record SalesCut(
    Granularity Granularity, IReadOnlyList<PeriodRow> Rows, IReadOnlyList<Currency> Currencies, int MostCategories, params IReadOnlyList<string?> Notes)
{
    private const int Categories = 40;

    // As many stay for as long as anything else can go.
    private const int FewCategories = 10;

    /// <summary>The rows as fine as usual; where they do not fit coarser ones; then fewer, the latest; at last fewer currencies.</summary>
    /// <param name="others">Where there is room for more currencies; null when nowhere.</param>
    public static IEnumerable<SalesCut> All(
        Period period, IReadOnlyList<DayFigures> days, IReadOnlyList<Currency> currencies, bool hasCategories, string? others)
    {
        var usual = SalesBuckets.Usual(period);
        foreach (var granularity in Enum.GetValues<Granularity>().Where(granularity => granularity >= usual))
        {
            var rows = SalesBuckets.Rows(period, days, currencies, granularity);
            var name = SalesBuckets.Name(granularity);
            var note = granularity == Granularity.Day ? null : granularity == usual
                ? $"One row per {name}: ask for {SalesBuckets.MostDaily} days or fewer to get days{(granularity == Granularity.Month ? $", for {SalesBuckets.MostWeekly} or fewer to get weeks" : "")}."
                : $"One row per {name}, because finer rows do not fit into one answer: ask for fewer days.";
            var all = new SalesCut(granularity, rows, currencies, Categories, note);
            yield return all;
            if (granularity < Granularity.Month && rows.Count > currencies.Count)
            {
                continue;
            }

            foreach (var cut in all.Less(period, days, hasCategories, others))
            {
                yield return cut;
            }

            yield break;
        }
    }

    /// <summary>The currencies with most of something, the shop's own in any case, in the order they were in.</summary>
    /// <param name="currencies">The shop's own first.</param>
    public static List<Currency> Biggest(IReadOnlyList<Currency> currencies, int cap, Func<Currency, long> size)
    {
        var kept = currencies.Skip(1).OrderByDescending(size).Take(cap - 1).Append(currencies[0]).ToHashSet();
        return [.. currencies.Where(kept.Contains)];
    }

    /// <summary>Which currencies are left out; null when none is.</summary>
    public static string? Without(IReadOnlyList<Currency> currencies, IReadOnlyList<Currency> kept, string most, Period period, string? others) =>
        kept.Count == currencies.Count ? null
            : $"Only {kept.Count} of {currencies.Count} currencies fit, those with the most {most}; left out: {string.Join(", ", currencies.Except(kept))}."
                + (period.Days > 1 ? " Ask for a shorter period to see more of them." : "")
                + (others is null ? "" : $" {others} has room for more of them.");

    private IEnumerable<SalesCut> Less(Period period, IReadOnlyList<DayFigures> days, bool hasCategories, string? others)
    {
        var buckets = Rows.Count / Currencies.Count;
        var last = this;
        foreach (var cap in SalesReply.Caps(buckets).Skip(1))
        {
            yield return last = this with
            {
                Rows = [.. Rows.Skip((buckets - cap) * Currencies.Count)],
                MostCategories = Math.Max(Categories * cap / buckets, FewCategories),
                Notes =
                [
                    .. Notes,
                    $"Only the last {cap} of {buckets} {SalesBuckets.Name(Granularity)}s fit: ask for a shorter period, or for one that ends earlier, to see the others.",
                ],
            };
        }

        foreach (var cap in SalesReply.Caps(last.MostCategories).Skip(1).TakeWhile(cap => hasCategories && cap >= FewCategories))
        {
            yield return last = last with { MostCategories = cap };
        }

        var (rows, notes) = (last.Rows, last.Notes);
        var orders = days.GroupBy(day => day.Currency).ToDictionary(group => group.Key, group => group.Sum(day => day.Figures.Orders));
        foreach (var cap in SalesReply.Caps(Currencies.Count).Skip(1))
        {
            var kept = Biggest(Currencies, cap, currency => orders.GetValueOrDefault(currency));
            var codes = kept.Select(currency => currency.Code).ToHashSet(StringComparer.Ordinal);
            yield return last = last with
            {
                Rows = [.. rows.Where(row => codes.Contains(row.Currency))],
                Currencies = kept,
                Notes = [.. notes, Without(Currencies, kept, "orders", period, others)],
            };
        }

        foreach (var cap in SalesReply.Caps(last.MostCategories).Skip(1).TakeWhile(_ => hasCategories))
        {
            yield return last = last with { MostCategories = cap };
        }
    }
}
