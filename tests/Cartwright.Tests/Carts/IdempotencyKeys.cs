using System.Text.Json;
using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Carts;

public sealed class IdempotencyKeys
{
    private const string Uuid = "b4f2f1de-4d1c-4ac5-9c39-3ad2b5a6d3a1";
    private static readonly CartAddress Talk = new(Conversation: "openai:abc");

    [Fact]
    public async Task The_same_request_again_gets_the_first_answer_again_and_has_no_effect()
    {
        await using var shop = await TestShop.Open();
        var first = (await shop.Add(Talk, "fern", 2, "k")).Value;
        await shop.Add(Talk, "fern");
        var again = (await shop.Add(Talk, "fern", 2, "k")).Value;
        Assert.Equal(Json(first), Json(again));
        Assert.Equal(3, (await shop.Show(Talk)).ItemCount);
    }

    [Fact]
    public async Task The_same_request_said_differently_is_the_same()
    {
        await using var shop = await TestShop.Open();
        await shop.Carts.Add(Talk, [new("fern", null, 3), new(null, "Aloe Vera", 1)], "k");
        Assert.True((await shop.Carts.Add(Talk, [new(null, " aloe  vera", 1), new("fern", null, 1), new("fern", null, 2)], "k")).Ok);
        Assert.Equal(4, (await shop.Show(Talk)).ItemCount);
    }

    [Fact]
    public async Task Another_request_with_the_key_is_a_conflict()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "fern", 2, "k");
        Assert.Equal(ProblemKind.Conflict, (await shop.Add(Talk, "fern", 3, "k")).Problem!.Kind);
        Assert.Equal(ProblemKind.Conflict, (await shop.Set(Talk, "fern", 2, key: "k")).Problem!.Kind);
        Assert.Equal(ProblemKind.Conflict, (await shop.Add(Talk, "fern", long.MaxValue, "k")).Problem!.Kind);
        Assert.True((await shop.Set(Talk, "fern", 3, 1, key: "l")).Ok);
        Assert.Equal(ProblemKind.Conflict, (await shop.Set(Talk, "fern", 3, 2, key: "l")).Problem!.Kind);
        Assert.True((await shop.Set(Talk, "fern", 3, 1, key: "l")).Ok);
    }

    [Fact]
    public async Task A_failed_call_keeps_nothing_under_its_key()
    {
        await using var shop = await TestShop.Open();
        Assert.False((await shop.Add(Talk, "monstera", 4, "k")).Ok);
        Assert.Equal(2, (await shop.Add(Talk, "monstera", 2, "k")).Value.ItemCount);
    }

    [Fact]
    public async Task A_key_counts_within_its_cart()
    {
        await using var shop = await TestShop.Open();
        var other = new CartAddress(Conversation: "other");
        var first = (await shop.Add(Talk, "fern", 2, "k")).Value;
        Assert.NotEqual(first.CartId, (await shop.Add(other, "fern", 2, "k")).Value.CartId);
        Assert.Equal(Json(first), Json((await shop.Add(new(CartId: first.CartId), "fern", 2, "k")).Value));
    }

    [Fact]
    public async Task Without_cart_and_conversation_a_long_key_finds_the_first_answer()
    {
        await using var shop = await TestShop.Open();
        var first = (await shop.Add(new(), "fern", 2, Uuid)).Value;
        Assert.Equal(Json(first), Json((await shop.Add(new(), "fern", 2, Uuid)).Value));
        Assert.NotEqual(first.CartId, (await shop.Add(new(), "fern", 2)).Value.CartId);
        Assert.Equal(ProblemKind.Conflict, (await shop.Add(new(), "fern", 1, Uuid)).Problem!.Kind);
    }

    [Theory]
    [InlineData("", "a")]
    [InlineData("fifteen-letters", null)]
    public async Task Keys_that_are_empty_or_easy_to_guess_are_refused(string key, string? conversation)
    {
        await using var shop = await TestShop.Open();
        var problem = (await shop.Add(new(Conversation: conversation), "fern", 1, key)).Problem!;
        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Contains("UUID", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_have_at_most_128_characters()
    {
        await using var shop = await TestShop.Open();
        Assert.True((await shop.Add(Talk, "fern", 1, new string('k', 128))).Ok);
        Assert.False((await shop.Add(Talk, "fern", 1, new string('k', 129))).Ok);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_7_days()
    {
        await using var shop = await TestShop.Open();
        await shop.Add(Talk, "fern", 1, "k");
        shop.Time.Pass(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        await shop.Carts.Sweep();
        Assert.Equal(1, (await shop.Add(Talk, "fern", 1, "k")).Value.ItemCount);
        shop.Time.Pass(TimeSpan.FromSeconds(1));
        await shop.Carts.Sweep();
        Assert.Equal(2, (await shop.Add(Talk, "fern", 1, "k")).Value.ItemCount);
    }

    private static string Json(CartSnapshot cart) => JsonSerializer.Serialize(cart, CartJson.Default.CartSnapshot);
}
