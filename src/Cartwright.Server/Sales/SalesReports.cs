namespace Cartwright.Server.Sales;

/// <summary>
/// The merchant's questions, answered from the sales book. What the figures mean is said in <see cref="SalesDefinitions"/> alone.
/// </summary>
internal sealed class SalesReports(SalesBook book, int usualTop)
{
    public const int MostTop = 100;
    public const int MostFound = 20;
    public const int MostOffset = 1_000_000;

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
        facts = await book.Within(facts, period, cancellation);
        var days = await book.Days(period, cancellation);
        var answers = SalesCut.All(period, days, Currencies(facts, days), hasCategories: false, others: null).Select(cut => new BetweenAnswer
        {
            DateStart = SalesPeriods.Iso(period.Start),
            DateEnd = SalesPeriods.Iso(period.End),
            Days = period.Days,
            TimeZone = facts.Zone.Id,
            DefinitionVersion = SalesDefinitions.Version,
            RowCount = cut.Rows.Count,
            IncludesSimulated = facts.HasSimulated,
            IncludesSample = facts.HasSample,
            Notes = Notes(cut.Notes),
            Granularity = SalesBuckets.Name(cut.Granularity),
            Totals = [.. cut.Currencies.Select(currency => new FiguresRow(currency, Sum(days, currency)))],
            Rows = cut.Rows,
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

    /// <summary>The report of a month, of the running one up to today; NotFound for one that has not begun, or is none.</summary>
    public async ValueTask<Result<SalesReply>> Month(string text, CancellationToken cancellation = default)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.ReadMonth(text, facts);
        return read.Ok ? await Report(read.Value, facts, cancellation) : read.Problem;
    }

    /// <summary>The best products by net.</summary>
    /// <param name="count">1 to <see cref="MostTop"/>; null for the usual number.</param>
    /// <param name="offset">How many of each currency to leave out first.</param>
    public async ValueTask<Result<SalesReply>> Top(int? count, int offset, string? start, string? end, CancellationToken cancellation = default)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.ReadOrUsual(start, end, facts);
        if (!read.Ok)
        {
            return read.Problem;
        }

        var period = read.Value;
        facts = await book.Within(facts, period, cancellation);
        var products = (await book.Products(period, cancellation)).ToLookup(product => product.Currency);
        var currencies = ShopFirst(facts, products.Select(group => group.Key));
        var ranked = currencies.ToDictionary(currency => currency, currency => products[currency]
            .Where(product => product.Figures.Units > 0)
            .OrderByDescending(product => product.Figures.NetMinor)
            .ThenByDescending(product => product.Figures.Units)
            .ThenBy(product => product.ProductId, StringComparer.Ordinal)
            .ToList());
        var totals = currencies.ToDictionary(currency => currency, currency => Sold(currency, ranked[currency].Count, products[currency]));
        var (wanted, most) = (count ?? usualTop, ranked.Values.Max(list => list.Count));
        var answers = SalesReply.Caps(Math.Clamp(most - offset, 1, wanted), currencies.Count).Select(cap =>
        {
            var kept = SalesCut.Biggest(currencies, cap.Currencies, currency => totals[currency].Units);
            var rows = kept.SelectMany(currency => ranked[currency].Skip(offset).Take(cap.Rows).Select((product, index) => new ProductRow(offset + index + 1, product))).ToList();
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
                Notes = Notes([
                    most > 0 && offset >= most ? $"offset {offset} is behind the last of {most} products." : null,
                    More([.. kept.Select(currency => totals[currency])], offset, cap.Rows, wanted),
                    SalesCut.Without(currencies, kept, "units", period, "sales_between"),
                ]),
                Totals = [.. kept.Select(currency => totals[currency])],
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
        facts = await book.Within(facts, period, cancellation);
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
                Notes = Notes([
                    found.Count == 0 ? "No product is called anything like it: use other words, or see top_products for what was sold." : null,
                    found.Count > cap.Rows ? $"More products match than these {cap.Rows}: use more words, or the id." : null,
                    cut ? $"Only {cap.Currencies} currencies of a product fit." : null,
                ]),
                Rows = rows,
            };
        });
        return SalesReply.Fit(answers, SalesAnswerJson.Default.FoundAnswer, answer => SalesText.Of(answer, facts, query));
    }

    private async ValueTask<SalesReply> Report(Period period, SalesFacts facts, CancellationToken cancellation)
    {
        facts = await book.Within(facts, new Period(period.Before.Start, period.End), cancellation);
        var days = await book.Days(period, cancellation);
        var before = await book.Days(period.Before, cancellation);
        var products = await book.Products(period, cancellation);
        var currencies = Currencies(facts, days, before);
        var totals = currencies.ToDictionary(currency => currency, currency => SalesComparison.Totals(currency, period, days, before, products));
        var categories = currencies.ToDictionary(currency => currency, currency => CategorySums.Of(currency, products));
        var answers = SalesCut.All(period, days, currencies, hasCategories: true, others: "sales_between").Select(cut =>
        {
            var (shown, note) = CategorySums.Fit([.. cut.Currencies.Select(currency => categories[currency])], cut.MostCategories, period);
            return new ReportAnswer
            {
                DateStart = SalesPeriods.Iso(period.Start),
                DateEnd = SalesPeriods.Iso(period.End),
                Days = period.Days,
                TimeZone = facts.Zone.Id,
                DefinitionVersion = SalesDefinitions.Version,
                RowCount = cut.Rows.Count,
                IncludesSimulated = facts.HasSimulated,
                IncludesSample = facts.HasSample,
                Notes = Notes([.. cut.Notes, note]),
                Totals = [.. cut.Currencies.Select(currency => totals[currency])],
                ByCategory = shown,
                Granularity = SalesBuckets.Name(cut.Granularity),
                Rows = cut.Rows,
            };
        });
        return SalesReply.Fit(answers, SalesAnswerJson.Default.ReportAnswer, answer => SalesText.Of(answer, facts));
    }

    private static List<FiguresRow> Sold(IEnumerable<ProductFigures> product, SalesFacts facts, int cap) =>
        [.. ShopFirst(facts, product, row => row.Currency).Take(cap).Select(row => new FiguresRow(row.Currency, row.Figures))];

    private static SoldTotals Sold(Currency currency, int count, IEnumerable<ProductFigures> products)
    {
        var sum = products.Aggregate(SalesFigures.Nothing, (sum, product) => sum.Add(product.Figures));
        return new SoldTotals(currency.Code, count, sum.Units, new Money(sum.NetMinor, currency).ToDecimal());
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

    /// <summary>How to get the products behind those shown; null when there are none.</summary>
    private static string? More(List<SoldTotals> totals, int offset, int shown, int wanted)
    {
        var longer = totals.FindAll(total => total.Products > offset + shown);
        if (longer.Count == 0)
        {
            return null;
        }

        var range = offset == 0 ? $"{shown}" : $"{offset + 1} to {offset + shown}";
        var of = longer is [var only]
            ? $"{only.Products} products of {only.Currency}"
            : $"up to {longer.Max(total => total.Products)} products of each currency";
        var more = shown < wanted ? "; more do not fit into one answer" : "";
        return $"{range} of {of}{more}: {(shown < wanted || wanted == MostTop ? "" : $"ask with n up to {MostTop}, or ")}go on with offset {offset + shown}.";
    }

    private static List<string>? Notes(IEnumerable<string?> notes)
    {
        var list = notes.OfType<string>().ToList();
        return list.Count == 0 ? null : list;
    }
}
