using Cartwright.Server;
using Cartwright.Server.Payments;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Server.Payments.Sandbox;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Payments;

/// <summary>When the simulated provider calls for its courier.</summary>
public sealed class SandboxQuiet
{
    [Fact]
    public async Task A_payment_calls_the_courier_and_the_courier_looking_for_what_is_due_does_not_call_itself()
    {
        await using var shop = await TestShop.Empty();
        using var key = SigningKey.Generate();
        var ids = new IdSource();
        var sandbox = new SandboxProvider(shop.Database, new TokenIssuer(key, shop.Time, ids), ids, shop.Time, capturesLater: false);
        var calls = 0;
        sandbox.OnPosted(() => calls++);
        var begun = await sandbox.Begin(
            new PaymentRequest("ord_1", null, 500, "USD", "US", [new PaymentItem("fern", "Fern", 1, 500)]), TestContext.Current.CancellationToken);
        Assert.True((await sandbox.Pay(begun.Value.Embed.Token, SandboxOutcome.Pending, TestContext.Current.CancellationToken)).Value);
        Assert.Equal(1, calls);
        Assert.Equal(0, (await sandbox.DoDue(TestContext.Current.CancellationToken)).Value);
        shop.Time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await sandbox.DoDue(TestContext.Current.CancellationToken)).Value);
        Assert.Equal(1, calls);
    }
}
