using Cartwright.Server.Payments;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Checkout;

/// <summary>Amounts at the ends of what numbers and currencies hold.</summary>
public sealed class CheckoutTotals
{
    [Theory]
    [InlineData(long.MaxValue, 99)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue / 99, 99)]
    [InlineData(9_007_199_254_740_992, 1)]
    public async Task A_cart_worth_more_than_an_order_may_be_makes_none_and_no_number_overflows(long price, int quantity)
    {
        await using var bench = await OrderBench.Open(products: [Sample.Product("a", "Gold", "1.00", stock: 99), Sample.Product("b", "Fern", "1.00")]);
        await bench.Fill("cart", "a", quantity);
        await bench.Fill("cart", "b", 1);

        // No catalogue may have such a price; the sum is not to rely on that.
        Assert.True((await bench.Database.Write<int>(async session => await session.Execute("update product set price_minor = @price where id = 'a'", ("@price", price)))).Ok);
        var refused = (await bench.Desk.Start(new(Conversation: "cart"), null, null)).Problem!;
        Assert.Contains("worth more than one order may be", refused.Advice, StringComparison.Ordinal);
        Assert.Contains("update_cart", refused.Advice, StringComparison.Ordinal);
        Assert.Equal(99, await bench.ForSale("a"));
    }

    [Theory]
    [InlineData("USD", "10000000000.00")]
    [InlineData("JPY", "1000000000000")]
    [InlineData("KWD", "1000000000.000")]
    public async Task The_fullest_cart_of_the_dearest_products_is_an_order_to_the_last_cent(string currency, string price)
    {
        var products = Sample.Many(50).Select(product =>
        {
            product["price"] = price;
            return product;
        });
        await using var shop = await OrderShop.Start(Sample.Catalog(products, currency));
        var cart = await shop.Cart([.. Enumerable.Range(0, 50).Select(i => ($"p{i}", 99))]);
        var started = await shop.Checkout(cart);
        var order = (await shop.File(started.OrderId())).Order;
        Assert.Equal((4_950_000_000_000_000, 4_950_000_000_000_000), (order.AmountMinor, (long)started.Data()["amount"]!));
        await shop.Deliver(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded));
        Assert.Equal("paid", await shop.Status(order.Id));
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Theory]
    [InlineData("JPY", "1500", 3, 4500, "4500")]
    [InlineData("KWD", "1.005", 3, 3015, "3.015")]
    [InlineData("USD", "0.01", 99, 99, "0.99")]
    [InlineData("USD", "0.00", 1, 0, "0.00")]
    public async Task Amounts_are_minor_units_of_the_currency(string currency, string price, int quantity, long amount, string total)
    {
        await using var shop = await OrderShop.Start(Sample.Catalog([Sample.Product("a", "Apple", price)], currency));
        var started = await shop.Checkout(await shop.Cart(("a", quantity)));
        Assert.Equal((amount, currency), ((long)started.Data()["amount"]!, (string?)started.Data()["currency"]));
        Assert.Equal(total, started.Data()["items"]![0]!["line_total"]!.ToJsonString());
        Assert.Contains($"over {total} {currency}", started.Text(), StringComparison.Ordinal);
        var order = (await shop.File(started.OrderId())).Order;
        await shop.GiveAddress(order);
        await shop.Press(order, "approve");
        await OrderShop.Until(async () => await shop.Status(order.Id) == "paid");
        await shop.AssertSound(orders: 1, paid: 1);
    }
}
