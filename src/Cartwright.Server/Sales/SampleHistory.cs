using System.Globalization;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>
/// A made-up year of the loaded catalogue's sales: more on weekends and before the holidays, growing over the years, few products that sell
/// much and many that sell little, now and then something given back. Each day follows from the seed and its date alone, so that a later
/// run adds the days since, and what was given back since, and changes nothing else.
/// </summary>
internal static class SampleHistory
{
    public const int Days = 365;

    private const int OrdersPerDay = 6;

    // Parts of a thousand, from Sunday, and from January.
    private static readonly int[] Weekdays = [1250, 800, 780, 850, 950, 1150, 1350];
    private static readonly int[] Months = [780, 850, 1050, 1200, 1250, 1050, 900, 850, 950, 1000, 1150, 1400];

    // How likely an order is at each hour from 7 on.
    private static readonly int[] Hours = [2, 4, 6, 8, 9, 10, 9, 8, 8, 9, 10, 12, 14, 13, 9, 5];

    /// <summary>A year up to yesterday. Invalid when there is no catalogue, or another seed's sample is loaded.</summary>
    public static ValueTask<Result<HistorySource>> Source(Database database, TimeProvider time, int seed) => database.Read<Result<HistorySource>>(async session =>
    {
        var stores = await session.Query("select currency, country from store", row => (Currency: Currency.Find(row.GetString(0)).Value, Country: row.GetString(1)));
        var products = await session.Query(
            "select id, name, category, price_minor from product where retired = 0 order by id",
            row => (Product: new HistoryProduct(row.GetString(0), row.GetString(1)) { Category = row.IsDBNull(2) ? null : row.GetString(2) }, Price: row.GetInt64(3)));
        if (stores is not [var store] || products.Count == 0)
        {
            return ProductCatalog.NotLoaded();
        }

        var name = $"sample {seed}";
        var others = await session.Query(
            "select name from sales_load where book = @book and name <> @name", row => row.GetString(0), ("@book", SalesBooks.Sample), ("@name", name));
        if (others.Count > 0)
        {
            return Problem.Conflict($"The {others[0]} is loaded already: remove it first with cartwright sales seed --remove");
        }

        var calendar = await SalesCalendar.Of(session);
        var today = calendar.DayOf(time.GetUtcNow());
        IEnumerable<HistoryRow> Rows(DateTimeOffset begun) => Enumerable.Range(today - Days, Days)
            .SelectMany(day => Day(seed, day, today, products, store, calendar));
        return new HistorySource(name, $"{name} up to {DateOnly.FromDayNumber(today):yyyy-MM-dd}", SalesBooks.Sample, Rows);
    });

    /// <summary>Gives back what was due after the run that loaded its sale, of a sample that is loaded. How many; again, none.</summary>
    public static ValueTask<Result<int>> AddRefunds(Database database, HistorySource source, TimeProvider time) => database.Write<int>(
        async session =>
        {
            session.TakeTime();
            await Locks.SalesLoad(session);
            await Locks.Sales(session);
            var calendar = await SalesCalendar.Of(session);
            var totals = new SalesTotals();
            var added = 0;
            foreach (var row in source.Rows(time.GetUtcNow()).Where(row => row.RefundedAt is not null))
            {
                // Nothing of an order is given back twice.
                var due = await session.Query(
                    """
                    select s.key, l.product, s.currency, l.quantity * l.unit_price_minor
                    from sale s join sale_line l on l.sale = s.key join sales_product p on p.key = l.product
                    where s.external_id = @order and s.book = @book and p.id = @product and l.quantity * l.unit_price_minor > 0
                        and not exists (select 1 from sale_refund r where r.sale = s.key)
                    """,
                    found => (Sale: found.GetInt64(0), Product: found.GetInt32(1), Currency: found.GetString(2), Gross: found.GetInt64(3)),
                    ("@order", row.OrderId),
                    ("@book", SalesBooks.Sample),
                    ("@product", row.Product!.Id));
                foreach (var (sale, product, currency, gross) in due.Take(1))
                {
                    var day = calendar.DayOf(row.RefundedAt!.Value);
                    await SalesEntries.Refund(session, sale, row.RefundedAt.Value, product, day, gross);
                    totals.AddRefund(new BlockKey(day, currency, SalesBooks.Sample), product, gross);
                    added++;
                }
            }

            await totals.Save(session);
            return added;
        },
        isRepeatable: true,
        CancellationToken.None);

