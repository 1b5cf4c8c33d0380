using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Server.Payments.Sandbox;
using Cartwright.Server.Storage;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cartwright.Tests.Orders;

/// <summary>
/// A server whose time a test moves, and what tests of orders do with it: carts, checkouts, the shopper's forms, the provider's webhooks.
/// Nothing happens in the background unless a test asks for it.
/// </summary>
internal sealed class OrderShop : IAsyncDisposable
{
    public const string Secret = "the secret of webhooks";

    private int _deliveries;
    private IReadOnlyDictionary<string, long> _pieces = new Dictionary<string, long>();

    private OrderShop(ShopServer server, StillTime time, LogLines log) => (Server, Time, Log) = (server, time, log);

    public ShopServer Server { get; }

    public StillTime Time { get; }

    public LogLines Log { get; }

    public Wire Wire => Server.Wire;

    public Database Database => Server.App.Services.GetRequiredService<Database>();

    public SandboxProvider Sandbox => Server.App.Services.GetRequiredService<PaymentSide>().Sandbox!;

    private OrderBook Orders => Server.App.Services.GetRequiredService<OrderBook>();

    public static async Task<OrderShop> Start(
        JsonObject? catalog = null, Func<PaymentSettings, PaymentSettings>? change = null, TempFolder? folder = null, StillTime? time = null)
    {
        var (clock, log) = (time ?? new StillTime(), new LogLines());
        var payments = new PaymentSettings { WebhookSecrets = [Secret] };
        var server = await ShopServer.Start(
            catalog ?? Sample.Catalog(Sample.Plants()),
            folder,
            clock,
            settings => settings with { Payments = change?.Invoke(payments) ?? payments },
            log.Begin);
        var shop = new OrderShop(server, clock, log);
        shop._pieces = await shop.Pieces();
        return shop;
    }

    /// <summary>A new cart with these lines; its id.</summary>
    public async Task<string> Cart(params (string Product, int Quantity)[] lines) =>
        (await Ok("add_to_cart", new JsonObject { ["items"] = Items(lines) })).CartId();

    public Task<JsonNode> Set(string cart, string product, int quantity) =>
        Ok("update_cart", new JsonObject { ["cart_id"] = cart, ["items"] = Items((product, quantity)) });

    /// <summary>The result of start_checkout, whatever it is.</summary>
    public Task<JsonNode> Checkout(string cart, string? key = null, params (string Product, int Quantity)[] items)
    {
        var arguments = new JsonObject { ["cart_id"] = cart };
        if (key is not null)
        {
            arguments["idempotency_key"] = key;
        }

        if (items.Length > 0)
        {
            arguments["items"] = Items(items);
        }

        return Server.Call("start_checkout", arguments.ToJsonString());
    }

    /// <summary>An order over these lines of a new cart.</summary>
    public async Task<Order> Order(params (string Product, int Quantity)[] lines) => await Order(await Cart(lines));

    public async Task<Order> Order(string cart)
    {
        var started = await Checkout(cart);
        Assert.False(started.IsError(), started.ToJsonString());
        return (await File(started.OrderId())).Order;
    }

    /// <summary>What get_order says.</summary>
    public async Task<JsonNode> Look(string order) => (await Ok("get_order", new JsonObject { ["order_id"] = order })).Data()["order"]!;

    public async Task<string> Status(string order) => (string)(await Look(order))["status"]!;

    public async Task<OrderFile> File(string order) => (await Orders.Find(order))!;

    public async Task<List<OrderEvent>> Trail(string order) => await Database.Read(session => OrderTables.Events(session, order));

    /// <summary>Sends the shopper's name and address.</summary>
    public Task<Reply> GiveAddress(Order order) => Form(
        $"/checkout/{order.Token}/details",
        ("email", "ann@example.org"), ("name", "Ann Example"), ("line1", "1 Main Street"), ("city", "Springfield"), ("postal_code", "12345"), ("country", "US"));

    public Task<Reply> Press(Order order, string outcome) => Form($"/checkout/{order.Token}/sandbox", ("outcome", outcome));

    public async Task<Reply> Form(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await Wire.Send("POST", path, content);
    }

    /// <summary>A transaction for the whole order, which a test changes with "with".</summary>
    public static PaymentTransaction Tell(Order order, string status, int second = 1, string id = "t1") => new(
        $"{order.Id} {id}",
        status,
        order.AmountMinor,
        order.Currency.Code,
        DateTimeOffset.FromUnixTimeMilliseconds(order.CreatedAt).AddSeconds(second),
        ExternalIdentifier: order.Id);

