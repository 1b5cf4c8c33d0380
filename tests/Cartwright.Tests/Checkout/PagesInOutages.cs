using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Checkout;

/// <summary>What shoppers and clients are told when the database is away for longer than a call can wait.</summary>
[Trait(Engine.Trait, Engine.Postgres)]
public sealed class PagesInOutages
{
    private const string Refusal = "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no space' using errcode = '53100'; end $$;";

    private static readonly (string, string) Browser = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

    [Fact]
    public async Task Without_the_database_pages_and_sessions_are_answered_with_503_and_when_to_come_back()
    {
        await using var shop = await OrderShop.Start();
        var order = await shop.Order(("monstera", 1));
        var session = (await shop.Wire.Post(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""",
            ("Accept", "application/json, text/event-stream"))).Header("Mcp-Session-Id")!;
        TestDatabase.DropAll(shop.Server.Folder.Path);

        var page = await shop.Wire.Get($"/checkout/{order.Token}", Browser);
        Assert.Equal((503, "5", "no-store", "text/html; charset=utf-8"), (page.Status, page.Header("Retry-After"), page.Header("Cache-Control"), page.Header("Content-Type")));
        Assert.Contains("One moment, please", page.Body, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", page.Body, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);

        var status = await shop.Wire.Get($"/checkout/{order.Token}/status", ("Accept", "application/json"));
        Assert.Equal((503, "5", "text/plain; charset=utf-8"), (status.Status, status.Header("Retry-After"), status.Header("Content-Type")));
        Assert.Contains("cannot reach its database", status.Body, StringComparison.Ordinal);

        var listed = await shop.Wire.Post(
            """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""",
            ("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", "2025-11-25"), ("Mcp-Session-Id", session));
        Assert.Equal((503, "5"), (listed.Status, listed.Header("Retry-After")));
        Assert.Equal(-32603, listed.Code);
        Assert.Contains("Try the same again", (string)listed.Answer["error"]!["message"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("unhandled", shop.Log.Of("Microsoft.AspNetCore.Server.Kestrel"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_address_that_could_not_be_saved_is_not_taken_for_saved()
    {
        await using var shop = await OrderShop.Start();
        var order = await shop.Order(("monstera", 1));
        await Script(shop, $"{Refusal} create trigger full_disk before update on orders for each row execute function refuse()");

        var refused = await shop.GiveAddress(order);
        Assert.Equal((503, "5"), (refused.Status, refused.Header("Retry-After")));
        Assert.Contains("What you sent was not saved", refused.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", refused.Body, StringComparison.Ordinal);

        await Script(shop, "drop trigger full_disk on orders");
        Assert.Equal(303, (await shop.GiveAddress(order)).Status);
    }

    [Theory]
    [InlineData("insert", "approve")]
    [InlineData("update", "confirm")]
    public async Task A_payment_that_could_not_be_made_is_not_taken_for_made(string change, string outcome)
    {
        await using var shop = await OrderShop.Start();
        var order = await shop.Order(("monstera", 1));
        await shop.GiveAddress(order);
        if (outcome == "confirm")
        {
            await shop.Press(order, "approval");
            await OrderShop.Until(async () => await shop.Status(order.Id) == "payment_pending");
        }

        await Script(shop, $"{Refusal} create trigger full_disk before {change} on sandbox_transaction for each row execute function refuse()");
        var refused = await shop.Press(order, outcome);
        Assert.Equal((503, "5"), (refused.Status, refused.Header("Retry-After")));
        Assert.Contains("What you sent was not saved", refused.Body, StringComparison.Ordinal);

        await Script(shop, "drop trigger full_disk on sandbox_transaction");
        Assert.Equal(303, (await shop.Press(order, outcome)).Status);
        await OrderShop.Until(async () => await shop.Status(order.Id) == "paid");
        Assert.Single((await shop.File(order.Id)).Attempts);
    }

    private static async Task Script(OrderShop shop, string text) => await shop.Database.Write<bool>(async session =>
    {
        await session.Script(text);
        return true;
    });
}
