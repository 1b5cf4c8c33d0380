using Cartwright.Server.Carts;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Carts;

public sealed class ConcurrentCarts
{
    private static readonly CartAddress Talk = new(Conversation: "openai:abc", Subject: "ann");

    [Fact]
    public async Task First_calls_of_one_conversation_end_in_one_cart_even_from_two_processes()
    {
        await using var shop = await TestShop.Open();
        await using var second = await shop.Second();
        var carts = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => (i % 4) switch
        {
            0 => await shop.Show(Talk),
            1 => await second.Show(Talk),
            2 => (await shop.Add(Talk, "fern")).Value,
            _ => (await second.Add(Talk, "fern")).Value,
        })));
        Assert.Single(carts.Select(cart => cart.CartId).Distinct());
        Assert.Equal(8, (await shop.Show(Talk)).ItemCount);
    }

    [Fact]
    public async Task Adders_at_once_lose_nothing_and_versions_have_no_gaps()
    {
        await using var shop = await TestShop.Open([.. Sample.Many(32)]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            var versions = new List<long>();
            for (var n = 0; n < 30; n++)
            {
                versions.Add((await shop.Add(Talk, $"p{(i + n) % 32}")).Value.Version);
            }

            return versions;
        })));
        Assert.Equal(Enumerable.Range(1, 960).Select(version => (long)version), answers.SelectMany(versions => versions).Order());
        var cart = await shop.Show(Talk);
        Assert.Equal((960, 960), (cart.Version, cart.ItemCount));
        Assert.All(cart.Items, item => Assert.Equal(30, item.Quantity));
    }

    [Fact]
    public async Task One_request_sent_many_times_at_once_with_its_key_has_one_effect()
    {
        await using var shop = await TestShop.Open();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => (await shop.Add(Talk, "fern", 2, "k")).Value)));
        Assert.All(answers, answer => Assert.Equal((1, 2), (answer.Version, answer.ItemCount)));
        Assert.Equal(2, (await shop.Show(Talk)).ItemCount);
    }
}
