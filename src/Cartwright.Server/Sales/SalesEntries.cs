using Cartwright.Server.Orders;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>Writes the shop's own orders down as sales, inside the transaction that pays or refunds them.</summary>
internal static class SalesEntries
{
    private sealed record Sale(long Key, string Currency, int Book);

    /// <summary>What one product brought in a sale, and what of it was given back already.</summary>
    private sealed record Share(int Product, long GrossMinor, long RefundedMinor);

    public static async ValueTask Sold(DbSession session, Order order, IReadOnlyList<OrderLine> lines, long paidAtMs)
    {
        var day = (await SalesCalendar.Of(session)).DayOf(paidAtMs);
        var book = order.IsSimulated ? SalesBooks.Simulated : SalesBooks.Real;
        await Locks.Sales(session);
        var key = await NextSale(session);
        var inserted = await session.Execute(
            """
            insert into sale (key, external_id, load_key, day, at, currency, country, book)
            values (@key, @id, null, @day, @at, @currency, @country, @book) on conflict (external_id) do nothing
            """,
            ("@key", key),
            ("@id", order.Id),
            ("@day", day),
            ("@at", paidAtMs),
            ("@currency", order.Currency.Code),
            ("@country", order.Country),
            ("@book", book));
        if (inserted == 0)
        {
            return;
        }

        var totals = new SalesTotals();
        var block = new BlockKey(day, order.Currency.Code, book);
        totals.AddOrder(block);
        foreach (var (position, line) in lines.Index())
        {
            var product = await Product(session, line);
            await session.Later(
                "insert into sale_line (sale, position, product, quantity, unit_price_minor) values (@sale, @position, @product, @quantity, @price)",
                ("@sale", key),
                ("@position", position),
                ("@product", product),
                ("@quantity", line.Quantity),
                ("@price", line.PriceMinor));
            totals.AddLine(block, product, line.Quantity, checked(line.PriceMinor * line.Quantity), isFirst: lines.Take(position).All(other => other.ProductId != line.ProductId));
        }

        await totals.Save(session);
    }

    public static async ValueTask GivenBack(DbSession session, Order order, IReadOnlyList<OrderLine> lines, long amountMinor, long atMs)
    {
        if (amountMinor == 0)
        {
            return;
        }

        // An order that was paid before sales were written down.
        await Sold(session, order, lines, order.PaidAt ?? atMs);
        var sale = (await session.First(
            "select key, currency, book from sale where external_id = @id",
            row => new Sale(row.GetInt64(0), row.GetString(1), row.GetInt32(2)),
            ("@id", order.Id)))!;
        var shares = await session.Query(
            """
            select product, sum(quantity * unit_price_minor),
                (select coalesce(sum(r.amount_minor), 0) from sale_refund r where r.sale = l.sale and r.product = l.product)
            from sale_line l where sale = @sale group by sale, product order by min(position)
            """,
            row => new Share(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2)),
            ("@sale", sale.Key));

        // In proportion to what is left of each, so that no product is given back above what it brought.
        var weights = shares.ConvertAll(share => amountMinor > 0 ? share.GrossMinor - share.RefundedMinor : share.RefundedMinor);
        var day = (await SalesCalendar.Of(session)).DayOf(atMs);
        var totals = new SalesTotals();
        foreach (var (share, part) in shares.Zip(ShareOut(amountMinor, weights)))
        {
            if (part != 0)
            {
                await Refund(session, sale.Key, atMs, share.Product, day, part);
                totals.AddRefund(new BlockKey(day, sale.Currency, sale.Book), share.Product, part);
            }
        }

        await totals.Save(session);
    }

    public static ValueTask Refund(DbSession session, long sale, long at, int product, int day, long amountMinor) => session.Later(
        """
        insert into sale_refund (sale, at, product, day, amount_minor) values (@sale, @at, @product, @day, @amount)
        on conflict (sale, at, product) do update set amount_minor = sale_refund.amount_minor + excluded.amount_minor
        """,
        ("@sale", sale),
        ("@at", at),
        ("@product", product),
        ("@day", day),
        ("@amount", amountMinor));

    /// <summary>Shares an amount out in proportion to weights, to the minor unit: who lost most by rounding down gets one more, the first of equals first.</summary>
    public static IReadOnlyList<long> ShareOut(long amount, IReadOnlyList<long> weights)
    {
        var sum = weights.Aggregate((Int128)0, (total, weight) => total + weight);
        if (sum <= 0)
        {
            // Nothing to go by: the first has it all.
            return [.. weights.Select((_, i) => i == 0 ? amount : 0)];
        }

        var (size, sign) = ((Int128)Math.Abs(amount), Math.Sign(amount));
        var parts = weights.Select(weight => size * weight / sum).ToArray();
        var left = (int)(size - parts.Aggregate((Int128)0, (total, part) => total + part));
        foreach (var i in Enumerable.Range(0, parts.Length).OrderByDescending(i => size * weights[i] % sum).ThenBy(i => i).Take(left))
        {
            parts[i]++;
        }

        return [.. parts.Select(part => sign * (long)part)];
    }

    private static async ValueTask<int> Product(DbSession session, OrderLine line)
    {
        if (await session.Integer("select key from sales_product where id = @id", ("@id", line.ProductId)) is { } known)
        {
            return (int)known;
        }

        await Locks.SoldProducts(session);
        var key = 1 + (await session.Integer("select max(key) from sales_product") ?? 0);
        var added = await session.Execute(
            """
            insert into sales_product (key, id, name, category)
            values (@key, @id, @name, (select category from product where id = @id)) on conflict (id) do nothing
            """,
            ("@key", key),
            ("@id", line.ProductId),
            ("@name", line.Name));
        return (int)(added == 1 ? key : (await session.Integer("select key from sales_product where id = @id", ("@id", line.ProductId)))!.Value);
    }

    // Where several write at once, a sequence knows what is taken.
    private static async ValueTask<long> NextSale(DbSession session) => session.IsPostgres
        ? (await session.Integer("select nextval(pg_get_serial_sequence('sale', 'key'))"))!.Value
        : 1 + (await session.Integer("select max(key) from sale") ?? 0);
}
