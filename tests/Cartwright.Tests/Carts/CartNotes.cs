using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Carts;

public sealed class CartNotes
{
    private static readonly CartAddress Talk = new(Conversation: "openai:abc");

    [Fact]
    public async Task A_changed_price_counts_at_once_and_is_noted_until_the_line_is_written_again()
    {
        await using var shop = await TestShop.Open(Sample.Product("fern", "Fern", "12.99"));
        await shop.Add(Talk, "fern", 2);
        await shop.Load(Sample.Product("fern", "Boston Fern", "14.00"));
        var cart = await shop.Show(Talk);
        Assert.Equal(("Boston Fern", 14.00m, 28.00m, "price was 12.99 when added"), (cart.Items[0].Name, cart.Items[0].Price, cart.Subtotal, cart.Items[0].Note));
        Assert.Equal(1, cart.Version);

        cart = (await shop.Set(Talk, "fern", 2)).Value;
        Assert.Null(cart.Items[0].Note);
        Assert.Equal(2, cart.Version);
    }

    [Fact]
    public async Task A_changed_currency_is_noted_with_both()
    {
        await using var shop = await TestShop.Open(Sample.Product("fern", "Fern", "12"));
        await shop.Add(Talk, "fern");
        await shop.LoadFile(Sample.Catalog([Sample.Product("fern", "Fern", "1900")], "JPY"));
        var cart = await shop.Show(Talk);
        Assert.Equal(("JPY", 1900m, "price was 12.00 USD when added"), (cart.Currency, cart.Subtotal, cart.Items[0].Note));
    }

    [Fact]
    public async Task Stock_that_ran_short_is_noted()
    {
        await using var shop = await TestShop.Open(Sample.Product("fern", "Fern", "1", stock: 5), Sample.Product("moss", "Moss", "1", stock: 5));
        await shop.Carts.Add(Talk, [new("fern", null, 5), new("moss", null, 1)]);
        await shop.Load(Sample.Product("fern", "Fern", "1", stock: 2), Sample.Product("moss", "Moss", "1", stock: 0));
        Assert.Equal(["only 2 left", "sold out; remove it"], (await shop.Show(Talk)).Items.Select(item => item.Note));
    }

    [Fact]
    public async Task What_is_no_longer_sold_is_listed_but_not_counted_and_can_only_be_removed()
    {
        await using var shop = await TestShop.Open(Sample.Product("fern", "Fern", "1"), Sample.Product("moss", "Moss", "2"));
        await shop.Carts.Add(Talk, [new("fern", null, 5), new("moss", null, 1)]);
        await shop.Load(Sample.Product("moss", "Moss", "2"));
        var cart = await shop.Show(Talk);
        Assert.Equal((1, 2m), (cart.ItemCount, cart.Subtotal));
        Assert.Equal((5, 0m, "no longer sold; remove it"), (cart.Items[0].Quantity, cart.Items[0].LineTotal, cart.Items[0].Note));
        Assert.Equal(["Fern is no longer sold and not counted."], cart.Notes!);

        Assert.Equal(ProblemKind.NotFound, (await shop.Add(Talk, "fern")).Problem!.Kind);
        Assert.Equal(ProblemKind.NotFound, (await shop.Set(Talk, "fern", 1)).Problem!.Kind);
        Assert.Equal("moss", Assert.Single((await shop.Set(Talk, "fern", 0)).Value.Items).ProductId);
    }
}
