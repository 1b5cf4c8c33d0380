using Cartwright.Server.Orders;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>
/// The figures of the shop's sales: its own paid orders, loaded history, the sample. Orders with simulated payment count only where
/// <paramref name="countsSimulated"/>. Amounts of different currencies are never added up.
/// </summary>
internal sealed class SalesBook(Database database, TimeProvider time, bool countsSimulated)
{
    private SoldProducts? _products;
    private bool _builds;

    /// <summary>An order was paid: inside the transaction that says so. Told twice, it counts once.</summary>
    public static ValueTask Sold(DbSession session, Order order, IReadOnlyList<OrderLine> lines, long paidAtMs) =>
        SalesEntries.Sold(session, order, lines, paidAtMs);

    /// <summary>So much more of an order's money was given back: inside the transaction that says so. Below zero: the order was paid again.</summary>
    public static ValueTask GivenBack(DbSession session, Order order, IReadOnlyList<OrderLine> lines, long amountMinor, long atMs) =>
        SalesEntries.GivenBack(session, order, lines, amountMinor, atMs);

    /// <summary>What is true of all figures. There has to be a catalogue.</summary>
    public ValueTask<SalesFacts> Facts(CancellationToken cancellation = default) => database.Read(
        async session =>
        {
            var zone = (await SalesCalendar.Of(session)).Zone;
            var store = (await session.Query("select name, currency from store", row => (row.GetString(0), Currency.Find(row.GetString(1)).Value)))[0];
            return new SalesFacts(
                store.Item1,
                store.Value,
                zone,
                DateOnly.FromDayNumber(new SalesCalendar(zone).DayOf(time.GetUtcNow())),
                await Edge(session, $"select min(day) from sales_day where {Counted}"),
                await Edge(session, $"select max(day) from sales_day where {Counted}"),
                countsSimulated && await session.Integer($"select 1 from sales_day where book = {SalesBooks.Simulated} limit 1") is not null,
                await session.Integer($"select 1 from sales_day where book = {SalesBooks.Sample} limit 1") is not null);
        },
        cancellation);

    /// <summary>The facts with what is true of the figures of these days alone: whether simulated orders and sample history count in them.</summary>
    public async ValueTask<SalesFacts> Within(SalesFacts facts, Period period, CancellationToken cancellation = default) =>
        !facts.HasSimulated && !facts.HasSample ? facts : await database.Read(
            async session => facts with
            {
                HasSimulated = facts.HasSimulated && await Has(session, SalesBooks.Simulated, period),
                HasSample = facts.HasSample && await Has(session, SalesBooks.Sample, period),
            },
            cancellation);

