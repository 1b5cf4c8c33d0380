using Cartwright.Server.Orders;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>
/// Makes the totals anew from the sales themselves, and checks that both, the blocks and the paid orders agree. Both go through the sales
/// month by month, so that no more than a month is sorted at once.
/// </summary>
internal sealed class SalesLedger(Database database, TimeProvider time)
{
    private const int MaxDifferences = 20;
    private const int ZoneStep = 20_000;

    // What the rows of one range of days come to, by product: sales and refunds.
    private const string Sums = """
        select day, currency, book, product, sum(orders) orders, sum(units) units, sum(gross) gross, sum(refunds) refunds from (
            select s.day, s.currency, s.book, l.product, count(distinct s.key) orders, sum(l.quantity) units, sum(l.quantity * l.unit_price_minor) gross, 0 refunds
            from sale s join sale_line l on l.sale = s.key where s.day between @from and @to group by s.day, s.currency, s.book, l.product
            union all
            select r.day, s.currency, s.book, r.product, 0, 0, 0, sum(r.amount_minor)
            from sale_refund r join sale s on s.key = r.sale where r.day between @from and @to group by r.day, s.currency, s.book, r.product
        ) sums group by day, currency, book, product
        """;

    private const string Orders = """
        select day, currency, book, count(*) orders from sale where day between @from and @to group by day, currency, book
        """;

    /// <summary>Is told the months that are done, and how many there are.</summary>
    public Action<int, int>? Progressed { get; init; }

    /// <summary>
    /// Totals and blocks from the sales, after writing down paid orders that are not among them, and after giving every sale the day that it
    /// has in the shop's present time zone. One transaction: until its end all see the old totals, and other writes wait. How many sales.
    /// </summary>
    public ValueTask<Result<long>> Rebuild(CancellationToken cancellation = default) => database.Write<long>(
        async session =>
        {
            session.TakeTime();
            await Locks.SalesLoad(session);
            await Locks.SalesAlone(session);
            await AddMissing(session);
            var calendar = await SalesCalendar.Of(session);
            await MoveDays(session, calendar, "sale", "key", "key", "case when load_key is null then 0 else 1 end");
            await MoveDays(session, calendar, "sale_refund", "sale", "sale, at, product", "0");
            await session.Execute("delete from sales_block");
            await session.Execute("delete from sales_day_product");
            await session.Execute("delete from sales_day");
            var months = await Months(session, "select distinct day from sale union select distinct day from sale_refund");
            foreach (var (i, month) in months.Index())
            {
                var last = SalesCalendar.NextMonth(month) - 1;
                await session.Execute(
                    $"insert into sales_day_product (day, currency, book, product, orders, units, gross_minor, refunds_minor) {Sums}", ("@from", month), ("@to", last));
                await session.Execute(
                    $"""
                    insert into sales_day (day, currency, book, orders, units, gross_minor, refunds_minor)
                    select p.day, p.currency, p.book, coalesce(max(o.orders), 0), sum(p.units), sum(p.gross_minor), sum(p.refunds_minor)
                    from sales_day_product p left join ({Orders}) o on o.day = p.day and o.currency = p.currency and o.book = p.book
                    where p.day between @from and @to group by p.day, p.currency, p.book
                    """,
                    ("@from", month),
                    ("@to", last));
                await SalesBlockTables.Build(session, month, calendar.DayOf(time.GetUtcNow()));
                Progressed?.Invoke(i + 1, months.Count);
            }

            return await session.Integer("select count(*) from sale") ?? 0;
        },
        isRepeatable: true,
        cancellation);

    /// <summary>Builds the blocks that are missing, a month at a time.</summary>
    public async ValueTask<Result<int>> BuildBlocks(CancellationToken stop = default)
    {
        var months = await database.Read(SalesBlockTables.Months, CancellationToken.None);
        var total = 0;
        foreach (var (i, month) in months.Index())
        {
            if (stop.IsCancellationRequested)
            {
                break;
            }

            var built = await database.Write<int>(
                async session => await SalesBlockTables.Build(session, month, (await SalesCalendar.Of(session)).DayOf(time.GetUtcNow())), isRepeatable: true, CancellationToken.None);
            if (!built.Ok)
            {
                return built;
            }

            total += built.Value;
            Progressed?.Invoke(i + 1, months.Count);
        }

        return total;
    }

    /// <summary>What does not agree, in words; at most the first 20. None: all is well.</summary>
    public ValueTask<IReadOnlyList<string>> Check(CancellationToken cancellation = default) => database.Read<IReadOnlyList<string>>(
        async session =>
        {
            session.TakeTime();
            var differences = await CheckOrders(session);
            var months = await Months(
                session, "select distinct day from sale union select distinct day from sale_refund union select distinct day from sales_day union select distinct day from sales_day_product");
            foreach (var (i, month) in months.Index())
            {
                cancellation.ThrowIfCancellationRequested();
                differences.AddRange(await CheckMonth(session, month, SalesCalendar.NextMonth(month) - 1));
                Progressed?.Invoke(i + 1, months.Count);
            }

            return [.. differences.Take(MaxDifferences)];
        },
        cancellation);

    private static async ValueTask<IReadOnlyList<int>> Months(DbSession session, string days) =>
        [.. (await session.Query(days, row => SalesCalendar.MonthOf(row.GetInt32(0)))).Distinct().Order()];

