using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Checkout;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cartwright.Tests.Orders;

/// <summary>Everything around orders on a real database, without a server: a test says when what happens.</summary>
internal sealed class OrderBench : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private OrderBench(Database database, TempFolder folder, StillTime time, bool capturesLater)
    {
        (Database, _folder, Time) = (database, folder, time);
        var options = new OrderOptions();
        var payments = new PaymentSide(Provider, null, null, null);
        Carts = new ShoppingCarts(database, new ProductCatalog(database), time, new IdSource(), new CartOptions());
        Orders = new OrderBook(database, time, options, NullLogger<OrderBook>.Instance);
        Inbox = new WebhookInbox(database, Orders, payments, time, options, NullLogger<WebhookInbox>.Instance);
        Desk = new CheckoutDesk(database, Carts, Orders, Provider, new IdSource(), time, capturesLater);
        Keeper = new OrderKeeper(database, Orders, Inbox, payments, time, NullLogger<OrderKeeper>.Instance);
    }

    public Database Database { get; }

    public StillTime Time { get; }

    public StubProvider Provider { get; } = new();

    public ShoppingCarts Carts { get; }

    public OrderBook Orders { get; }

    public WebhookInbox Inbox { get; }

    public CheckoutDesk Desk { get; }

    public OrderKeeper Keeper { get; }

    public static async Task<OrderBench> Open(bool capturesLater = false, params JsonObject[] products)
    {
        var (folder, time) = (new TempFolder(), new StillTime());
        var bench = new OrderBench(await TestDatabase.Open(folder.Path, time), folder, time, capturesLater);
        await bench.Load(products.Length > 0 ? products : Sample.Plants());
        return bench;
    }

    /// <summary>Loads the catalogue anew.</summary>
    public async Task Load(params JsonObject[] products) => Assert.True((await CatalogLoader.Load(
        Database, CatalogFile.Read(_folder.File("catalog.json", Sample.Catalog(products).ToJsonString())).Value)).Ok);

    public Task Fill(string cart, string product, long quantity) => Ok(Carts.Update(new(Conversation: cart), [new(product, null, quantity)]));

    /// <summary>The open order of a conversation's cart.</summary>
    public async Task<Order> Start(string cart) => (await Ok(Desk.Start(new(Conversation: cart), null, null))).File.Order;

    public async Task<OrderFile> File(string id) => (await Orders.Find(id))!;

    /// <summary>Has the order hear of a transaction.</summary>
    public Task<string> Hear(string id, PaymentTransaction news) =>
        Ok(Database.Write<string>(async session => await Orders.Hear(session, (await OrderTables.FindToChange(session, id))!, news, "test")));

    /// <summary>Has the order hear of a refund.</summary>
    public Task<string> Hear(string id, PaymentRefund news) =>
        Ok(Database.Write<string>(async session => await Orders.Hear(session, (await OrderTables.FindToChange(session, id))!, news.Id, news, "test")));

    /// <summary>Ends the order's time, as another order in its place does.</summary>
    public Task<Order> Lapse(string id) =>
        Ok(Database.Write<Order>(async session => await Orders.Lapse(session, (await OrderTables.FindToChange(session, id))!, "test")));

    /// <summary>What is for sale of a product.</summary>
    public async Task<long> ForSale(string product) =>
        (await Database.Read(session => session.Integer("select stock from product where id = @id", ("@id", product)))).GetValueOrDefault();

    /// <summary>Pieces for sale, reserved and taken: what there was at first.</summary>
    public async Task<long> Pieces(string product) => await ForSale(product) + (await Database.Read(session => session.Integer(
        """
        select coalesce(sum(l.quantity), 0) from orders o join order_line l on l.order_id = o.id
        where o.stock in ('reserved', 'taken') and l.product_id = @id
        """,
        ("@id", product)))).GetValueOrDefault();

    public async Task<List<OrderEvent>> Trail(string id) => await Database.Read(session => OrderTables.Events(session, id));

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder.Dispose();
    }

    public static async Task<T> Ok<T>(ValueTask<Result<T>> pending)
    {
        var result = await pending;
        Assert.True(result.Ok, result.Problem?.Advice);
        return result.Value;
    }
}
