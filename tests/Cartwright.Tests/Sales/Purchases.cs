using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;

namespace Cartwright.Tests.Sales;

/// <summary>From a purchase on the checkout page to the merchant's figures.</summary>
public sealed class Purchases
{
    [Fact]
    public async Task A_purchase_and_its_refund_are_in_the_figures_of_the_day_at_once()
    {
        await using var shop = await MerchantShop.Start();
        Assert.Equal(0, (int)(await shop.Data("sales_between", "today", "today"))["totals"]![0]!["orders"]!);

        var added = await shop.Server.Call("add_to_cart", """{"items":[{"product_id":"aloe-vera","quantity":2},{"product_id":"fern"}]}""");
        var checkout = (await shop.Server.Call("start_checkout", $$"""{"cart_id":"{{added.CartId()}}"}""")).Data();
        var page = new Uri((string)checkout["checkout_url"]!).AbsolutePath;
        await Submit(shop, $"{page}/details", ("email", "ada@example.com"), ("name", "Ada Lovelace"), ("line1", "12 Square"), ("city", "London"), ("postal_code", "SW1Y 4JH"), ("country", "GB"));
        Assert.Equal(0, (int)(await shop.Data("sales_between", "today", "today"))["totals"]![0]!["orders"]!);
        await Submit(shop, $"{page}/sandbox", ("outcome", "approve"));
        var order = (string)checkout["order_id"]!;
        await Until(async () => (string)(await shop.Server.Call("get_order", $$"""{"order_id":"{{order}}"}""")).Data()["order"]!["status"]! == "paid");

        var sold = await shop.Data("sales_between", "2026-03-01", "2026-03-01");
        Assert.Equal("""{"currency":"USD","orders":1,"units":3,"gross":39.48,"refunds":0.00,"net":39.48}""", sold["totals"]![0]!.ToJsonString());
        Assert.True((bool)sold["includes_simulated"]!);
        Assert.Contains("Simulated orders count", (await shop.Call("sales_report", "today", "today")).Text(), StringComparison.Ordinal);
        Assert.Equal("aloe-vera", (string?)(await shop.Data("top_products", "today", "today"))["rows"]![0]!["product_id"]);

        var services = shop.Server.App.Services;
        var desk = new MerchantDesk(
            shop.Database, services.GetRequiredService<OrderBook>(), services.GetRequiredService<PaymentSide>().Provider, new IdSource(), shop.Time);
        var file = (await desk.Find(order, default)).Value;
        Assert.True((await desk.Refund(file, new Money(948, file.Order.Currency), default)).Ok);
        await Until(async () => (decimal)(await shop.Data("sales_between", "today", "today"))["totals"]![0]!["net"]! == 30.00m);
    }

    [Fact]
    public async Task Without_the_sandbox_simulated_orders_do_not_count()
    {
        using var folder = new TempFolder();
        await using var shop = await MerchantShop.Start(change: settings => settings with { Payments = settings.Payments with { Provider = "off" } });
        var at = shop.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await shop.Database.Write<bool>(async session =>
        {
            await session.Execute("insert into sales_day (day, currency, book, orders, units, gross_minor, refunds_minor) values (@day, 'USD', 1, 1, 1, 999, 0)", ("@day", new DateOnly(2026, 3, 1).DayNumber));
            return at > 0;
        });
        var answer = await shop.Data("sales_between", "today", "today");
        Assert.Equal((0, false), ((int)answer["totals"]![0]!["orders"]!, (bool)answer["includes_simulated"]!));
    }

    private static async Task Submit(MerchantShop shop, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.ToDictionary(field => field.Name, field => field.Value));
        var reply = await shop.Wire.Send("POST", path, form);
        Assert.InRange(reply.Status, 200, 399);
    }

    /// <summary>The sandbox delivers its webhooks in its own time.</summary>
    private static async Task Until(Func<Task<bool>> isSo)
    {
        using var late = new CancellationTokenSource(Wire.Patience);
        while (!await isSo())
        {
            await Task.Delay(20, late.Token);
        }
    }
}
