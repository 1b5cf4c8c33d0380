using System.Text.Json.Nodes;
using Cartwright.Server.Widgets;

namespace Cartwright.Tests.Shop;

/// <summary>What hosts read beside the answer: both dialects, with equal values.</summary>
public sealed class WidgetKeys(SampleShops shops) : IClassFixture<SampleShops>
{
    private static readonly (string Tool, string Widget)[] Shown =
    [
        ("list_products", Widget.Catalog.Uri),
        ("add_to_cart", Widget.Cart.Uri),
        ("update_cart", Widget.Cart.Uri),
        ("show_cart", Widget.Cart.Uri),
    ];

    public static TheoryData<string, string> Tools => [.. Shown.Select(row => new TheoryDataRow<string, string>(row.Tool, row.Widget))];

    [Fact]
    public async Task The_tools_and_their_behaviour_are_as_contracted()
    {
        var tools = (await Mcp.Legacy.Ask(shops.Plantly.Wire, "tools/list")).Result["tools"]!.AsArray();
        Assert.Equal(
            [
                "list_products reads", "get_product reads", "add_to_cart adds", "update_cart overwrites", "show_cart overwrites",
                "start_checkout overwrites", "get_order reads",
            ],
            tools.Select(tool => $"{tool!["name"]} {Behaviour(tool["annotations"]!)}"));
        Assert.All(tools, tool =>
        {
            Assert.Equal("object", (string?)tool!["inputSchema"]!["type"]);
            Assert.Equal("object", (string?)tool["outputSchema"]!["type"]);
            Assert.False((bool)tool["inputSchema"]!["additionalProperties"]!);
            Assert.False((bool)tool["annotations"]!["openWorldHint"]!);
            Assert.NotEmpty((string)tool["description"]!);
        });

        static string Behaviour(JsonNode hints) => ((bool)hints["readOnlyHint"]!, (bool)hints["destructiveHint"]!) switch
        {
            (true, false) => "reads",
            (false, false) => "adds",
            (false, true) => "overwrites",
            _ => "contradicts itself",
        };
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task A_tool_names_its_widget_in_both_dialects(string tool, string widget)
    {
        var meta = (await shops.Plantly.Tool(tool))["_meta"]!;
        Assert.Equal(widget, (string?)meta["ui"]!["resourceUri"]);
        Assert.Equal(widget, (string?)meta["openai/outputTemplate"]);
        Assert.Equal("""["model","app"]""", meta["ui"]!["visibility"]!.ToJsonString());
        Assert.True((bool)meta["openai/widgetAccessible"]!);
        Assert.InRange(((string)meta["openai/toolInvocation/invoking"]!).Length, 1, 64);
        Assert.InRange(((string)meta["openai/toolInvocation/invoked"]!).Length, 1, 64);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task A_result_names_its_widget_in_both_dialects(string tool, string widget)
    {
        var result = await shops.Plantly.Call(tool, tool switch
        {
            "add_to_cart" => """{"items":[{"product_id":"monstera"}]}""",
            "update_cart" => """{"items":[{"product_id":"monstera","quantity":2}]}""",
            _ => "{}",
        });
        var meta = result["_meta"]!;
        Assert.Equal(widget, (string?)meta["ui"]!["resourceUri"]);
        Assert.Equal(widget, (string?)meta["openai/outputTemplate"]);
        Assert.True((bool)meta["openai/widgetAccessible"]!);
        JsonFit.Assert((await shops.Plantly.Tool(tool))["outputSchema"]!, result.Data());
        if (tool != "list_products")
        {
            Assert.Equal(result.CartId(), (string?)meta["openai/widgetSessionId"]);
            Assert.Equal(result.CartId(), (string?)meta["widgetSessionId"]);
        }
    }

    [Theory]
    [InlineData("plantly", "list_products", """{"limit":50}""")]
    [InlineData("groceries", "list_products", """{"diet":["Vegan"],"limit":50,"sort":"name"}""")]
    [InlineData("groceries", "list_products", """{"limit":2}""")]
    [InlineData("plantly", "get_product", """{"product_id":"aloe-vera"}""")]
    [InlineData("groceries", "get_product", """{"product_id":"eggs"}""")]
    [InlineData("groceries", "show_cart", "{}")]
    [InlineData("groceries", "show_cart", """{"items":[{"id":"eggs","name":"whatever","price":0.01,"quantity":3,"image":"x"}]}""")]
    public async Task Structured_content_fits_the_output_schema(string sample, string tool, string arguments) =>
        JsonFit.Assert((await shops[sample].Tool(tool))["outputSchema"]!, (await shops[sample].Call(tool, arguments)).Data());

    [Theory]
    [InlineData("product-catalog")]
    [InlineData("shopping-cart")]
    [InlineData("checkout")]
    public async Task A_widget_is_one_file_with_the_same_policy_in_both_dialects(string name)
    {
        var uri = Widget.Shop.Single(widget => widget.Name == name).Uri;
        var listed = (await Mcp.Legacy.Ask(shops.Plantly.Wire, "resources/list")).Result["resources"]!.AsArray().Single(entry => (string?)entry!["uri"] == uri)!;
        var read = Assert.Single((await Mcp.Legacy.Ask(shops.Plantly.Wire, "resources/read", $$"""{"uri":"{{uri}}"}""")).Result["contents"]!.AsArray())!;
        Assert.Equal("text/html;profile=mcp-app", (string?)read["mimeType"]);
        Assert.Equal("text/html;profile=mcp-app", (string?)listed["mimeType"]);
        var html = (string)read["text"]!;
        Assert.StartsWith("<!doctype html>", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=\"http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", html, StringComparison.OrdinalIgnoreCase);
        foreach (var meta in new[] { listed["_meta"]!, read["_meta"]! })
        {
            Assert.Equal(meta["ui"]!["csp"]!["connectDomains"]!.ToJsonString(), meta["openai/widgetCSP"]!["connect_domains"]!.ToJsonString());
            Assert.Equal(meta["ui"]!["csp"]!["resourceDomains"]!.ToJsonString(), meta["openai/widgetCSP"]!["resource_domains"]!.ToJsonString());
            Assert.Equal((bool)meta["ui"]!["prefersBorder"]!, (bool)meta["openai/widgetPrefersBorder"]!);
            Assert.Equal(((string)listed["description"]!), (string)meta["openai/widgetDescription"]!);
        }
    }

    [Fact]
    public async Task The_public_url_is_what_widgets_may_load_from_and_images_point_to()
    {
        await using var shop = await ShopServer.Start(change: settings => settings with { PublicUrl = new Uri("https://shop.example.com") });
        var read = (await Mcp.Legacy.Ask(shop.Wire, "resources/read", """{"uri":"ui://widget/shopping-cart.html"}""")).Result["contents"]![0]!;
        Assert.Equal("""["https://shop.example.com"]""", read["_meta"]!["ui"]!["csp"]!["resourceDomains"]!.ToJsonString());
        var cart = await shop.Call("add_to_cart", """{"items":[{"product_id":"monstera"}]}""");
        Assert.Equal("https://shop.example.com/media/images/plantly/monstera.svg", (string?)cart.Data()["items"]![0]!["image"]);
    }
}
