using System.Text.Json;
using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Carts;

public sealed class AddToCart
{
    private static readonly CartAddress Nothing = new();
    private static readonly CartAddress Talk = new(Conversation: "openai:abc");

    [Fact]
    public async Task The_first_add_makes_a_cart_and_the_answer_is_all_of_it()
    {
        await using var shop = await TestShop.Open();
        var cart = (await shop.Carts.Add(Nothing, [new("aloe-vera", null, 2), new("monstera", null, 1)])).Value;
        Assert.Matches("^cart_[0-9a-hjkmnp-tv-z]{26}$", cart.CartId);
        Assert.Equal(1, cart.Version);
        Assert.Equal(3, cart.ItemCount);
        Assert.Equal(64.97m, cart.Subtotal);
        Assert.Equal(
            """{"cart_id":"ID","version":1,"currency":"USD","items":[{"product_id":"aloe-vera","name":"Aloe Vera","price":14.99,"quantity":2,"line_total":29.98},{"product_id":"monstera","name":"Monstera","price":34.99,"quantity":1,"line_total":34.99}],"item_count":3,"subtotal":64.97}""",
            JsonSerializer.Serialize(cart with { CartId = "ID" }, CartJson.Default.CartSnapshot));
    }

    [Fact]
    public async Task Amounts_have_exactly_the_currencys_decimals_in_JSON()
    {
        await using var shop = await TestShop.Open();
        var json = JsonSerializer.Serialize((await shop.Add(Nothing, "fern", 2)).Value, CartJson.Default.CartSnapshot);
        Assert.Contains("\"price\":9.50,", json, StringComparison.Ordinal);
        Assert.Contains("\"subtotal\":19.00}", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adding_again_adds_to_what_is_there_and_the_same_product_twice_is_summed()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "fern");
        var cart = (await shop.Carts.Add(Talk, [new("fern", null, 2), new(null, "  boston   FERN ", 3)])).Value;
        Assert.Equal(6, Assert.Single(cart.Items).Quantity);
        Assert.Equal(2, cart.Version);
    }

    [Fact]
    public async Task Every_bad_item_is_listed_and_nothing_is_added()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "fern");
        var problem = (await shop.Carts.Add(
            Talk,
            [new("fern", null, 1), new("aloe", null, 1), new(null, "clay pot", 1), new("aloe-vera", null, 0), new("monstera", null, 4), new(null, " ", 1)])).Problem!;
        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Equal(
            [
                "items[1]: there is no product \"aloe\"; did you mean aloe-vera (Aloe Vera)?",
                "items[2]: \"clay pot\" is the name of several products; give the product_id of one of them: pot-large, pot-small",
                "items[3]: quantity 0 is out of range: use 1 to 99",
                "items[4]: Monstera (monstera): only 3 left",
                "items[5]: product_id and name are both missing; give one of them",
                "Nothing was changed.",
            ],
            problem.Advice.Split('\n'));
        Assert.Equal(1, (await shop.Show(Talk)).Version);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task Quantities_outside_1_to_99_are_refused(long quantity)
    {
        await using var shop = await TestShop.Open();
        var problem = (await shop.Add(Nothing, "fern", quantity, key: "a-key-of-16-chars")).Problem!;
        Assert.Equal((ProblemKind.Invalid, $"quantity {quantity} is out of range: use 1 to 99\nNothing was changed."), (problem.Kind, problem.Advice));
    }

    [Fact]
    public async Task A_line_holds_at_most_99_and_the_advice_says_how_many_more()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "fern", 98);
        var problem = (await shop.Add(Talk, "fern", 2)).Problem!;
        Assert.Equal("Boston Fern (fern): a line holds at most 99; 98 are in the cart already, so 1 more may be added\nNothing was changed.", problem.Advice);
        Assert.True((await shop.Add(Talk, "fern", 1)).Ok);
    }

    [Fact]
    public async Task A_cart_holds_at_most_50_lines()
    {
        await using var shop = await TestShop.Open([.. Sample.Many(51)]);
        var entries = Enumerable.Range(0, 51).Select(i => new CartEntry($"p{i}", null, 1)).ToList();
        Assert.Contains("would have 51 lines and holds at most 50", (await shop.Carts.Add(Talk, entries)).Problem!.Advice, StringComparison.Ordinal);
        Assert.Equal(50, (await shop.Carts.Add(Talk, entries[..50])).Value.ItemCount);
        Assert.False((await shop.Carts.Add(Talk, entries[50..])).Ok);
        Assert.True((await shop.Carts.Add(Talk, entries[..1])).Ok);
    }

    [Fact]
    public async Task Stock_limits_what_is_in_the_cart_in_all()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "monstera", 2);
        var problem = (await shop.Add(Talk, "monstera", 2)).Problem!;
        Assert.Equal(ProblemKind.OutOfStock, problem.Kind);
        Assert.StartsWith("Monstera (monstera): only 3 left; 2 are in the cart already", problem.Advice, StringComparison.Ordinal);
        Assert.StartsWith("Clay  pot (pot-large) is sold out", (await shop.Add(Talk, "pot-large")).Problem!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_items_are_refused_and_so_are_far_too_many()
    {
        await using var shop = await TestShop.Open();
        Assert.Equal("items is empty: name at least one product.", (await shop.Carts.Add(Talk, [])).Problem!.Advice);
        Assert.Equal(ProblemKind.Invalid, (await shop.Carts.Add(Talk, [.. Enumerable.Repeat(new CartEntry("fern", null, 1), 201)])).Problem!.Kind);
    }

    [Fact]
    public async Task Before_the_first_catalogue_the_advice_is_for_the_operator()
    {
        await using var shop = await TestShop.Empty();
        Assert.Equal(ProblemKind.Unavailable, (await shop.Add(Talk, "fern")).Problem!.Kind);
        Assert.Equal(ProblemKind.Unavailable, (await shop.Carts.Show(Talk)).Problem!.Kind);
    }
}