    private static async ValueTask AddMissing(DbSession session)
    {
        var missing = await session.Query(
            $"select {Order.Columns} from orders o where o.paid_at is not null and not exists (select 1 from sale s where s.external_id = o.id)", Order.Read);
        foreach (var order in missing)
        {
            var lines = await OrderTables.Lines(session, order.Id);
            await SalesBook.Sold(session, order, lines, order.PaidAt!.Value);
            await SalesBook.GivenBack(session, order, lines, OrderRules.GivenBack(order), order.UpdatedAt);
        }
    }

    private static async ValueTask MoveDays(DbSession session, SalesCalendar calendar, string table, string key, string order, string isLoaded)
    {
        using var move = session.Bulk($"update {table} set day = ?2 where {key} = ?1 and at = ?3");
        var after = -1L;
        while (true)
        {
            // A sale with many refunds may be looked at twice; that changes nothing.
            var step = await session.Query(
                $"select {key}, at, day, {isLoaded} from {table} where {key} > @after order by {order} limit @limit",
                row => (Key: row.GetInt64(0), At: row.GetInt64(1), Day: row.GetInt32(2), IsLoaded: row.GetInt32(3) == 1),
                ("@after", after),
                ("@limit", ZoneStep));
            foreach (var row in step)
            {
                if ((row.IsLoaded ? HistoryTime.DayOf(row.At, calendar) : calendar.DayOf(row.At)) is var day && day != row.Day)
                {
                    await move.Bind(1, row.Key).Bind(2, day).Bind(3, row.At).Run();
                }
            }

            await move.Finish();

            if (step.Count < ZoneStep)
            {
                return;
            }

            after = step[^1].Key - (step[0].Key < step[^1].Key ? 1 : 0);
        }
    }

    private static async ValueTask<List<string>> CheckOrders(DbSession session)
    {
        var rows = await session.Query(
            $"""
            select {Order.Columns},
                (select coalesce(sum(l.quantity * l.unit_price_minor), 0) from sale s join sale_line l on l.sale = s.key where s.external_id = o.id),
                (select coalesce(sum(r.amount_minor), 0) from sale s join sale_refund r on r.sale = s.key where s.external_id = o.id),
                (select count(*) from sale s where s.external_id = o.id)
            from orders o where o.paid_at is not null
            """,
            row => (
                Order: Order.Read(row),
                Gross: row.GetInt64(Order.ColumnCount),
                Refunds: row.GetInt64(Order.ColumnCount + 1),
                Count: row.GetInt64(Order.ColumnCount + 2)));
        var differences = new List<string>();
        foreach (var (order, gross, refunds, count) in rows)
        {
            if (count == 0)
            {
                differences.Add($"order {order.Reference} is paid, but no sale: cartwright sales rebuild adds it");
            }
            else if (gross != order.AmountMinor || refunds != OrderRules.GivenBack(order))
            {
                differences.Add(
                    $"order {order.Reference} is over {order.Amount} with {new Money(OrderRules.GivenBack(order), order.Currency)} given back; "
                    + $"its sale over {new Money(gross, order.Currency)} with {new Money(refunds, order.Currency)}");
            }
        }

        return differences;
    }

    private static async ValueTask<List<string>> CheckMonth(DbSession session, int from, int to)
    {
        // Both sides in one list: whatever does not come twice is a difference.
        var differences = await session.Query(
            $"""
            select day, currency, book, product, orders, units, gross, refunds, min(side) from (
                select 'sales' side, day, currency, book, product, orders, units, gross, refunds from ({Sums}) expected
                union all
                select 'totals', day, currency, book, product, orders, units, gross_minor, refunds_minor from sales_day_product where day between @from and @to
            ) sides group by day, currency, book, product, orders, units, gross, refunds
            having count(*) <> 2 order by day, currency, book, product, min(side) limit 20
            """,
            row => $"{Name(row.GetInt32(0), row.GetString(1), row.GetInt32(2))} product {row.GetInt64(3)}: the {row.GetString(8)} say "
                + Say(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)),
            ("@from", from),
            ("@to", to));
        differences.AddRange(await session.Query(
            $"""
            select day, currency, book, orders, units, gross, refunds, min(side) from (
                select 'sales' side, p.day, p.currency, p.book, coalesce(max(o.orders), 0) orders, sum(p.units) units, sum(p.gross) gross, sum(p.refunds) refunds
                from ({Sums}) p left join ({Orders}) o on o.day = p.day and o.currency = p.currency and o.book = p.book group by p.day, p.currency, p.book
                union all
                select 'totals', day, currency, book, orders, units, gross_minor, refunds_minor from sales_day where day between @from and @to
            ) sides group by day, currency, book, orders, units, gross, refunds
            having count(*) <> 2 order by day, currency, book, min(side) limit 20
            """,
            row => $"{Name(row.GetInt32(0), row.GetString(1), row.GetInt32(2))}: the {row.GetString(7)} say "
                + Say(row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)),
            ("@from", from),
            ("@to", to)));
        differences.AddRange(await SalesBlockTables.Wrong(session, from, to));
        return differences;
    }

    private static string Name(int day, string currency, int book) => $"{DateOnly.FromDayNumber(day):yyyy-MM-dd} {currency} book {book}";

    private static string Say(long orders, long units, long gross, long refunds) => $"{orders} orders, {units} units, {gross} gross, {refunds} refunds";
}
