using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Sales;

/// <summary>One row of the raw lines, or of the refunds (quantity 0), as an independent sum needs it.</summary>
internal sealed record RawRow(DateOnly Day, string Currency, string Sale, string Product, long Quantity, long GrossMinor, long RefundMinor);

/// <summary>A shop with a book of sales, and what tests do with it.</summary>
internal sealed class SalesShop : IAsyncDisposable
{
    private readonly TestShop _shop;
    private readonly TempFolder _files = new();

    private SalesShop(TestShop shop) => (_shop, Book, Ledger) =
        (shop, new SalesBook(shop.Database, shop.Time, countsSimulated: true), new SalesLedger(shop.Database, shop.Time));

    public Database Database => _shop.Database;

    public FakeTime Time => _shop.Time;

    public SalesBook Book { get; }

    public SalesLedger Ledger { get; }

    public List<(long Line, string Reason)> Refusals { get; } = [];

    public static async Task<SalesShop> Open(string zone = "UTC", string currency = "USD")
    {
        var shop = new SalesShop(await TestShop.Empty());
        await shop.Zone(zone, currency);
        return shop;
    }

    /// <summary>Loads the catalogue again, with another zone.</summary>
    public async Task Zone(string zone, string currency = "USD")
    {
        var catalog = Sample.Catalog(Sample.Plants(), currency);
        catalog["store"]!.AsObject()["time_zone"] = zone;
        await _shop.LoadFile(catalog);
    }

    public Task<LoadOutcome> Load(string csv, HistoryColumns? columns = null, int chunk = 50_000, int stopAfter = int.MaxValue) =>
        LoadBytes(System.Text.Encoding.UTF8.GetBytes(csv), columns, chunk, stopAfter);

    /// <summary>Loads a file; stops, as if told to, after so many pieces.</summary>
    public async Task<LoadOutcome> LoadBytes(byte[] csv, HistoryColumns? columns = null, int chunk = 50_000, int stopAfter = int.MaxValue)
    {
        var path = Path.Combine(_files.Path, "sales.csv");
        await File.WriteAllBytesAsync(path, csv);
        var opened = await HistoryFile.Open(path, columns ?? new HistoryColumns(), Database);
        Assert.True(opened.Ok, opened.Problem?.Advice);
        using var stop = new CancellationTokenSource();
        var loader = new SalesLoader(Database, Time)
        {
            ChunkLines = chunk,
            Pause = TimeSpan.Zero,
            Refused = Refusals.AddRange,
            Progressed = _ =>
            {
                if (--stopAfter <= 0)
                {
                    stop.Cancel();
                }
            },
        };
        var loaded = await loader.Load(await opened.Value.Source("sales.csv"), stop.Token);
        Assert.True(loaded.Ok, loaded.Problem?.Advice);
        return loaded.Value;
    }

    public async Task<Problem> Refuses(string csv, HistoryColumns? columns = null) =>
        (await HistoryFile.Open(_files.File("sales.csv", csv), columns ?? new HistoryColumns(), Database)).Problem!;

    public async Task<Problem> Refuses(byte[] csv)
    {
        var path = Path.Combine(_files.Path, "sales.csv");
        await File.WriteAllBytesAsync(path, csv);
        return (await HistoryFile.Open(path, new HistoryColumns(), Database)).Problem!;
    }

    /// <summary>An order that waits for its payment.</summary>
    public async Task<Order> Place(OrderBook orders, string id, params (string Product, long Price, long Quantity)[] lines)
    {
        var draft = new Order
        {
            Id = id,
            Token = $"token of {id}",
            CartId = $"cart of {id}",
            State = OrderState.AwaitingPayment,
            Currency = Currency.Find("USD").Value,
            Country = "US",
            AmountMinor = lines.Sum(line => line.Price * line.Quantity),
            Provider = ProviderNames.Sandbox,
            Environment = "sandbox",
            Content = "",
            CreatedAt = 0,
            ExpiresAt = 0,
            UpdatedAt = 0,
        };
        return (await Database.Write<Order>(async session => await orders.Place(
            session, draft, [.. lines.Select(line => new OrderLine(line.Product, line.Product, null, line.Price, line.Quantity))]))).Value;
    }

    /// <summary>What the provider says of an order's transaction.</summary>
    public async Task Hear(OrderBook orders, string id, long captured, long refunded = 0, string transaction = "t1")
    {
        Time.Pass(TimeSpan.FromSeconds(1));
        await Database.Write<string>(async session =>
        {
            var order = (await OrderTables.Find(session, id))!;
            var status = captured > 0 ? TransactionStatus.CaptureSucceeded : TransactionStatus.AuthorizationSucceeded;
            return await orders.Hear(
                session,
                order,
                new PaymentTransaction($"{transaction} of {id}", status, order.AmountMinor, "USD", Time.GetUtcNow(), CapturedAmount: captured, RefundedAmount: refunded),
                "test");
        });
    }

    public async Task<string> Days(string from = "2000-01-01", string to = "2026-12-31") => string.Join(
        '\n', (await Book.Days(Range(from, to))).Select(day => $"{day.Day:yyyy-MM-dd} {day.Currency} {Say(day.Figures)}"));

    public async Task<string> Products(string from = "2000-01-01", string to = "2026-12-31") => string.Join(
        '\n',
        (await Book.Products(Range(from, to)))
            .OrderBy(product => product.Currency.Code, StringComparer.Ordinal).ThenBy(product => product.ProductId, StringComparer.Ordinal)
            .Select(product => $"{product.ProductId} {product.Currency} {Say(product.Figures)}"));

    /// <summary>All lines and refunds as they are stored, for sums of a test's own.</summary>
    public ValueTask<List<RawRow>> Raw() => Database.Read(async session =>
    {
        var rows = await session.Query(
            """
            select s.day, s.currency, s.external_id, p.id, l.quantity, l.quantity * l.unit_price_minor
            from sale s join sale_line l on l.sale = s.key join sales_product p on p.key = l.product
            """,
            row => new RawRow(DateOnly.FromDayNumber(row.GetInt32(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5), 0));
        rows.AddRange(await session.Query(
            "select r.day, s.currency, s.external_id, p.id, r.amount_minor from sale_refund r join sale s on s.key = r.sale join sales_product p on p.key = r.product",
            row => new RawRow(DateOnly.FromDayNumber(row.GetInt32(0)), row.GetString(1), row.GetString(2), row.GetString(3), 0, 0, row.GetInt64(4))));
        return rows;
    });

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        _files.Dispose();
    }

    public static Period Range(string from, string to) =>
        new(DateOnly.ParseExact(from, "yyyy-MM-dd"), DateOnly.ParseExact(to, "yyyy-MM-dd"));

    public static string Say(SalesFigures figures) => $"{figures.Orders} {figures.Units} {figures.GrossMinor} {figures.RefundsMinor}";
}
