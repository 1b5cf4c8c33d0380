using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>One piece of a load: its rows, on their way into the database within one transaction.</summary>
internal sealed class SalesChunk(long load, int book, IReadOnlyList<HistoryRow> rows)
{
    private readonly List<(long Line, string Reason)> _refusals = [];
    private readonly List<HistoryProduct> _saved = [];

    /// <summary>Known once everything is saved.</summary>
    public IReadOnlyList<(long Line, string Reason)> Refusals => _refusals;

    private sealed class ChunkOrder(long key, BlockKey block, bool isSkipped)
    {
        public long Key => key;

        public BlockKey Block => block;

        public bool IsSkipped => isSkipped;

        public int Lines { get; set; }

        // Orders are short: a list is faster than a set.
        public List<int> Products { get; } = [];
    }

    /// <summary>Writes everything, and tells how far the load has come then.</summary>
    public async ValueTask<LoadProgress> Save(DbSession session, LoadProgress from)
    {
        Forget();
        await Locks.Sales(session);
        var keys = await SaleKeys.Of(session, rows);
        var orders = new Dictionary<string, ChunkOrder>(rows.Count, StringComparer.Ordinal);
        var totals = new SalesTotals();
        var calendar = await SalesCalendar.Of(session);
        var (inserts, lines, skipped) = (0, 0, 0);
        using var insertSale = session.Bulk(
            """
            insert into sale (key, external_id, load_key, day, at, currency, country, book) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """ + keys.OnConflict);
        using var insertLine = session.Bulk(
            "insert into sale_line (sale, position, product, quantity, unit_price_minor) values (?1, ?2, ?3, ?4, ?5)");
        insertSale.Bind(3, load).Bind(8, book);
        foreach (var row in rows)
        {
            if (row.Refusal is { } reason)
            {
                Refuse(row.Line, reason);
                continue;
            }

            if (!orders.TryGetValue(row.OrderId, out var order))
            {
                insertSale.Bind(2, row.OrderId).Bind(4, row.Day).Bind(5, row.At).Bind(6, row.Currency!.Code).Bind(7, row.Country);
                if (await keys.TryInsert(insertSale, row.OrderId) is { } key)
                {
                    order = new ChunkOrder(key, new BlockKey(row.Day, row.Currency.Code, book), isSkipped: false);
                    totals.AddOrder(order.Block);
                    inserts++;
                }
                else
                {
                    order = await Known(session, row.OrderId);
                    skipped += order.IsSkipped ? 1 : 0;
                }

                orders.Add(row.OrderId, order);
            }

            if (order.IsSkipped)
            {
                continue;
            }

            if (row.Currency!.Code != order.Block.Currency)
            {
                Refuse(row.Line, OtherCurrency(row, order.Block.Currency));
                continue;
            }

            var product = row.Product!;
            if (product.Key == 0 || (product.Category is not null && !product.IsCategorySaved))
            {
                await SaveProduct(session, product);
            }

            await insertLine.Bind(1, order.Key).Bind(2, order.Lines++).Bind(3, product.Key).Bind(4, row.Quantity).Bind(5, row.UnitPriceMinor).Run();
            var gross = checked(row.Quantity * row.UnitPriceMinor);
            var isFirst = !order.Products.Contains(product.Key);
            if (isFirst)
            {
                order.Products.Add(product.Key);
            }

            totals.AddLine(order.Block, product.Key, row.Quantity, gross, isFirst);
            lines++;
            if (row.RefundedAt is { } refundedAt && gross > 0)
            {
                var day = calendar.DayOf(refundedAt);
                await SalesEntries.Refund(session, order.Key, refundedAt, product.Key, day, gross);
                totals.AddRefund(order.Block with { Start = day }, product.Key, gross);
            }
        }

        await insertSale.Finish();
        await insertLine.Finish();
        await totals.Save(session);
        return new LoadProgress(from.Records + rows.Count, from.Orders + inserts, from.Lines + lines, from.SkippedOrders + skipped, from.Refused + _refusals.Count);
    }

    private static string OtherCurrency(HistoryRow row, string began) =>
        $"order {row.OrderId} began in {began}, this line is in {row.Currency}: an order has one currency";

    /// <summary>What was refused when these rows were saved; nothing is written.</summary>
    /// <param name="areMixed">Whether the load has more than one currency up to here; without, none can be another than its order's.</param>
    public async ValueTask<IReadOnlyList<(long Line, string Reason)>> RefusedBefore(DbSession session, bool areMixed)
    {
        _refusals.Clear();
        var began = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Refusal is { } reason)
            {
                Refuse(row.Line, reason);
            }
            else if (areMixed)
            {
                if (!began.TryGetValue(row.OrderId, out var currency))
                {
                    currency = await session.First(
                        "select currency from sale where external_id = @id and load_key = @load", found => found.GetString(0), ("@id", row.OrderId), ("@load", load));
                    began.Add(row.OrderId, currency);
                }

                if (currency is not null && currency != row.Currency!.Code)
                {
                    Refuse(row.Line, OtherCurrency(row, currency));
                }
            }
        }

        return _refusals;
    }

    private void Refuse(long line, string reason) => _refusals.Add((line, reason));

    // An order of this load goes on, wherever its other lines were; all others were here before, and stay as they are.
    private async ValueTask<ChunkOrder> Known(DbSession session, string externalId)
    {
        var order = (await session.Query(
            "select key, day, currency, book, load_key from sale where external_id = @id",
            row => new ChunkOrder(
                row.GetInt64(0), new BlockKey(row.GetInt32(1), row.GetString(2), row.GetInt32(3)), isSkipped: row.IsDBNull(4) || row.GetInt64(4) != load),
            ("@id", externalId)))[0];
        if (!order.IsSkipped)
        {
            order.Products.AddRange(await session.Query("select product from sale_line where sale = @sale", row => row.GetInt32(0), ("@sale", order.Key)));
            order.Lines = order.Products.Count;
        }

        return order;
    }

    // The transaction is run again: what it kept in the products was undone.
    private void Forget()
    {
        _refusals.Clear();
        foreach (var product in _saved)
        {
            (product.Key, product.IsCategorySaved) = (0, false);
        }

        _saved.Clear();
    }

    // The key is kept in the product although the transaction may yet be undone: a load ends with the first that is undone for good.
    private async ValueTask SaveProduct(DbSession session, HistoryProduct product)
    {
        _saved.Add(product);
        if (product.Key == 0)
        {
            await Locks.SoldProducts(session);
            var next = 1 + (await session.Integer("select max(key) from sales_product") ?? 0);
            await session.Execute(
                "insert into sales_product (key, id, name, category) values (@key, @id, @name, @category) on conflict (id) do nothing",
                ("@key", next),
                ("@id", product.Id),
                ("@name", product.Name),
                ("@category", product.Category));
            product.Key = (int)(await session.Integer("select key from sales_product where id = @id", ("@id", product.Id)))!;
        }

        if (product.Category is not null)
        {
            await session.Execute(
                "update sales_product set category = @category where key = @key and category is null", ("@category", product.Category), ("@key", product.Key));
            product.IsCategorySaved = true;
        }
    }
}