    /// <summary>Takes the sample out again, all of it.</summary>
    public static ValueTask<Result<int>> Remove(Database database, CancellationToken cancellation = default) => database.Write<int>(
        async session =>
        {
            session.TakeTime();
            await Locks.SalesLoad(session);
            await Locks.SalesAlone(session);
            (string, object?) book = ("@book", SalesBooks.Sample);
            await session.Execute("delete from sale_line where sale in (select key from sale where book = @book)", book);
            await session.Execute("delete from sale_refund where sale in (select key from sale where book = @book)", book);
            await session.Execute("delete from sales_day where book = @book", book);
            await session.Execute("delete from sales_day_product where book = @book", book);
            await session.Execute("delete from sales_block where book = @book", book);
            await session.Execute("delete from sales_load where book = @book", book);
            return await session.Execute("delete from sale where book = @book", book);
        },
        isRepeatable: true,
        cancellation);

    private static IEnumerable<HistoryRow> Day(
        int seed, int day, int today, List<(HistoryProduct Product, long Price)> products, (Currency Currency, string Country) store, SalesCalendar calendar)
    {
        var date = DateOnly.FromDayNumber(day);
        var random = new Random(unchecked((seed * 1_000_003) ^ day));
        var ranks = Ranks(seed, products.Count);
        var growth = 1000 + (200 * (day - new DateOnly(2020, 1, 1).DayNumber) / 365);
        var mean = OrdersPerDay * growth * Weekdays[(int)date.DayOfWeek] / 1000 * Months[date.Month - 1] / 1000;
        var orders = Math.Max(1, mean * random.Next(600, 1400) / 1_000_000);
        for (var number = 1; number <= orders; number++)
        {
            var at = calendar.MomentOf(date.ToDateTime(new TimeOnly(7 + Pick(random, Hours), random.Next(60), random.Next(60))));
            var id = string.Create(CultureInfo.InvariantCulture, $"sample-{seed}-{date:yyyyMMdd}-{number}");
            var lines = 1 + Pick(random, [5, 3, 2, 1]);
            var returned = random.Next(1000) < 30 ? random.Next(lines) : -1;
            var bought = new HashSet<int>();
            for (var line = 0; line < lines; line++)
            {
                var product = ranks[Popular(random, products.Count)];
                var quantity = 1 + Pick(random, [12, 4, 2, 1]);
                var refundedAt = calendar.MomentOf(date.AddDays(random.Next(2, 12)).ToDateTime(new TimeOnly(random.Next(9, 18), random.Next(60))));
                if (bought.Add(product))
                {
                    yield return new HistoryRow(
                        line + 1,
                        null,
                        id,
                        at,
                        calendar.DayOf(at),
                        products[product].Product,
                        quantity,
                        products[product].Price,
                        store.Currency,
                        store.Country,
                        line == returned && calendar.DayOf(refundedAt) < today ? refundedAt : null);
                }
            }
        }
    }

    /// <summary>Which product sells best, second best, and so on.</summary>
    private static int[] Ranks(int seed, int count)
    {
        var ranks = Enumerable.Range(0, count).ToArray();
        new Random(seed).Shuffle(ranks);
        return ranks;
    }

    // The smaller of two, mostly: the first of ten products sell about half of all.
    private static int Popular(Random random, int count) => Math.Min(random.Next(count), Math.Min(random.Next(count), random.Next(count)));

    private static int Pick(Random random, ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var left = random.Next(sum);
        for (var i = 0; ; i++)
        {
            left -= weights[i];
            if (left < 0)
            {
                return i;
            }
        }
    }
}
