using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Shop;

/// <summary>Two servers on one data folder are one server to their clients.</summary>
public sealed class SharedSessions
{
    [Fact]
    public async Task A_session_works_at_every_instance_and_after_a_restart_until_it_is_ended()
    {
        using var folder = new TempFolder();
        await using var there = await ShopServer.Start(folder: folder);
        (string, string) session;
        await using (var here = await ShopServer.Start(folder: folder))
        {
            session = await here.Wire.Initialize();
            await here.Call("add_to_cart", """{"items":[{"product_id":"monstera"}]}""", session: session);
            Assert.Equal("1 monstera", (await there.Call("show_cart", session: session)).Lines());
        }

        await using var restarted = await ShopServer.Start(folder: folder);
        Assert.Equal("1 monstera", (await restarted.Call("show_cart", session: session)).Lines());

        Assert.Equal(204, (await restarted.Wire.Delete(session)).Status);
        Assert.Equal(404, (await restarted.Wire.Ask("ping", "{}", session)).Status);
        Assert.Equal(404, (await there.Wire.Ask("ping", "{}", session)).Status);
        Assert.Equal(404, (await there.Wire.Delete(session)).Status);
        Assert.Equal(200, (await there.Wire.Ask("ping", "{}", await restarted.Wire.Initialize())).Status);
    }

    [Fact]
    public async Task Another_shop_accepts_no_session_of_this_one()
    {
        await using var here = await ShopServer.Start();
        await using var there = await ShopServer.Start();
        Assert.Equal(404, (await there.Wire.Ask("ping", "{}", await here.Wire.Initialize())).Status);
    }
}
