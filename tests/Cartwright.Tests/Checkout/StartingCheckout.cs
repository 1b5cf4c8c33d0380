using System.Text.Json.Nodes;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Checkout;

/// <summary>start_checkout and get_order over HTTP: what becomes an order, what does not, and what the caller is told.</summary>
public sealed class StartingCheckout
{
    [Fact]
    public async Task An_order_has_the_catalogues_names_and_prices_and_get_order_says_the_same()
    {
        await using var shop = await OrderShop.Start();
        var started = await shop.Checkout(await shop.Cart(("monstera", 2), ("fern", 1)));
        Assert.Equal("2 monstera, 1 fern", started.Lines());
        var data = started.Data();
        Assert.Equal(("awaiting_payment", 2 * 3499 + 950, "USD", true), ((string?)data["status"], (int)data["amount"]!, (string?)data["currency"], (bool)data["simulated"]!));
        Assert.Equal(["69.98", "9.50"], data["items"]!.AsArray().Select(item => item!["line_total"]!.ToJsonString()));
        Assert.Equal(["Monstera", "Boston Fern"], data["items"]!.AsArray().Select(item => (string?)item!["name"]));
        Assert.Null(data["notes"]);
        Assert.Null(data["embed_error"]);
        Assert.Null(started["_meta"]!["embed"]);
        Assert.Contains(started.Url(), started.Text(), StringComparison.Ordinal);

        var order = await shop.Look(started.OrderId());
        Assert.Equal(data["items"]!.ToJsonString(), order["items"]!.ToJsonString());
        Assert.Equal((7948, 0, started.Url()), ((int)order["amount"]!, (int)order["refunded_amount"]!, (string?)order["checkout_url"]));
        await shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Prices_and_names_that_the_caller_gives_are_refused_or_not_believed()
    {
        await using var shop = await OrderShop.Start();
        var told = await shop.Server.Call(
            "start_checkout", """{"items":[{"product_id":"monstera","quantity":1,"price":0.01,"name":"A gift for nothing","image":"https://example.com/x.png"}]}""");
        Assert.Equal(("Monstera", 3499), ((string?)told.Data()["items"]![0]!["name"], (int)told.Data()["amount"]!));
        Assert.DoesNotContain("gift", told.ToJsonString(), StringComparison.Ordinal);
        foreach (var more in new[] { "\"amount\":1", "\"currency\":\"JPY\"", "\"total\":0.01" })
        {
            Assert.True((await shop.Server.Call("start_checkout", $$"""{"items":[{"product_id":"monstera"}],{{more}}}""")).IsError());
        }

        await shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Items_become_the_whole_cart_first()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("fern", 5));
        var started = await shop.Checkout(cart, null, ("monstera", 1), ("aloe-vera", 2));
        Assert.Equal("1 monstera, 2 aloe-vera", started.Lines());
        Assert.Equal("1 monstera, 2 aloe-vera", (await shop.Server.Call("show_cart", $$"""{"cart_id":"{{cart}}"}""")).Lines());
    }

    [Fact]
    public async Task An_unknown_product_makes_no_order_and_the_answer_suggests_one()
    {
        await using var shop = await OrderShop.Start();
        var refused = await shop.Checkout(await shop.Cart(("fern", 1)), null, ("monstera", 1), ("aloe", 1));
        Assert.True(refused.IsError());
        Assert.Contains("no product \"aloe\"", refused.Text(), StringComparison.Ordinal);
        Assert.Contains("did you mean aloe-vera (Aloe Vera)", refused.Text(), StringComparison.Ordinal);
        await shop.AssertSound(orders: 0, paid: 0);
    }

