using System.Text.Json.Nodes;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary><c>cartwright orders</c> beside a running shop, on its data folder.</summary>
public sealed class OrderVerbs
{
    private const string Address = "email=ann%40example.org&name=Ann+Example&line1=1+Main+Street&city=Springfield&postal_code=12345&country=US";

    [Fact]
    public async Task An_order_is_listed_shown_and_refunded()
    {
        using var folder = new TempFolder();
        var port = ShopProcess.FreePort();
        using var shop = await ShopProcess.Serve(folder, port);
        var data = ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data"));
        Assert.Equal((0, "No orders.", ""), await Run(folder, data, "list"));

        using var caller = new ShopCaller(port);
        var started = await caller.Call("start_checkout", new JsonObject { ["items"] = new JsonArray(ShopCaller.Item("eggs", 2)) });
        var (id, page) = (started.OrderId(), new Uri(started.Url()).AbsolutePath);
        using var browser = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Send(browser, $"{page}/details", Address);
        await Send(browser, $"{page}/sandbox", "outcome=approve");
        await shop.Until(async () => await Status(caller, id) == "paid");

        var (listed, list, _) = await Run(folder, data, "list", "--state", "paid");
        var name = list.Split('\n')[1].Split(' ')[0];
        Assert.Equal(0, listed);
        Assert.Matches("^[0-9A-Z]{4}-[0-9A-Z]{4}$", name);
        Assert.EndsWith("8.58 USD  paid   simulated", list.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal((0, "No orders.", ""), await Run(folder, data, "list", "--state", "refunded"));

        var (shown, order, _) = await Run(folder, data, "show", name);
        Assert.Equal(0, shown);
        foreach (var text in new[] { id, "2 × Eggs (eggs) at 4.29", "ann@example.org", "Ann Example, 1 Main Street, 12345 Springfield, US", "capture_succeeded", "authorized > paid: webhook" })
        {
            Assert.Contains(text, order, StringComparison.Ordinal);
        }

        Assert.Equal((0, $"Order {name} is partly_refunded: 8.58 USD taken, 1.58 USD given back.", ""), await Run(folder, data, "refund", name, "--amount", "1.58", "--yes"));
        Assert.Equal((0, $"Order {name} is refunded: 8.58 USD taken, 8.58 USD given back.", ""), await Run(folder, data, "refund", id, "-y"));
        await shop.Until(async () => await Status(caller, id) == "refunded");
        Assert.Equal((2, "", $"cartwright: Nothing is left to give back of order {name}."), await Run(folder, data, "refund", name, "-y"));
        Assert.Equal((2, "", $"cartwright: Order {name} is refunded: only an authorized order can be captured."), await Run(folder, data, "capture", name, "-y"));
    }

    [Theory]
    [InlineData("There is no order \"XXXX-0000\"", 2, "show", "XXXX-0000")]
    [InlineData("There is no order \"%\"", 2, "refund", "%", "--yes")]
    [InlineData("'lost'", 1, "list", "--state", "lost")]
    [InlineData("Required argument 'ORDER' missing", 1, "show")]
    public async Task What_is_not_there_is_told_in_a_line(string advice, int code, params string[] arguments)
    {
        using var folder = new TempFolder();
        var (exit, _, errors) = await Run(folder, ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data")), arguments);
        Assert.Equal(code, exit);
        Assert.Contains(advice, errors, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> Run(TempFolder folder, (string, string) data, params string[] arguments)
    {
        using var verb = ShopProcess.Run(folder.Path, ["orders", .. arguments], data);
        var exit = await verb.Exit();
        return (exit, verb.Output.TrimEnd(), verb.Errors.TrimEnd());
    }

    private static async Task Send(HttpClient browser, string path, string form)
    {
        using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await browser.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    private static async Task<string?> Status(ShopCaller caller, string order) =>
        (string?)(await caller.Call("get_order", new JsonObject { ["order_id"] = order })).Data()["order"]!["status"];
}
