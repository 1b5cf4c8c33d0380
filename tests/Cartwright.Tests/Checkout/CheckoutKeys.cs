using Cartwright.Server.Payments;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Checkout;

/// <summary>start_checkout repeated with an idempotency key, and done twice at once.</summary>
public sealed class CheckoutKeys
{
    private const string Key = "b4f2f1de-4d1c-4ac5-9c39-3ad2b5a6d3a1";

    [Fact]
    public async Task The_same_request_again_gets_the_same_order_also_after_the_cart_was_emptied()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("monstera", 2));
        var first = await shop.Checkout(cart, Key);
        var order = (await shop.File(first.OrderId())).Order;
        Assert.Equal(first.Data().ToJsonString(), (await shop.Checkout(cart, Key)).Data().ToJsonString());
        await shop.Deliver(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded));
        Assert.Equal("", (await Show(shop, cart)).Lines());

        var paid = await shop.Checkout(cart, Key);
        Assert.Equal((order.Id, "paid", "2 monstera"), (paid.OrderId(), (string?)paid.Data()["status"], paid.Lines()));
        Assert.Null(paid.Data()["checkout_url"]);
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task The_same_request_with_items_does_not_fill_the_cart_again()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("fern", 1));
        var first = await shop.Checkout(cart, Key, ("monstera", 2));
        var order = (await shop.File(first.OrderId())).Order;
        await shop.Deliver(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded));
        await shop.Set(cart, "aloe-vera", 4);

        Assert.Equal(order.Id, (await shop.Checkout(cart, Key, ("monstera", 2))).OrderId());
        Assert.Equal("4 aloe-vera", (await Show(shop, cart)).Lines());
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Another_request_with_the_key_is_a_conflict_and_changes_nothing()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("monstera", 2));
        var first = await shop.Checkout(cart, Key, ("monstera", 2));
        foreach (var other in new[] { await shop.Checkout(cart, Key), await shop.Checkout(cart, Key, ("monstera", 3)), await shop.Checkout(cart, Key, ("fern", 2)) })
        {
            Assert.True(other.IsError());
            Assert.Contains("idempotency_key was used for another request", other.Text(), StringComparison.Ordinal);
        }

        Assert.Equal("2 monstera", (await Show(shop, cart)).Lines());
        Assert.Equal("awaiting_payment", await shop.Status(first.OrderId()));
        await shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Without_a_cart_a_long_key_finds_the_first_order_and_a_short_one_is_refused()
    {
        await using var shop = await OrderShop.Start();
        var request = $$"""{"items":[{"product_id":"monstera","quantity":2}],"idempotency_key":"{{Key}}"}""";
        var first = await shop.Server.Call("start_checkout", request);
        Assert.Equal(first.OrderId(), (await shop.Server.Call("start_checkout", request)).OrderId());
        var other = await shop.Server.Call("start_checkout", request.Replace(":2", ":1", StringComparison.Ordinal));
        Assert.Contains("used for another request", other.Text(), StringComparison.Ordinal);
        var refused = await shop.Server.Call("start_checkout", """{"items":[{"product_id":"monstera"}],"idempotency_key":"1"}""");
        Assert.Contains("UUID", refused.Text(), StringComparison.Ordinal);
        await shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task A_key_of_a_call_that_failed_is_free()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("monstera", 3));
        var other = await shop.Order(("monstera", 1));
        Assert.True((await shop.Checkout(cart, Key)).IsError());
        shop.Time.Pass(TimeSpan.FromMinutes(30));
        await shop.KeepOrders();
        Assert.Equal("expired", await shop.Status(other.Id));
        Assert.Equal("3 monstera", (await shop.Checkout(cart, Key)).Lines());
        await shop.AssertSound(orders: 2, paid: 0);
    }

    [Fact]
    public async Task Many_starts_of_one_cart_at_once_through_two_servers_make_one_order()
    {
        using var folder = new TempFolder();
        await using var shop = await OrderShop.Start(folder: folder);
        await using var second = await OrderShop.Start(folder: folder, time: shop.Time);
        var cart = await shop.Cart(("monstera", 3));
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => (i % 2 == 0 ? shop : second).Checkout(cart, i % 3 == 0 ? $"{Key} {i}" : null))));
        Assert.All(answers, answer => Assert.False(answer.IsError(), answer.ToJsonString()));
        Assert.Single(answers.Select(answer => answer.OrderId()).Distinct());
        await shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task The_last_piece_goes_to_one_of_many_carts_that_check_out_at_once()
    {
        await using var shop = await OrderShop.Start();
        var carts = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            carts.Add(await shop.Cart(("monstera", 2)));
        }

        var answers = await Task.WhenAll(carts.Select(cart => Task.Run(() => shop.Checkout(cart))));
        Assert.Single(answers, answer => !answer.IsError());
        Assert.All(answers.Where(answer => answer.IsError()), answer => Assert.Contains("only 1 left, 2 are in the cart", answer.Text(), StringComparison.Ordinal));
        await shop.AssertSound(orders: 1, paid: 0);
    }

    private static Task<System.Text.Json.Nodes.JsonNode> Show(OrderShop shop, string cart) => shop.Server.Call("show_cart", $$"""{"cart_id":"{{cart}}"}""");
}
