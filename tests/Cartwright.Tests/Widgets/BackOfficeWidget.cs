using System.Text.Json.Nodes;
using Cartwright.Server.Widgets;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Sales;

namespace Cartwright.Tests.Widgets;

/// <summary>The sales report's widget: what the merchant's hosts are told of it, and that shoppers' hosts are told nothing.</summary>
public sealed class BackOfficeWidget
{
    private const string Period = """{"date_start":"2026-02-01","date_end":"2026-02-28"}""";

    [Theory]
    [InlineData("sales_report", true)]
    [InlineData("top_products", true)]
    [InlineData("sales_between", false)]
    [InlineData("find_products", false)]
    public async Task A_tool_names_its_widget_in_both_dialects_or_none_in_either(string name, bool isShown)
    {
        await using var shop = await MerchantShop.Start();
        var tools = (await shop.Ask("tools/list")).Result["tools"]!.AsArray();
        var meta = tools.Single(tool => (string?)tool!["name"] == name)!["_meta"]!;
        Assert.Equal(isShown ? Widget.SalesReport.Uri : null, (string?)meta["ui"]!["resourceUri"]);
        Assert.Equal(isShown ? Widget.SalesReport.Uri : null, (string?)meta["openai/outputTemplate"]);
        Assert.Equal("""["model","app"]""", meta["ui"]!["visibility"]!.ToJsonString());
        Assert.True((bool)meta["openai/widgetAccessible"]!);
        Assert.InRange(((string)meta["openai/toolInvocation/invoking"]!).Length, 1, 64);
        Assert.InRange(((string)meta["openai/toolInvocation/invoked"]!).Length, 1, 64);
        Assert.Null(meta["securitySchemes"]);
    }

    [Theory]
    [InlineData("sales_report", Period, true)]
    [InlineData("top_products", "{}", true)]
    [InlineData("sales_between", Period, false)]
    [InlineData("find_products", """{"query":"fern"}""", false)]
    public async Task A_result_names_its_widget_in_both_dialects_or_none_in_either(string tool, string arguments, bool isShown)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        var meta = (await shop.Call(tool, arguments))["_meta"];
        if (!isShown)
        {
            Assert.Null(meta?["ui"]);
            Assert.Null(meta?["openai/outputTemplate"]);
            return;
        }

        Assert.Equal(Widget.SalesReport.Uri, (string?)meta!["ui"]!["resourceUri"]);
        Assert.Equal(Widget.SalesReport.Uri, (string?)meta["openai/outputTemplate"]);
        Assert.True((bool)meta["openai/widgetAccessible"]!);
    }

    [Fact]
    public async Task The_widget_is_one_file_with_the_same_policy_in_both_dialects()
    {
        await using var shop = await MerchantShop.Start();
        var listed = (await shop.Ask("resources/list")).Result["resources"]!.AsArray().Single(entry => (string?)entry!["uri"] == Widget.SalesReport.Uri)!;
        var read = Assert.Single((await Read(shop, Widget.SalesReport.Uri)).Result["contents"]!.AsArray())!;
        Assert.Equal("text/html;profile=mcp-app", (string?)listed["mimeType"]);
        Assert.Equal("text/html;profile=mcp-app", (string?)read["mimeType"]);
        var html = (string)read["text"]!;
        Assert.StartsWith("<!doctype html>", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=\"http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(MerchantShop.Key, html, StringComparison.Ordinal);
        foreach (var meta in new[] { listed["_meta"]!, read["_meta"]! })
        {
            Assert.Equal(meta["ui"]!["csp"]!["connectDomains"]!.ToJsonString(), meta["openai/widgetCSP"]!["connect_domains"]!.ToJsonString());
            Assert.Equal(meta["ui"]!["csp"]!["resourceDomains"]!.ToJsonString(), meta["openai/widgetCSP"]!["resource_domains"]!.ToJsonString());
            Assert.Equal((bool)meta["ui"]!["prefersBorder"]!, (bool)meta["openai/widgetPrefersBorder"]!);
            Assert.Equal((string)listed["description"]!, (string)meta["openai/widgetDescription"]!);
        }
    }

    [Theory]
    [InlineData("ui://widget/sales-report.html", false, true)]
    [InlineData("ui://widget/sales-report-0123abcd.html", false, true)]
    [InlineData("ui://widget/shopping-cart.html", true, false)]
    [InlineData("ui://widget/shopping-cart-0123abcd.html", true, false)]
    [InlineData("ui://widget/checkout-0123abcd.html", true, false)]
    [InlineData("ui://widget/sales-report-nothex00.html", false, false)]
    public async Task Each_endpoint_serves_its_own_widgets_and_not_the_others(string uri, bool inShop, bool inBackOffice)
    {
        await using var shop = await MerchantShop.Start();
        var offered = await Legacy.Ask(shop.Wire, "resources/read", Uri(uri));
        Check(offered, inShop);
        Check(await Read(shop, uri), inBackOffice);

        void Check(Reply reply, bool isThere)
        {
            Assert.Equal(isThere, reply.Answer["error"] is null);
            Assert.Equal(isThere, ((string?)reply.Answer["result"]?["contents"]?[0]?["text"])?.StartsWith("<!doctype html>", StringComparison.Ordinal) == true);
        }
    }

    [Fact]
    public async Task The_shop_lists_no_widget_of_the_back_office_nor_the_other_way_round()
    {
        await using var shop = await MerchantShop.Start();
        Assert.Equal(Widget.Shop.Select(widget => widget.Uri), Widgets(await Legacy.Ask(shop.Wire, "resources/list")));
        Assert.Equal(Widget.BackOffice.Select(widget => widget.Uri), Widgets(await shop.Ask("resources/list")));
        Assert.Equal(401, (await shop.Ask("resources/read", Uri("ui://widget/sales-report.html"), key: null)).Status);

        static IEnumerable<string> Widgets(Reply reply) =>
            reply.Result["resources"]!.AsArray().Select(entry => (string)entry!["uri"]!).Where(uri => uri.StartsWith("ui://", StringComparison.Ordinal));
    }

    private static string Uri(string uri) => new JsonObject { ["uri"] = uri }.ToJsonString();

    private static Task<Reply> Read(MerchantShop shop, string uri) => shop.Ask("resources/read", Uri(uri));
}
