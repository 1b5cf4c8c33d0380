using Cartwright.Server;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Storage;

public sealed class SharedState
{
    [Fact]
    public async Task All_instances_get_the_secret_that_the_first_one_made()
    {
        await using var shop = await TestShop.Empty();
        await using var second = await shop.Second();
        var secrets = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            (await new Secrets(i % 2 == 0 ? shop.Database : second.Database, new IdSource()).GetOrCreate("signing", 32)).Value)));
        Assert.All(secrets, secret => Assert.Equal(secrets[0], secret));
        Assert.Equal(32, secrets[0].Length);
        Assert.NotEqual(secrets[0], (await new Secrets(shop.Database, new IdSource()).GetOrCreate("other", 32)).Value);
    }

    [Fact]
    public async Task An_ended_session_stays_ended_until_it_would_have_expired()
    {
        await using var shop = await TestShop.Empty();
        var sessions = new EndedSessions(shop.Database, shop.Time);
        Assert.True((await sessions.End("a", shop.Time.GetUtcNow().AddHours(1))).Value);
        Assert.False((await sessions.End("a", shop.Time.GetUtcNow().AddHours(9))).Value);
        Assert.Equal(0, (await sessions.Sweep()).Value);
        Assert.True(await sessions.IsEnded("a"));
        Assert.False(await sessions.IsEnded("b"));
        shop.Time.Pass(TimeSpan.FromHours(1));
        Assert.Equal(1, (await sessions.Sweep()).Value);
        Assert.False(await sessions.IsEnded("a"));
    }
}
