namespace Cartwright.Server.Sales;

/// <summary>
/// The merchant's questions, answered from the sales book. What the figures mean is said in <see cref="SalesDefinitions"/> alone.
/// </summary>
internal sealed class SalesReports(SalesBook book, int usualTop)
{
    public const int MostTop = 100;
    public const int MostFound = 20;

    private const int MostCategories = 40;

    /// <summary>Totals of the period, and its days, weeks or months.</summary>
    public async ValueTask<Result<SalesReply>> Between(string start, string end, CancellationToken cancellation = default)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.Read(start, end, facts);
        if (!read.Ok)
        {
            return read.Problem;
        }

        var period = read.Value;
        var days = await book.Days(period, cancellation);
        var currencies = Currencies(facts, days);
        var totals = currencies.Select(currency => new FiguresRow(currency, Sum(days, currency))).ToList();
        var answers = RowCandidates(period, days, currencies).Select(rows => new BetweenAnswer
        {
            DateStart = SalesPeriods.Iso(period.Start),
            DateEnd = SalesPeriods.Iso(period.End),
            Days = period.Days,
            TimeZone = facts.Zone.Id,
            DefinitionVersion = SalesDefinitions.Version,
            RowCount = rows.Shown.Count,
            IncludesSimulated = facts.HasSimulated,
            IncludesSample = facts.HasSample,
            Notes = Notes(rows.Note, Shorten(totals, rows.Cap, "currencies")),
            Granularity = SalesBuckets.Name(rows.Granularity),
            Totals = [.. totals.Take(rows.Cap)],
            Rows = rows.Shown,
        });
        return SalesReply.Fit(answers, SalesAnswerJson.Default.BetweenAnswer, answer => SalesText.Of(answer, facts));
    }

    /// <summary>The period in full, against the one before.</summary>
    public async ValueTask<Result<SalesReply>> Report(string start, string end, CancellationToken cancellation = default)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.Read(start, end, facts);
        return read.Ok ? await Report(read.Value, facts, cancellation) : read.Problem;
    }

    /// <summary>The report of a month, of the running one up to today; null for one that has not begun, or is none.</summary>
    public async ValueTask<SalesReply?> Month(string text, CancellationToken cancellation = default)
    {
        var facts = await book.Facts(cancellation);
        if (SalesPeriods.ReadMonth(text) is not { } first || first > facts.Today)
        {
            return null;
        }

        var last = first.AddMonths(1).AddDays(-1);
        return await Report(new Period(first, last < facts.Today ? last : facts.Today), facts, cancellation);
    }

    /// <summary>The best products by net.</summary>
    /// <param name="count">1 to <see cref="MostTop"/>; null for the usual number.</param>
    public async ValueTask<Result<SalesReply>> Top(int? count, string? start, string? end, CancellationToken cancellation = default)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.ReadOrUsual(start, end, facts);
        if (!read.Ok)
        {
            return read.Problem;
        }

        var period = read.Value;
        var products = (await book.Products(period, cancellation)).Where(product => product.Figures.Units > 0).ToList();
        var currencies = ShopFirst(facts, products.Select(product => product.Currency));
        var ranked = currencies
            .Select(currency => products
                .Where(product => product.Currency == currency)
                .OrderByDescending(product => product.Figures.NetMinor)
                .ThenByDescending(product => product.Figures.Units)
                .ThenBy(product => product.ProductId, StringComparer.Ordinal)
                .ToList())
            .ToList();
        var totals = currencies.Zip(ranked, (currency, list) => Sold(currency, list)).ToList();
        var wanted = count ?? usualTop;
        var answers = SalesReply.Caps(Math.Min(wanted, Math.Max(1, ranked.Max(list => list.Count))), currencies.Count).Select(cap =>
        {
            var rows = ranked.Take(cap.Currencies).SelectMany(list => list.Take(cap.Rows).Select((product, index) => new ProductRow(index + 1, product))).ToList();
            var cut = cap.Rows < wanted && ranked.Exists(list => list.Count > cap.Rows);
            return new TopAnswer
            {
                DateStart = SalesPeriods.Iso(period.Start),
                DateEnd = SalesPeriods.Iso(period.End),
                Days = period.Days,
                TimeZone = facts.Zone.Id,
                DefinitionVersion = SalesDefinitions.Version,
                RowCount = rows.Count,
                IncludesSimulated = facts.HasSimulated,
                IncludesSample = facts.HasSample,
                Notes = Notes(
                    cut ? $"More than the first {cap.Rows} of each currency do not fit into one answer: sales_report has the whole by category, find_products single ones." : null,
                    Shorten(totals, cap.Currencies, "currencies")),
                Totals = [.. totals.Take(cap.Currencies)],
                Rows = rows,
            };
        });
        return SalesReply.Fit(answers, SalesAnswerJson.Default.TopAnswer, answer => SalesText.Of(answer, facts));
    }

    /// <summary>Products by id, name or words, with what they sold.</summary>
    public async ValueTask<Result<SalesReply>> Find(string query, string? start, string? end, CancellationToken cancellation = default)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.ReadOrUsual(start, end, facts);
        if (!read.Ok)
        {
            return read.Problem;
        }

        var found = await book.Find(query, MostFound + 1, cancellation);
        return await Describe(found, read.Value, facts, query, cancellation);
    }

    /// <summary>One product and what it sold in the last 30 days.</summary>
    public async ValueTask<Result<SalesReply>> Product(string id, CancellationToken cancellation = default)
    {
        var known = await Known(id, cancellation);
        if (!known.Ok)
        {
            return known.Problem;
        }

        var facts = await book.Facts(cancellation);
        return await Describe([known.Value], SalesPeriods.Last(SalesPeriods.UsualDays, facts.Today), facts, id, cancellation);
    }

    /// <summary>The product of exactly this id, else NotFound with the nearest.</summary>
    public async ValueTask<Result<SoldProduct>> Known(string id, CancellationToken cancellation = default)
    {
        var near = await book.Find(id, 3, cancellation);
        return near.FirstOrDefault(product => product.ProductId == id) is { } product
            ? product
            : Problem.NotFound($"There is no product {SalesPeriods.Quote(id)}" + (near.Count == 0 || string.IsNullOrWhiteSpace(id)
                ? "; find_products and top_products tell ids."
                : $"; did you mean {string.Join(", ", near.Select(other => $"{other.ProductId} ({other.Name})"))}?"));
    }

    private async ValueTask<SalesReply> Describe(
        IReadOnlyList<SoldProduct> found, Period period, SalesFacts facts, string query, CancellationToken cancellation)
    {
        var figures = (found.Count == 0 ? [] : await book.Products(period, cancellation)).ToLookup(product => product.ProductId, StringComparer.Ordinal);
        var answers = SalesReply.Caps(Math.Min(found.Count, MostFound), Math.Max(1, figures.Max(rows => (int?)rows.Count()) ?? 0)).Select(cap =>
        {
            var rows = found.Take(cap.Rows).Select(product => new FoundRow(
                product.ProductId, product.Name, product.Category, product.IsInCatalog, Sold(figures[product.ProductId], facts, cap.Currencies))).ToList();
            var cut = figures.Any(product => product.Count() > cap.Currencies);
            return new FoundAnswer
            {
                DateStart = SalesPeriods.Iso(period.Start),
                DateEnd = SalesPeriods.Iso(period.End),
                Days = period.Days,
                TimeZone = facts.Zone.Id,
                DefinitionVersion = SalesDefinitions.Version,
                RowCount = rows.Count,
                IncludesSimulated = facts.HasSimulated,
                IncludesSample = facts.HasSample,
                Notes = Notes(
                    found.Count > cap.Rows ? $"More products match than these {cap.Rows}: use more words, or the id." : null,
                    cut ? $"Only {cap.Currencies} currencies of a product fit." : null),
                Rows = rows,
            };
        });
        return SalesReply.Fit(answers, SalesAnswerJson.Default.FoundAnswer, answer => SalesText.Of(answer, facts, query));
    }

    private async ValueTask<SalesReply> Report(Period period, SalesFacts facts, CancellationToken cancellation)
    {
        var days = await book.Days(period, cancellation);
        var before = await book.Days(period.Before, cancellation);
        var products = await book.Products(period, cancellation);
        var currencies = Currencies(facts, days, before);
        var totals = currencies.Select(currency => SalesComparison.Totals(currency, period, days, before, products)).ToList();
        var categories = currencies.SelectMany(currency => SalesComparison.Categories(currency, products)).ToList();
        var answers = RowCandidates(period, days, currencies).Select(rows =>
        {
            var cap = Math.Min(rows.Cap, MostCategories);
            return new ReportAnswer
            {
                DateStart = SalesPeriods.Iso(period.Start),
                DateEnd = SalesPeriods.Iso(period.End),
                Days = period.Days,
                TimeZone = facts.Zone.Id,
                DefinitionVersion = SalesDefinitions.Version,
                RowCount = rows.Shown.Count,
                IncludesSimulated = facts.HasSimulated,
                IncludesSample = facts.HasSample,
                Notes = Notes(rows.Note, Shorten(totals, rows.Cap, "currencies"), Shorten(categories, cap, "categories")),
                Totals = [.. totals.Take(rows.Cap)],
                ByCategory = [.. categories.Take(cap)],
                Granularity = SalesBuckets.Name(rows.Granularity),
                Rows = rows.Shown,
            };
        });
        return SalesReply.Fit(answers, SalesAnswerJson.Default.ReportAnswer, answer => SalesText.Of(answer, facts));
    }

    /// <summary>The rows as fine as usual; where they do not fit, coarser ones; at last fewer, the latest.</summary>
    private static IEnumerable<RowChoice> RowCandidates(Period period, IReadOnlyList<DayFigures> days, IReadOnlyList<Currency> currencies)
    {
        var usual = SalesBuckets.Usual(period);
        foreach (var granularity in Enum.GetValues<Granularity>().Where(granularity => granularity >= usual))
        {
            var rows = SalesBuckets.Rows(period, days, currencies, granularity);
            var name = SalesBuckets.Name(granularity);
            var note = granularity == Granularity.Day ? null : granularity == usual
                ? $"One row per {name}: ask for {SalesBuckets.MostDaily} days or fewer to get days{(granularity == Granularity.Month ? $", for {SalesBuckets.MostWeekly} or fewer to get weeks" : "")}."
                : $"One row per {name}, because finer rows do not fit into one answer: ask for fewer days.";
            yield return new RowChoice(granularity, rows, int.MaxValue, note);
            if (granularity < Granularity.Month)
            {
                continue;
            }

            foreach (var cap in SalesReply.Caps(rows.Count).Skip(1))
            {
                yield return new RowChoice(
                    granularity, rows[^cap..], cap, $"{note} Only the last {cap} of {rows.Count} rows fit: ask for a shorter period to see the earlier ones.");
            }
        }
    }

    private static List<FiguresRow> Sold(IEnumerable<ProductFigures> product, SalesFacts facts, int cap) =>
        [.. ShopFirst(facts, product, row => row.Currency).Take(cap).Select(row => new FiguresRow(row.Currency, row.Figures))];

    private static SoldTotals Sold(Currency currency, List<ProductFigures> products)
    {
        var sum = products.Aggregate(SalesFigures.Nothing, (sum, product) => sum.Add(product.Figures));
        return new SoldTotals(currency.Code, products.Count, sum.Units, new Money(sum.NetMinor, currency).ToDecimal());
    }

    internal static SalesFigures Sum(IEnumerable<DayFigures> days, Currency currency) =>
        days.Where(day => day.Currency == currency).Aggregate(SalesFigures.Nothing, (sum, day) => sum.Add(day.Figures));

    /// <summary>Those of the sales, the shop's own first; it alone when nothing was sold.</summary>
    private static List<Currency> Currencies(SalesFacts facts, params IEnumerable<IReadOnlyList<DayFigures>> days) =>
        ShopFirst(facts, days.SelectMany(list => list).Select(day => day.Currency));

    private static List<Currency> ShopFirst(SalesFacts facts, IEnumerable<Currency> currencies)
    {
        var known = ShopFirst(facts, currencies.Distinct(), currency => currency).ToList();
        return known.Count == 0 ? [facts.Currency] : known;
    }

    private static IOrderedEnumerable<T> ShopFirst<T>(SalesFacts facts, IEnumerable<T> rows, Func<T, Currency> currencyOf) =>
        rows.OrderBy(row => currencyOf(row) != facts.Currency).ThenBy(row => currencyOf(row).Code, StringComparer.Ordinal);

    private static string? Shorten<T>(List<T> list, int cap, string things) =>
        list.Count > cap ? $"Only {cap} of {list.Count} {things} fit: ask for a shorter period." : null;

    private static List<string>? Notes(params IEnumerable<string?> notes)
    {
        var list = notes.OfType<string>().ToList();
        return list.Count == 0 ? null : list;
    }

    /// <summary>Rows as they would be shown.</summary>
    private sealed record RowChoice(Granularity Granularity, IReadOnlyList<PeriodRow> Shown, int Cap, string? Note);
}
