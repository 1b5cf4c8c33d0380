using System.Text.Json.Nodes;
using Cartwright.Server.Catalog;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Checkout;

/// <summary>Who sees how many pieces while an order has some of them set aside.</summary>
public sealed class CheckoutStock
{
    [Fact]
    public async Task The_carts_own_order_does_not_make_its_lines_sold_out_and_for_others_they_are()
    {
        await using var shop = await OrderShop.Start();
        var (mine, theirs) = (await shop.Cart(("monstera", 3)), await shop.Cart(("monstera", 1)));
        var order = await shop.Order(mine);

        var own = await Show(shop, mine);
        Assert.Null(own.Data()["items"]![0]!["note"]);
        Assert.Equal("sold out; remove it", (string?)(await Show(shop, theirs)).Data()["items"]![0]!["note"]);

        await shop.Set(mine, "monstera", 2);
        await shop.Set(mine, "monstera", 3);
        var more = await shop.Server.Call("add_to_cart", $$"""{"cart_id":"{{mine}}","items":[{"product_id":"monstera"}]}""");
        Assert.Contains("only 3 left; 3 are in the cart already", more.Text(), StringComparison.Ordinal);
        var others = await shop.Server.Call("add_to_cart", """{"items":[{"product_id":"monstera"}]}""");
        Assert.Contains("is sold out", others.Text(), StringComparison.Ordinal);
        Assert.Equal(order.Id, (await shop.Checkout(mine)).OrderId());
        Assert.True((await shop.Checkout(theirs)).IsError());
        await shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task What_the_cart_paid_for_is_not_its_own_any_more()
    {
        await using var shop = await OrderShop.Start();
        var cart = await shop.Cart(("monstera", 3));
        await shop.Deliver(OrderShop.Tell(await shop.Order(cart), TransactionStatus.CaptureSucceeded));
        var again = await shop.Server.Call("add_to_cart", $$"""{"cart_id":"{{cart}}","items":[{"product_id":"monstera"}]}""");
        Assert.Contains("is sold out", again.Text(), StringComparison.Ordinal);
        await shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Lists_and_products_show_at_once_that_an_order_took_the_last_piece_and_that_it_is_back()
    {
        await using var shop = await OrderShop.Start();
        Assert.True(await InStock(shop));
        await shop.Order(("monstera", 2));
        Assert.True(await InStock(shop));
        await shop.Order(("monstera", 1));
        Assert.False(await InStock(shop));

        shop.Time.Pass(TimeSpan.FromMinutes(30));
        await shop.KeepOrders();
        Assert.True(await InStock(shop));
        await shop.AssertSound(orders: 2, paid: 0);
    }

    [Fact]
    public async Task Expiry_gives_the_pieces_back_in_the_transaction_that_changes_the_state()
    {
        await using var bench = await OrderBench.Open();
        await bench.Fill("a", "monstera", 3);
        var order = await bench.Start("a");
        bench.Time.Pass(TimeSpan.FromMinutes(30));

        // Between the two there is no moment: every snapshot has both or neither.
        var looking = true;
        var seen = Task.Run(async () =>
        {
            var snapshots = new HashSet<(string, long)>();
            while (Volatile.Read(ref looking))
            {
                snapshots.Add(await bench.Database.Read(async session => (
                    OrderNames.Of((await OrderTables.Find(session, order.Id))!.State),
                    (await session.Integer("select stock from product where id = 'monstera'"))!.Value)));
            }

            return snapshots;
        });
        Assert.Equal(1, await OrderBench.Ok(bench.Orders.LapseAll()));
        Volatile.Write(ref looking, false);
        Assert.All(await seen, snapshot => Assert.Contains(snapshot, new[] { ("awaiting_payment", 0L), ("expired", 3L) }));
        Assert.Equal(3, await bench.ForSale("monstera"));
        Assert.Equal(("expired", "the order's time was over"), (await bench.Trail(order.Id))[^1] is var last ? (OrderNames.Of(last.To), last.Cause) : default);
    }

    [Fact]
    public async Task An_order_expires_with_its_last_millisecond_and_more_than_a_hundred_do_at_once()
    {
        await using var bench = await OrderBench.Open(products: [Sample.Product("fern", "Fern", "1.00", stock: 1000)]);
        for (var i = 0; i < 230; i++)
        {
            await bench.Fill($"{i}", "fern", 2);
            await bench.Start($"{i}");
        }

        Assert.Equal(540, await bench.ForSale("fern"));
        bench.Time.Pass(TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await OrderBench.Ok(bench.Orders.LapseAll()));
        bench.Time.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(230, await OrderBench.Ok(bench.Orders.LapseAll()));
        Assert.Equal(1000, await bench.ForSale("fern"));
    }

    [Fact]
    public async Task A_load_takes_what_open_orders_have_set_aside_out_of_the_files_stock()
    {
        await using var bench = await OrderBench.Open(products: Ferns(5));
        await bench.Fill("a", "fern", 3);
        var order = await bench.Start("a");
        await bench.Load(Ferns(5));
        Assert.Equal(2, await bench.ForSale("fern"));
        await bench.Load(Ferns(10));
        Assert.Equal(7, await bench.ForSale("fern"));

        // Fewer on the shelf than were promised: nothing is for sale, and it comes out right when the order ends either way.
        await bench.Load(Ferns(1));
        Assert.Equal(-2, await bench.ForSale("fern"));
        Assert.Contains("sold out", (await bench.Carts.Add(new(Conversation: "b"), [new("fern", null, 1)])).Problem!.Advice, StringComparison.Ordinal);
        await bench.Lapse(order.Id);
        Assert.Equal(1, await bench.ForSale("fern"));
    }

    [Fact]
    public async Task What_was_paid_or_expired_is_no_longer_taken_out_of_the_files_stock()
    {
        await using var bench = await OrderBench.Open(products: Ferns(5));
        await bench.Fill("a", "fern", 2);
        await bench.Fill("b", "fern", 1);
        var (paid, expired) = (await bench.Start("a"), await bench.Start("b"));
        await bench.Hear(paid.Id, new PaymentTransaction("t", TransactionStatus.CaptureSucceeded, paid.AmountMinor, "USD", News.Start));
        await bench.Lapse(expired.Id);
        Assert.Equal(3, await bench.ForSale("fern"));
        await bench.Load(Ferns(3));
        Assert.Equal(3, await bench.ForSale("fern"));
    }

    [Fact]
    public async Task Pieces_stay_right_when_a_load_limits_or_unlimits_the_stock_or_retires_the_product_meanwhile()
    {
        await using var bench = await OrderBench.Open(products: Ferns(null));
        await bench.Fill("a", "fern", 3);
        var order = await bench.Start("a");
        await bench.Load(Ferns(5));
        Assert.Equal(2, await bench.ForSale("fern"));
        await bench.Load(Ferns(null));
        await bench.Load(Sample.Product("pot", "Pot", "1.00"));
        await bench.Load(Ferns(5));
        Assert.Equal(2, await bench.ForSale("fern"));
        await bench.Lapse(order.Id);
        Assert.Equal(5, await bench.ForSale("fern"));
    }

    [Fact]
    public async Task A_load_of_the_same_file_changes_no_product_while_orders_are_open()
    {
        await using var bench = await OrderBench.Open(products: Ferns(5));
        await bench.Fill("a", "fern", 3);
        await bench.Start("a");
        using var folder = new TempFolder();
        var file = CatalogFile.Read(folder.File("catalog.json", Sample.Catalog(Ferns(5)).ToJsonString())).Value;
        var load = await OrderBench.Ok(CatalogLoader.Load(bench.Database, file));
        Assert.Equal((0, 0, 1, 0), (load.Added, load.Changed, load.Unchanged, load.Retired));
    }

    private static JsonObject[] Ferns(long? stock) => [Sample.Product("fern", "Fern", "1.00", stock)];

    private static async Task<bool> InStock(OrderShop shop)
    {
        // As old as a kept answer may be.
        shop.Time.Pass(TimeSpan.FromMilliseconds(100));
        var listed = (await shop.Server.Call("list_products")).Data()["products"]!.AsArray().Single(product => (string?)product!["id"] == "monstera")!;
        var alone = (await shop.Server.Call("get_product", """{"product_id":"monstera"}""")).Data()["product"]!;
        Assert.Equal((bool)alone["in_stock"]!, (bool)listed["in_stock"]!);
        return (bool)listed["in_stock"]!;
    }

    private static Task<JsonNode> Show(OrderShop shop, string cart) => shop.Server.Call("show_cart", $$"""{"cart_id":"{{cart}}"}""");
}
