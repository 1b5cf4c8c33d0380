using System.Text.Json.Nodes;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>A full purchase in the real program with its own settings: nothing secret is in what it writes.</summary>
public sealed class PurchaseLog
{
    private const string Secret = "whsec-5b1f0c5e9a";

    [Fact]
    public async Task No_token_id_key_secret_or_address_is_in_the_output_of_a_purchase()
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        var data = Path.Combine(folder.Path, "data");
        using var shop = ShopProcess.Run(
            folder.Path,
            ["serve"],
            ("PORT", $"{port}"),
            ("CARTWRIGHT_DATA", data),
            ("CARTWRIGHT_CATALOG", ShopServer.SampleFile("groceries")),
            ("GR4VY_WEBHOOK_SECRET", Secret));
        using var caller = new ShopCaller(port);
        await shop.Until(() => ShopProcess.Answers(port));
        var started = await caller.Call("start_checkout", new JsonObject { ["items"] = new JsonArray(ShopCaller.Item("eggs", 2)) });
        var (order, url) = (started.OrderId(), new Uri(started.Url()));
        using var browser = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Contains("data-stage", await browser.GetStringAsync(url.AbsolutePath), StringComparison.Ordinal);
        await Send(browser, $"{url.AbsolutePath}/details", "email=ann%40example.org&name=Ann+Example&line1=1+Main+Street&city=Springfield&postal_code=12345&country=US");
        await Send(browser, $"{url.AbsolutePath}/sandbox", "outcome=decline");
        await shop.Until(async () => await Status(caller, order) == "payment_failed");
        await Send(browser, $"{url.AbsolutePath}/sandbox", "outcome=approve");
        await shop.Until(async () => await Status(caller, order) == "paid");

        // Refused ones are logged as well.
        await Send(browser, "/webhooks/gr4vy", "nonsense");
        await browser.GetAsync(new Uri($"{url.AbsolutePath}x", UriKind.Relative));
        await shop.Until(() => shop.Errors.Contains("A webhook was refused", StringComparison.Ordinal));
        Assert.Equal(0, await shop.Stop());

        var written = shop.Output + shop.Errors;
        Assert.Contains("PaymentFailed to", written, StringComparison.Ordinal);
        foreach (var secret in new[]
        {
            url.Segments[^1], order, started.Data()["items"]!.ToJsonString(), "chk_", "ord_", "eyJ", Secret, "PRIVATE KEY", "ann@", "ann%40", "Ann Example", "Main Street", "Springfield", "12345",
        })
        {
            Assert.DoesNotContain(secret, written, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static async Task Send(HttpClient browser, string path, string form)
    {
        using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await browser.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    private static async Task<string?> Status(ShopCaller caller, string order) =>
        (string?)(await caller.Call("get_order", new JsonObject { ["order_id"] = order })).Data()["order"]!["status"];
}