    [Fact]
    public async Task Without_a_cart_or_with_an_empty_one_it_says_to_fill_it()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("fern", 1));
        await shop.Set(cart, "fern", 0);
        foreach (var refused in new[] { await shop.Checkout(cart), await shop.Server.Call("start_checkout") })
        {
            Assert.True(refused.IsError());
            Assert.Contains("empty", refused.Text(), StringComparison.Ordinal);
            Assert.Contains("add_to_cart", refused.Text(), StringComparison.Ordinal);
        }

        await shop.AssertSound(orders: 0, paid: 0);
    }

    [Fact]
    public async Task An_unknown_cart_and_an_expired_one_are_told_alike()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("fern", 1));
        shop.Time.Pass(TimeSpan.FromDays(30));
        foreach (var id in new[] { cart, "cart_00000000000000000000000000", "'; drop table orders; --" })
        {
            foreach (var refused in new[] { await shop.Checkout(id), await shop.Checkout(id, null, ("fern", 1)) })
            {
                Assert.True(refused.IsError());
                Assert.Contains($"There is no cart \"{id}\"", refused.Text(), StringComparison.Ordinal);
                Assert.Contains("expired", refused.Text(), StringComparison.Ordinal);
            }
        }

        await shop.AssertSound(orders: 0, paid: 0);
    }

    [Fact]
    public async Task Lines_that_cannot_be_had_are_all_named_with_what_to_do_and_nothing_is_reserved()
    {
        await using var shop = await OrderShop.Start(Sample.Catalog(
            [Sample.Product("a", "Apple", "1.00", stock: 5), Sample.Product("b", "Berry", "1.00", stock: 5), Sample.Product("c", "Cherry", "1.00"), Sample.Product("d", "Date", "1.00", stock: 5)]));
        var cart = await shop.Cart(("a", 5), ("b", 1), ("c", 1), ("d", 1));
        var other = await shop.Order(("a", 2), ("b", 5));
        await shop.Server.Load(Sample.Catalog(
            [Sample.Product("a", "Apple", "1.00", stock: 5), Sample.Product("b", "Berry", "1.00", stock: 5), Sample.Product("d", "Date", "1.00", stock: 5)]));
        var refused = await shop.Checkout(cart);
        Assert.True(refused.IsError());
        Assert.Equal(
            """
            Apple (a): only 3 left, 5 are in the cart; lower the quantity with update_cart.
            Berry (b) is sold out: remove it with update_cart, quantity 0.
            Cherry (c) is no longer sold: remove it with update_cart, quantity 0.
            No order was made.
            """,
            refused.Text());
        Assert.Equal(other.Id, Assert.Single(await shop.Database.Read(session => OrderTables.List(session, null, 10))).Id);
    }

    [Fact]
    public async Task A_price_that_changed_since_it_was_shown_is_noted_and_the_new_one_counts()
    {
        await using var shop = await OrderShop.Start(Sample.Catalog([Sample.Product("a", "Apple", "1.00")]));
        var cart = await shop.Cart(("a", 2));
        await shop.Server.Load(Sample.Catalog([Sample.Product("a", "Apple", "1.50")]));
        var started = await shop.Checkout(cart);
        Assert.Equal(300, (int)started.Data()["amount"]!);
        const string note = "Apple (a) costs 1.50 USD now; it was 1.00 when it was put into the cart. Tell the shopper before they pay.";
        Assert.Equal(note, (string?)Assert.Single(started.Data()["notes"]!.AsArray()));
        Assert.Contains(note, started.Text(), StringComparison.Ordinal);

        // Whoever asks again, perhaps because the first answer was lost, is told again.
        Assert.Equal(note, (string?)(await shop.Checkout(cart)).Data()["notes"]?[0]);
    }

    [Fact]
    public async Task A_price_that_changes_while_the_order_is_open_makes_a_new_order()
    {
        await using var shop = await OrderShop.Start(Sample.Catalog([Sample.Product("a", "Apple", "1.00", stock: 3)]));
        var cart = await shop.Cart(("a", 3));
        var first = await shop.Order(cart);
        await shop.Server.Load(Sample.Catalog([Sample.Product("a", "Apple", "2.00", stock: 3)]));
        var second = await shop.Order(cart);
        Assert.Equal((300, 600), (first.AmountMinor, second.AmountMinor));
        Assert.Equal("expired", await shop.Status(first.Id));
        await shop.AssertSound(orders: 2, paid: 0);
    }

    [Fact]
    public async Task Called_again_it_gives_the_same_order_with_its_time_prolonged()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("monstera", 3));
        var first = await shop.Checkout(cart);
        shop.Time.Pass(TimeSpan.FromMinutes(29));
        var again = await shop.Checkout(cart);
        Assert.Equal(first.Data().ToJsonString(), again.Data().ToJsonString());
        shop.Time.Pass(TimeSpan.FromMinutes(29));
        await shop.KeepOrders();
        Assert.Equal("awaiting_payment", await shop.Status(first.OrderId()));
        shop.Time.Pass(TimeSpan.FromMinutes(1));
        await shop.KeepOrders();
        Assert.Equal("expired", await shop.Status(first.OrderId()));
        await shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task A_changed_cart_gets_a_new_order_and_the_old_ones_stock_is_free_for_it()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("monstera", 3));
        var first = await shop.Order(cart);
        await shop.Set(cart, "monstera", 2);
        var second = await shop.Order(cart);
        await shop.Set(cart, "monstera", 3);
        var third = await shop.Order(cart);
        Assert.Equal(3, new[] { first.Id, second.Id, third.Id }.Distinct().Count());
        Assert.Equal(["expired", "expired", "awaiting_payment"], [await shop.Status(first.Id), await shop.Status(second.Id), await shop.Status(third.Id)]);
        Assert.Null((await shop.Look(first.Id))["checkout_url"]);
        await shop.AssertSound(orders: 3, paid: 0);
    }

    [Fact]
    public async Task While_a_payment_is_under_way_an_unchanged_cart_gets_its_order_and_a_changed_one_is_told_to_wait()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("monstera", 1));
        var order = await shop.Order(cart);
        await shop.Deliver(OrderShop.Tell(order, TransactionStatus.Processing));
        var same = await shop.Checkout(cart);
        Assert.Equal((order.Id, "payment_pending"), (same.OrderId(), (string?)same.Data()["status"]));
        await shop.Set(cart, "monstera", 2);
        var refused = await shop.Checkout(cart);
        Assert.True(refused.IsError());
        Assert.Contains("get_order", refused.Text(), StringComparison.Ordinal);
        Assert.Contains(order.Id, refused.Text(), StringComparison.Ordinal);

        await shop.Deliver(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded, 2));
        Assert.Equal("1 monstera", (await shop.Checkout(cart)).Lines());
        await shop.AssertSound(orders: 2, paid: 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ord_00000000000000000000000000")]
    [InlineData("a\u0000b")]
    [InlineData("%")]
    public async Task An_unknown_order_is_told(string id)
    {
        await using var shop = await OrderShop.Start();
        await shop.Order(("fern", 1));
        var told = await shop.Server.Call("get_order", new JsonObject { ["order_id"] = id }.ToJsonString());
        Assert.True(told.IsError());
        Assert.Contains("order", told.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_and_tokens_are_128_random_bits_and_neither_tells_the_other()
    {
        await using var shop = await OrderShop.Start();
        var orders = new List<Order>();
        for (var i = 0; i < 50; i++)
        {
            orders.Add(await shop.Order(("fern", 1)));
        }

        Assert.All(orders, order => Assert.Matches("^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$", order.Id));
        Assert.All(orders, order => Assert.Matches("^chk_[0-7][0-9a-hjkmnp-tv-z]{25}$", order.Token));
        Assert.Equal(100, orders.SelectMany(order => new[] { order.Id[4..], order.Token[4..] }).Distinct().Count());

        // Every place of them varies, so that none is a counter or a clock.
        Assert.All(Enumerable.Range(5, 25), place => Assert.True(orders.Select(order => order.Id[place]).Distinct().Count() > 5));
    }
}
