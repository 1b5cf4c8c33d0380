using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Carts;

public sealed class FindingCarts
{
    [Fact]
    public async Task A_conversation_finds_its_cart_and_so_does_whoever_knows_the_id()
    {
        await using var shop = await TestShop.Open();
        var id = (await shop.Add(new(Conversation: "a"), "fern")).Value.CartId;
        Assert.Equal(id, (await shop.Show(new(Conversation: "a"))).CartId);
        Assert.Equal(2, (await shop.Add(new(CartId: id, Conversation: "b"), "fern")).Value.ItemCount);
        Assert.NotEqual(id, (await shop.Show(new(Conversation: "b"))).CartId);
        Assert.NotEqual(id, (await shop.Show(new())).CartId);
    }

    [Fact]
    public async Task A_cart_survives_closing_and_opening_the_database()
    {
        await using var shop = await TestShop.Open();
        var cart = (await shop.Add(new(Conversation: "a"), "fern", 2)).Value;
        await shop.Database.DisposeAsync();
        await using var reopened = await shop.Second();
        Assert.Equivalent(cart, await reopened.Show(new(Conversation: "a")), strict: true);
    }

    [Fact]
    public async Task An_unknown_cart_id_is_never_a_new_cart()
    {
        await using var shop = await TestShop.Open();
        var address = new CartAddress(CartId: "cart_00000000000000000000000000", Conversation: "a");
        foreach (var problem in new[] { (await shop.Add(address, "fern")).Problem!, (await shop.Carts.Show(address)).Problem! })
        {
            Assert.Equal(ProblemKind.NotFound, problem.Kind);
            Assert.Contains("leave out cart_id to start a new cart", problem.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cart_made_with_a_subject_is_found_only_with_that_subject()
    {
        await using var shop = await TestShop.Open();
        var id = (await shop.Add(new(Conversation: "a", Subject: "ann"), "fern")).Value.CartId;
        Assert.Equal(id, (await shop.Show(new(Conversation: "a", Subject: "ann"))).CartId);
        var bobs = (await shop.Show(new(Conversation: "a", Subject: "bob"))).CartId;
        var nobodys = (await shop.Show(new(Conversation: "a"))).CartId;
        Assert.Equal(3, new[] { id, bobs, nobodys }.Distinct().Count());
        Assert.Equal(id, (await shop.Show(new(Conversation: "a", Subject: "ann"))).CartId);
    }

    [Fact]
    public async Task A_cart_made_without_a_subject_is_found_by_the_conversation_alone()
    {
        await using var shop = await TestShop.Open();
        var id = (await shop.Add(new(Conversation: "a"), "fern")).Value.CartId;
        Assert.Equal(id, (await shop.Show(new(Conversation: "a", Subject: "ann"))).CartId);
    }

    [Fact]
    public async Task Showing_stores_an_empty_cart_so_that_its_id_works()
    {
        await using var shop = await TestShop.Open();
        var cart = await shop.Show(new());
        Assert.Equal((0, 0, 0m, "USD"), (cart.Version, cart.ItemCount, cart.Subtotal, cart.Currency));
        Assert.Equal(1, (await shop.Add(new(CartId: cart.CartId), "fern")).Value.Version);
    }

    [Fact]
    public async Task A_cart_expires_30_days_after_its_last_change()
    {
        await using var shop = await TestShop.Open();
        var talk = new CartAddress(Conversation: "a");
        var id = (await shop.Add(talk, "fern")).Value.CartId;
        shop.Time.Pass(TimeSpan.FromDays(29));
        await shop.Add(talk, "fern");
        shop.Time.Pass(TimeSpan.FromDays(29));
        Assert.Equal(id, (await shop.Show(talk)).CartId);
        shop.Time.Pass(TimeSpan.FromDays(1));
        Assert.Equal(ProblemKind.NotFound, (await shop.Carts.Show(new(CartId: id))).Problem!.Kind);
        Assert.NotEqual(id, (await shop.Add(talk, "fern")).Value.CartId);
    }

    [Fact]
    public async Task A_cart_expires_at_a_full_hour_so_that_most_changes_leave_its_expiry_alone()
    {
        await using var shop = await TestShop.Open();
        var talk = new CartAddress(Conversation: "a");
        await shop.Add(talk, "fern");
        shop.Time.Pass(TimeSpan.FromMinutes(10));
        var id = (await shop.Add(talk, "fern")).Value.CartId;
        var expiry = await Expiry();
        shop.Time.Pass(TimeSpan.FromMinutes(49));
        await shop.Add(talk, "fern");
        Assert.Equal(expiry, await Expiry());
        shop.Time.Pass(TimeSpan.FromDays(30));
        Assert.Equal(3, (await shop.Carts.Show(new(CartId: id))).Value.ItemCount);
        shop.Time.Pass(TimeSpan.FromMinutes(1));
        Assert.False((await shop.Carts.Show(new(CartId: id))).Ok);

        ValueTask<long?> Expiry() => shop.Database.ReadOne(session => session.Integer("select expires_at from cart"));
    }

    [Fact]
    public async Task A_sweep_removes_expired_carts_with_their_lines_and_leaves_the_others()
    {
        await using var shop = await TestShop.Open();
        await Task.WhenAll(Enumerable.Range(0, 520).Select(i => shop.Add(new(Conversation: $"old {i}"), "fern").AsTask()));
        shop.Time.Pass(TimeSpan.FromDays(20));
        var young = (await shop.Add(new(Conversation: "young"), "fern", key: "k")).Value;
        shop.Time.Pass(TimeSpan.FromDays(10));
        Assert.Equal(new Swept(Carts: 520, Keys: 1), (await shop.Carts.Sweep()).Value);
        Assert.Equal(new Swept(0, 0), (await shop.Carts.Sweep()).Value);
        Assert.Equivalent(young, await shop.Show(new(Conversation: "young")), strict: true);
        var left = await shop.Database.Read(async session => (
            await session.Integer("select count(*) from cart"),
            await session.Integer("select count(*) from cart_line"),
            await session.Integer("select count(*) from conversation")));
        Assert.Equal((1, 1, 1), left);
    }

    [Fact]
    public void Ids_are_26_letters_and_digits_of_128_bits_each()
    {
        var zeros = new IdSource(bytes => bytes.Clear());
        var ones = new IdSource(bytes => bytes.Fill(0xFF));
        Assert.Equal("00000000000000000000000000", zeros.Next());
        Assert.Equal("cart_7zzzzzzzzzzzzzzzzzzzzzzzzz", ones.Next("cart_"));
        Assert.NotEqual(new IdSource().Next(), new IdSource().Next());
    }
}
