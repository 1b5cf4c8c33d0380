using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Carts;

public sealed class UpdateCart
{
    private static readonly CartAddress Talk = new(Conversation: "openai:abc");

    [Fact]
    public async Task Quantities_are_set_and_0_removes()
    {
        await using var shop = await TestShop.Open();
        await shop.Carts.Add(Talk, [new("fern", null, 5), new("aloe-vera", null, 1)]);
        var cart = (await shop.Carts.Update(Talk, [new("fern", null, 2), new("aloe-vera", null, 0), new("pot-small", null, 1)])).Value;
        Assert.Equal([("fern", 2), ("pot-small", 1)], cart.Items.Select(item => (item.ProductId, item.Quantity)));
        Assert.Equal(2, cart.Version);
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_fine_and_no_new_version()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "fern");
        Assert.Equal(1, (await shop.Set(Talk, "aloe-vera", 0)).Value.Version);
        Assert.Equal(1, (await shop.Set(Talk, "fern", 1)).Value.Version);
        Assert.Equal(2, (await shop.Set(Talk, "fern", 0)).Value.Version);
    }

    [Fact]
    public async Task An_unknown_product_is_a_mistake_even_when_it_is_to_be_removed()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(ProblemKind.NotFound, (await shop.Set(Talk, "ferns", 0)).Problem!.Kind);
    }

    [Fact]
    public async Task A_version_that_is_not_the_current_one_is_a_conflict_that_names_it()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "fern");
        var problem = (await shop.Set(Talk, "fern", 3, version: 0)).Problem!;
        Assert.Equal(ProblemKind.Conflict, problem.Kind);
        Assert.Contains("at version 1, not 0", problem.Advice, StringComparison.Ordinal);
        Assert.Contains("show_cart", problem.Advice, StringComparison.Ordinal);
        Assert.Equal(2, (await shop.Set(Talk, "fern", 3, version: 1)).Value.Version);
    }

    [Fact]
    public async Task A_new_cart_is_expected_at_version_0()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(ProblemKind.Conflict, (await shop.Set(Talk, "fern", 3, version: 1)).Problem!.Kind);
        Assert.Equal(1, (await shop.Set(Talk, "fern", 3, version: 0)).Value.Version);
    }

    [Fact]
    public async Task The_same_product_twice_must_say_the_same()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal(2, (await shop.Carts.Update(Talk, [new("fern", null, 2), new("fern", null, 2)])).Value.ItemCount);
        var problem = (await shop.Carts.Update(Talk, [new("fern", null, 2), new("fern", null, 3)])).Problem!;
        Assert.StartsWith("items[1]: fern is there twice, with quantity 2 and 3", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_beyond_the_stock_is_refused_and_100_is_out_of_range()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal("Monstera (monstera): only 3 left\nNothing was changed.", (await shop.Set(Talk, "monstera", 4)).Problem!.Advice);
        Assert.StartsWith("quantity 100 is out of range: use 0 to 99", (await shop.Set(Talk, "fern", 100)).Problem!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_leaves_only_its_own_lines()
    {
        await using var shop = await TestShop.Open();
        await shop.Carts.Add(Talk, [new("fern", null, 5), new("aloe-vera", null, 1)]);
        var cart = (await shop.Carts.Replace(Talk, [new("monstera", null, 2), new("fern", null, 1)])).Value;
        Assert.Equal([("fern", 1), ("monstera", 2)], cart.Items.Select(item => (item.ProductId, item.Quantity)));
        Assert.Equal(2, cart.Version);
        Assert.Equal(2, (await shop.Carts.Replace(Talk, [new("monstera", null, 2), new("fern", null, 1)])).Value.Version);
        Assert.Equal(3, (await shop.Show(Talk)).ItemCount);
    }
}