    /// <summary>By day and currency. Days without any sale or refund have no row.</summary>
    public async ValueTask<IReadOnlyList<DayFigures>> Days(Period period, CancellationToken cancellation = default) => await database.Read(
        session => session.Query(
            $"""
            select day, currency, sum(orders), sum(units), sum(gross_minor), sum(refunds_minor) from sales_day
            where day between @from and @to and {Counted} group by day, currency order by day, currency
            """,
            row => new DayFigures(
                DateOnly.FromDayNumber(row.GetInt32(0)),
                Currency.Find(row.GetString(1)).Value,
                new SalesFigures(row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5))),
            ("@from", period.Start.DayNumber),
            ("@to", period.End.DayNumber)),
        cancellation);

    /// <summary>Every product with a sale or a refund in the period, by currency; in no order to rely on.</summary>
    public async ValueTask<IReadOnlyList<ProductFigures>> Products(Period period, CancellationToken cancellation = default)
    {
        var (figures, lacking) = await database.Read(session => Products(session, period), cancellation);
        if (lacking.Count > 0 && !Interlocked.Exchange(ref _builds, true))
        {
            // The answer does not wait for it, and does not depend on it.
            _ = Build(lacking);
        }

        return figures;
    }

    /// <summary>Products by id, name, words of it or near misses, in the catalogue or in history; best first.</summary>
    public ValueTask<IReadOnlyList<SoldProduct>> Find(string query, int limit, CancellationToken cancellation = default) =>
        database.Read(async session => (await Known(session)).Find(query, limit), cancellation);

    public ValueTask<IReadOnlyList<string>> Categories(CancellationToken cancellation = default) =>
        database.Read(async session => (await Known(session)).Categories, cancellation);

    private string Counted => countsSimulated ? "1 = 1" : $"book <> {SalesBooks.Simulated}";

    private static async ValueTask<DateOnly?> Edge(DbSession session, string sql) =>
        await session.Integer(sql) is { } day ? DateOnly.FromDayNumber((int)day) : null;

    private static async ValueTask<bool> Has(DbSession session, int book, Period period) => await session.Integer(
        "select 1 from sales_day where day between @from and @to and book = @book limit 1",
        ("@from", period.Start.DayNumber),
        ("@to", period.End.DayNumber),
        ("@book", book)) is not null;

    // Whole months by their blocks, the days before and after by theirs, and what has none by the rows.
    private async ValueTask<(IReadOnlyList<ProductFigures> Figures, IReadOnlyList<int> Lacking)> Products(DbSession session, Period period)
    {
        var (from, to) = (period.Start.DayNumber, period.End.DayNumber);
        var today = (await SalesCalendar.Of(session)).DayOf(time.GetUtcNow());
        var days = (await SalesBlockTables.Days(session, from, to)).FindAll(day => countsSimulated || day.Book != SalesBooks.Simulated);
        var sums = days.Select(day => day.Currency).Distinct(StringComparer.Ordinal).ToDictionary(code => code, _ => new SalesSums(), StringComparer.Ordinal);
        SalesSums? SumsOf(BlockKey key) => countsSimulated || key.Book != SalesBooks.Simulated ? sums.GetValueOrDefault(key.Currency) : null;

        // A month that reaches over the range, or to today, counts by days.
        var firstMonth = SalesCalendar.MonthOf(from) == from ? from : SalesCalendar.NextMonth(SalesCalendar.MonthOf(from));
        var lastMonth = SalesCalendar.MonthOf(Math.Min(to + 1, today)) - 1;
        var months = await SalesBlockTables.Read(session, SalesBlockTables.Month, firstMonth, lastMonth, SumsOf);
        var rest = days.FindAll(day => day.Start < firstMonth || day.Start > lastMonth || !months.Contains(day with { Start = SalesCalendar.MonthOf(day.Start) }));
        var lacking = new SortedSet<int>();
        foreach (var month in rest.GroupBy(day => SalesCalendar.MonthOf(day.Start)))
        {
            var wanted = month.ToHashSet();
            var found = await SalesBlockTables.Read(
                session, SalesBlockTables.Day, month.Min(day => day.Start), month.Max(day => day.Start), key => wanted.Contains(key) ? SumsOf(key) : null);
            foreach (var day in month.Where(day => !found.Contains(day)))
            {
                (await SalesBlockTables.Rows(session, day)).ForEach(sums[day.Currency].Add);
                if (day.Start < today)
                {
                    lacking.Add(month.Key);
                }
            }

            if (month.Key >= firstMonth && month.Key <= lastMonth)
            {
                lacking.Add(month.Key);
            }
        }

        var products = await Known(session);
        return ([.. sums.SelectMany(pair => Figures(pair.Value, Currency.Find(pair.Key).Value, products))], [.. lacking]);
    }

    private static IEnumerable<ProductFigures> Figures(SalesSums sums, Currency currency, SoldProducts products) => sums.Totals().Select(totals =>
    {
        var product = products[totals.Product];
        return new ProductFigures(
            product.ProductId,
            product.Name,
            product.Category,
            currency,
            new SalesFigures(totals.Orders, totals.Units, totals.GrossMinor, totals.RefundsMinor));
    });

    private async ValueTask<SoldProducts> Known(DbSession session)
    {
        var state = await SoldProducts.StateOf(session);
        if (_products is { } known && known.State == state)
        {
            return known;
        }

        return _products = await SoldProducts.Load(session, state);
    }

    // A month at a time, so that other writes get their turn. What fails is built another time.
    private async Task Build(IReadOnlyList<int> months)
    {
        try
        {
            foreach (var month in months)
            {
                var built = await database.Write<int>(
                    async session => await SalesBlockTables.Build(session, month, (await SalesCalendar.Of(session)).DayOf(time.GetUtcNow())), isRepeatable: true);
                if (!built.Ok)
                {
                    return;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _builds, false);
        }
    }
}