    /// <summary>The provider's envelope around it.</summary>
    public static WebhookEvent Envelope(PaymentTransaction? about, PaymentRefund? refund = null) => new(
        "envelope", "transaction.modified", null, "default", "sandbox", "sandbox", about is null ? "refund" : "transaction", about?.Id ?? refund!.Id, about, refund);

    /// <summary>Delivers it as the provider does: signed now, under a new id unless one is given.</summary>
    public Task<Reply> Deliver(PaymentTransaction about, string? id = null) => Deliver(Envelope(about).Write(), id);

    public Task<Reply> Deliver(PaymentRefund about) => Deliver(Envelope(null, about).Write());

    public Task<Reply> Deliver(byte[] body, string? id = null)
    {
        var timestamp = Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Post(body, id ?? $"delivery-{Interlocked.Increment(ref _deliveries)}", timestamp, WebhookSignature.Sign(body, timestamp, Secret));
    }

    public async Task<Reply> Post(byte[] body, string? id, string timestamp, string signature)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await Wire.Send(
            "POST",
            WebhookRoute.Path,
            content,
            [
                (WebhookSignature.TimestampHeader, timestamp),
                (WebhookSignature.SignaturesHeader, signature),
                .. id is null ? Array.Empty<(string, string)>() : [(WebhookSignature.IdHeader, id)],
            ]);
    }

    /// <summary>What the server does by itself every second.</summary>
    public Task KeepOrders() => Server.App.Services.GetServices<IHostedService>().OfType<OrderKeeper>().Single().Look(default);

    /// <summary>Waits for something that another thread brings about; no test passes by waiting too short.</summary>
    public static async Task Until(Func<Task<bool>> isSo)
    {
        using var late = new CancellationTokenSource(Wire.Patience);
        while (!await isSo())
        {
            await Task.Delay(10, late.Token);
        }
    }

    /// <summary>
    /// No order is lost, doubled or paid wrongly: there are so many, so many of them paid; each is what its payments make it, no cart has two
    /// open ones, and for sale, reserved and taken make up what there was.
    /// </summary>
    public async Task AssertSound(int orders, int paid)
    {
        var all = await Database.Read(session => OrderTables.List(session, null, 1000));
        Assert.Equal((orders, paid), (all.Count, all.Count(order => OrderRules.IsPaid(order.State))));
        foreach (var order in all)
        {
            var file = await File(order.Id);
            Assert.Equal(OrderRules.State(order.AmountMinor, order.Lapsed, file.Attempts, file.Refunds), order.State);
            Assert.Equal(OrderRules.IsPaid(order.State), OrderRules.Captured(file.Attempts) >= order.AmountMinor);
            Assert.Equal(order.AmountMinor, file.Lines.Sum(line => line.PriceMinor * line.Quantity));
            Assert.Equal(order.State, (await Trail(order.Id))[^1].To);
        }

        Assert.All(all.Where(OrderRules.IsOpen).GroupBy(order => order.CartId), open => Assert.Single(open));
        Assert.Equal(_pieces, await Pieces());
        Assert.DoesNotContain("Exception", Log.Of("Cartwright"), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task<IReadOnlyDictionary<string, long>> Pieces() => (await Database.Read(session => session.Query(
        """
        select p.id, p.stock + coalesce((select sum(l.quantity) from orders o join order_line l on l.order_id = o.id
            where o.stock in ('reserved', 'taken') and l.product_id = p.id), 0)
        from product p where p.stock is not null order by p.id
        """,
        row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1))))).ToDictionary();

    private async Task<JsonNode> Ok(string tool, JsonObject arguments)
    {
        var result = await Server.Call(tool, arguments.ToJsonString());
        Assert.False(result.IsError(), result.ToJsonString());
        return result;
    }

    private static JsonArray Items(params (string Product, int Quantity)[] lines) =>
        [.. lines.Select(line => new JsonObject { ["product_id"] = line.Product, ["quantity"] = line.Quantity })];
}

internal static class CheckoutAnswers
{
    public static string OrderId(this JsonNode result) => (string)result.Data()["order_id"]!;

    public static string Url(this JsonNode result) => (string)result.Data()["checkout_url"]!;
}
