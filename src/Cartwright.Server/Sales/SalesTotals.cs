using System.Runtime.InteropServices;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>What some sales and refunds add to the totals of their days, gathered first and saved once.</summary>
internal sealed class SalesTotals
{
    private const string AddToDay = """
        insert into sales_day (day, currency, book, orders, units, gross_minor, refunds_minor) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        on conflict (day, currency, book) do update set
            orders = sales_day.orders + excluded.orders, units = sales_day.units + excluded.units,
            gross_minor = sales_day.gross_minor + excluded.gross_minor, refunds_minor = sales_day.refunds_minor + excluded.refunds_minor
        """;

    private const string AddToProduct = """
        insert into sales_day_product (day, currency, book, product, orders, units, gross_minor, refunds_minor) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        on conflict (day, currency, book, product) do update set
            orders = sales_day_product.orders + excluded.orders, units = sales_day_product.units + excluded.units,
            gross_minor = sales_day_product.gross_minor + excluded.gross_minor,
            refunds_minor = sales_day_product.refunds_minor + excluded.refunds_minor
        """;

    private readonly Dictionary<BlockKey, Day> _days = [];

    private sealed class Day
    {
        public Counts Sum;

        public Dictionary<int, Counts> Products { get; } = [];
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Counts(long Orders, long Units, long GrossMinor, long RefundsMinor);

    public void AddOrder(BlockKey day) => Of(day).Sum.Orders++;

    /// <summary>A line of an order; <paramref name="isFirst"/>: of this product in this order.</summary>
    public void AddLine(BlockKey day, int product, long units, long grossMinor, bool isFirst)
    {
        var of = Of(day);
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(of.Products, product, out _);
        checked
        {
            counts.Orders += isFirst ? 1 : 0;
            counts.Units += units;
            counts.GrossMinor += grossMinor;
            of.Sum.Units += units;
            of.Sum.GrossMinor += grossMinor;
        }
    }

    public void AddRefund(BlockKey day, int product, long amountMinor)
    {
        var of = Of(day);
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(of.Products, product, out _);
        checked
        {
            counts.RefundsMinor += amountMinor;
            of.Sum.RefundsMinor += amountMinor;
        }
    }

    /// <summary>Adds everything to the tables and removes the blocks that this makes wrong.</summary>
    public async ValueTask Save(DbSession session)
    {
        using var sums = session.Bulk(AddToDay);
        using var products = session.Bulk(AddToProduct);

        // In the order of the tables' keys: neighbours share pages.
        foreach (var (key, day) in _days.OrderBy(pair => pair.Key.Start).ThenBy(pair => pair.Key.Currency, StringComparer.Ordinal).ThenBy(pair => pair.Key.Book))
        {
            await SalesBlockTables.Forget(session, key);
            await Run(sums.Bind(1, key.Start).Bind(2, key.Currency).Bind(3, key.Book), 4, day.Sum);
            await sums.Finish();
            products.Bind(1, key.Start).Bind(2, key.Currency).Bind(3, key.Book);
            foreach (var (product, counts) in day.Products.OrderBy(pair => pair.Key))
            {
                await Run(products.Bind(4, product), 5, counts);
            }

            // Before the next day: locks are taken in the order of the keys.
            await products.Finish();
        }

        _days.Clear();
    }

    private static ValueTask Run(BulkStatement statement, int position, Counts counts) => statement
        .Bind(position, counts.Orders)
        .Bind(position + 1, counts.Units)
        .Bind(position + 2, counts.GrossMinor)
        .Bind(position + 3, counts.RefundsMinor)
        .Run();

    private Day Of(BlockKey key)
    {
        ref var day = ref CollectionsMarshal.GetValueRefOrAddDefault(_days, key, out _);
        return day ??= new Day();
    }
}
