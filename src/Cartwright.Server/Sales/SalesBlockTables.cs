using System.Data.Common;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>A day, or a month by its first day, with the currency and the book: what has a block of its own.</summary>
internal readonly record struct BlockKey(int Start, string Currency, int Book);

/// <summary>
/// The SQL of blocks. Blocks are a cache: only what is over gets one (days before today, months before this one), they are built inside
/// a write, so that nothing changes meanwhile, and whatever changes a day removes its day's and its month's in the same transaction.
/// </summary>
internal static class SalesBlockTables
{
    public const string Day = "day";
    public const string Month = "month";

    /// <summary>Adds the blocks of a span from one start to another to the sums, and tells which there were.</summary>
    public static async ValueTask<HashSet<BlockKey>> Read(DbSession session, string span, int from, int to, Func<BlockKey, SalesSums?> sumsOf)
    {
        var found = new HashSet<BlockKey>();
        await session.Query(
            "select start, currency, book, data from sales_block where span = @span and start between @from and @to",
            row =>
            {
                var key = ReadKey(row);
                if (sumsOf(key) is { } sums)
                {
                    SalesBlock.AddTo(sums, row.GetFieldValue<byte[]>(3));
                    found.Add(key);
                }

                return 0;
            },
            ("@span", span),
            ("@from", from),
            ("@to", to));
        return found;
    }

    /// <summary>The rows that a day's block is made of, by product key.</summary>
    public static ValueTask<List<ProductTotals>> Rows(DbSession session, BlockKey day) => session.Query(
        """
        select product, orders, units, gross_minor, refunds_minor from sales_day_product
        where day = @day and currency = @currency and book = @book order by product
        """,
        row => new ProductTotals(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
        ("@day", day.Start),
        ("@currency", day.Currency),
        ("@book", day.Book));

    /// <summary>The days with any figures, from one to another.</summary>
    public static ValueTask<List<BlockKey>> Days(DbSession session, int from, int to) => session.Query(
        "select day, currency, book from sales_day where day between @from and @to", ReadKey, ("@from", from), ("@to", to));

    /// <summary>Builds what a month lacks, while nobody writes down sales; today and later have none. How many blocks were built.</summary>
    public static async ValueTask<int> Build(DbSession session, int month, int today)
    {
        await Locks.SalesAlone(session);
        var next = SalesCalendar.NextMonth(month);
        var days = await Days(session, month, Math.Min(next, today) - 1);
        var known = await Known(session, Day, month, next - 1);
        var missing = days.FindAll(day => !known.Contains(day));
        foreach (var day in missing)
        {
            await Save(session, Day, day, SalesBlock.Pack(await Rows(session, day)));
        }

        if (next > today)
        {
            return missing.Count;
        }

        var stored = await Known(session, Month, month, month);
        var sums = days.Select(day => day with { Start = month }).Distinct().Where(key => !stored.Contains(key)).ToDictionary(key => key, _ => new SalesSums());
        if (sums.Count > 0)
        {
            await Read(session, Day, month, next - 1, day => sums.GetValueOrDefault(day with { Start = month }));
        }

        foreach (var (key, sum) in sums)
        {
            await Save(session, Month, key, SalesBlock.Pack(sum.Totals()));
        }

        return missing.Count + sums.Count;
    }

    /// <summary>Blocks of a month that are not what their rows make, in words.</summary>
    public static async ValueTask<IReadOnlyList<string>> Wrong(DbSession session, int month, int last)
    {
        var wrong = new List<string>();
        var sums = new Dictionary<BlockKey, SalesSums>();
        foreach (var day in await Days(session, month, last))
        {
            var rows = await Rows(session, day);
            sums.TryAdd(day with { Start = month }, new SalesSums());
            rows.ForEach(sums[day with { Start = month }].Add);
            await Compare(Day, day, SalesBlock.Pack(rows));
        }

        foreach (var (key, sum) in sums)
        {
            await Compare(Month, key, SalesBlock.Pack(sum.Totals()));
        }

        return wrong;

        async ValueTask Compare(string span, BlockKey key, byte[] expected)
        {
            var stored = await session.Query(
                "select data from sales_block where span = @span and start = @start and currency = @currency and book = @book",
                row => row.GetFieldValue<byte[]>(0),
                ("@span", span),
                ("@start", key.Start),
                ("@currency", key.Currency),
                ("@book", key.Book));
            if (stored is [var data] && !data.AsSpan().SequenceEqual(expected))
            {
                wrong.Add($"the block of the {span} {DateOnly.FromDayNumber(key.Start):yyyy-MM-dd} {key.Currency} book {key.Book} is not what its rows make");
            }
        }
    }

    /// <summary>First days of all months with any figures.</summary>
    public static async ValueTask<IReadOnlyList<int>> Months(DbSession session) =>
        [.. (await session.Query("select distinct day from sales_day", row => row.GetInt32(0))).Select(SalesCalendar.MonthOf).Distinct().Order()];

    /// <summary>Removes the blocks that a change of a day makes wrong.</summary>
    public static async ValueTask Forget(DbSession session, BlockKey day)
    {
        await Forget(session, Day, day);
        await Forget(session, Month, day with { Start = SalesCalendar.MonthOf(day.Start) });
    }

    private static async ValueTask<HashSet<BlockKey>> Known(DbSession session, string span, int from, int to) => [.. await session.Query(
        "select start, currency, book from sales_block where span = @span and start between @from and @to",
        ReadKey,
        ("@span", span),
        ("@from", from),
        ("@to", to))];

    private static ValueTask Forget(DbSession session, string span, BlockKey key) => session.Later(
        "delete from sales_block where span = @span and start = @start and currency = @currency and book = @book",
        ("@span", span),
        ("@start", key.Start),
        ("@currency", key.Currency),
        ("@book", key.Book));

    private static ValueTask Save(DbSession session, string span, BlockKey key, byte[] data) => session.Later(
        "insert into sales_block (span, start, currency, book, data) values (@span, @start, @currency, @book, @data)",
        ("@span", span),
        ("@start", key.Start),
        ("@currency", key.Currency),
        ("@book", key.Book),
        ("@data", data));

    private static BlockKey ReadKey(DbDataReader row) => new(row.GetInt32(0), row.GetString(1), row.GetInt32(2));
}
