using Cartwright.Server.Orders;
using Cartwright.Server.Sales;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cartwright.Tests.Sales;

/// <summary>The shop's own orders are sales from the moment they are paid.</summary>
public sealed class PaidOrders
{
    private const string Id = "order_0000000012345678";

    [Fact]
    public async Task An_order_counts_on_the_day_it_is_paid_its_refunds_on_theirs_and_each_once()
    {
        await using var shop = await SalesShop.Open();
        var orders = Orders(shop);
        await shop.Place(orders, Id, ("fern", 950, 2), ("monstera", 3499, 1));
        await shop.Hear(orders, Id, captured: 0);
        Assert.Equal("", await shop.Days());

        await shop.Hear(orders, Id, captured: 5399);
        await shop.Hear(orders, Id, captured: 5399);
        Assert.Equal("2026-03-01 USD 1 3 5399 0", await shop.Days());
        Assert.Equal("fern USD 1 2 1900 0\nmonstera USD 1 1 3499 0", await shop.Products("2026-03-01", "2026-03-01"));

        shop.Time.Pass(TimeSpan.FromDays(2));
        await shop.Hear(orders, Id, captured: 5399, refunded: 1000);
        Assert.Equal("2026-03-01 USD 1 3 5399 0\n2026-03-03 USD 0 0 0 1000", await shop.Days());
        Assert.Equal("fern USD 0 0 0 352\nmonstera USD 0 0 0 648", await shop.Products("2026-03-02", "2026-03-31"));

        shop.Time.Pass(TimeSpan.FromDays(1));
        await shop.Hear(orders, Id, captured: 5399, refunded: 5399);
        Assert.Equal("fern USD 1 2 1900 1900\nmonstera USD 1 1 3499 3499", await shop.Products());
        Assert.Empty(await shop.Ledger.Check());
    }

    [Fact]
    public async Task A_second_payment_given_back_is_no_refund_of_the_sale()
    {
        await using var shop = await SalesShop.Open();
        var orders = Orders(shop);
        await shop.Place(orders, Id, ("fern", 950, 1));
        await shop.Hear(orders, Id, captured: 950);
        await shop.Hear(orders, Id, captured: 950, transaction: "t2");
        await shop.Hear(orders, Id, captured: 950, refunded: 950, transaction: "t2");
        Assert.Equal("2026-03-01 USD 1 1 950 0", await shop.Days());
        await shop.Hear(orders, Id, captured: 950, refunded: 50);
        Assert.Equal("2026-03-01 USD 1 1 950 50", await shop.Days());
        await shop.Hear(orders, Id, captured: 950, transaction: "t3");
        Assert.Equal("2026-03-01 USD 1 1 950 0", await shop.Days());
        Assert.Empty(await shop.Ledger.Check());
    }

    [Fact]
    public async Task Simulated_orders_count_only_while_the_sandbox_is_the_provider()
    {
        await using var shop = await SalesShop.Open();
        var orders = Orders(shop);
        await shop.Place(orders, Id, ("fern", 950, 1));
        await shop.Hear(orders, Id, captured: 950);
        var real = new SalesBook(shop.Database, shop.Time, countsSimulated: false);
        var everything = SalesShop.Range("2000-01-01", "2030-01-01");
        Assert.Single(await shop.Book.Products(everything));
        Assert.Empty(await real.Products(everything));
        Assert.Empty(await real.Days(everything));
        Assert.True((await shop.Book.Facts()).HasSimulated);
        var facts = await real.Facts();
        Assert.Equal((false, false, null), (facts.HasSimulated, facts.HasSample, facts.FirstDay));
        Assert.Equal(new DateOnly(2026, 3, 1), facts.Today);
    }

    [Fact]
    public async Task A_paid_order_that_was_never_written_down_is_found_by_a_check_and_added_by_a_rebuild()
    {
        await using var shop = await SalesShop.Open();
        var orders = Orders(shop);
        await shop.Place(orders, Id, ("fern", 950, 2), ("monstera", 3499, 1));
        await shop.Hear(orders, Id, captured: 5399, refunded: 100);
        var days = await shop.Days();
        foreach (var table in new[] { "sale", "sale_line", "sale_refund", "sales_day", "sales_day_product", "sales_block" })
        {
            await shop.Database.Write<int>(async session => await session.Execute($"delete from {table}"));
        }

        Assert.Contains("is paid, but no sale", Assert.Single(await shop.Ledger.Check()), StringComparison.Ordinal);
        await shop.Ledger.Rebuild();
        Assert.Equal(days, await shop.Days());
        Assert.Empty(await shop.Ledger.Check());
    }

    [Fact]
    public async Task Products_are_found_by_id_name_words_and_near_misses_in_catalogue_and_history()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load("order_id,time,product_id,product,quantity,unit_price,category\na,2025-11-30,old-oak,Old Oak Tree,1,1.00,Trees\n");
        async Task<string> First(string query) => (await shop.Book.Find(query, 5)) is [var best, ..] ? best.ProductId : "";
        Assert.Equal("old-oak", await First("old-oak"));
        Assert.Equal("old-oak", await First("OLD OAK TREE"));
        Assert.Equal("old-oak", await First("oak"));
        Assert.Equal("old-oak", await First("tree old"));
        Assert.Equal("monstera", await First("monstrea"));
        Assert.Equal("fern", await First("bost"));
        Assert.Equal("", await First("zzzzzzzz"));
        Assert.Equal(2, (await shop.Book.Find("", 2)).Count);
        Assert.False((await shop.Book.Find("old-oak", 1))[0].IsInCatalog);
        Assert.Equal(["Accessories", "Essentials", "Top Rated", "Trees"], await shop.Book.Categories());
    }

    private static OrderBook Orders(SalesShop shop) => new(shop.Database, shop.Time, new OrderOptions(), NullLogger<OrderBook>.Instance);
}
