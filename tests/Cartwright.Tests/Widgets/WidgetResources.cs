using Cartwright.Server.Widgets;

namespace Cartwright.Tests.Widgets;

public sealed class WidgetResources
{
    [Fact]
    public void Each_widget_has_a_uri_with_a_hash_and_is_still_read_under_its_plain_one()
    {
        foreach (var widget in Widget.Shop.Concat(Widget.BackOffice))
        {
            var resource = widget.ToResource(new Uri("http://localhost:3000"));
            Assert.Matches($"^ui://widget/{widget.Name}-[0-9a-f]{{8}}\\.html$", resource.Uri);
            Assert.Equal([$"ui://widget/{widget.Name}.html"], resource.Aliases);
        }
    }

    [Theory]
    [InlineData("http://localhost:3000", null)]
    [InlineData("http://127.0.0.1:8080", null)]
    [InlineData("https://shop.example.com", "https://shop.example.com")]
    public void Only_a_published_shop_has_a_domain_and_only_in_the_key_that_every_host_bears(string origin, string? domain)
    {
        var meta = Widget.Cart.ToResource(new Uri(origin)).Meta!;
        Assert.Equal(domain, (string?)meta["openai/widgetDomain"]);
        Assert.Null(meta["ui"]!["domain"]);
    }

    [Fact]
    public void Both_dialects_allow_the_shops_own_origin_and_nothing_else()
    {
        var meta = Widget.Catalog.ToResource(new Uri("https://shop.example.com:8443")).Meta!;
        const string Origin = """["https://shop.example.com:8443"]""";
        var (standard, alias) = (meta["ui"]!["csp"]!, meta["openai/widgetCSP"]!);
        Assert.All(
            [standard["connectDomains"], standard["resourceDomains"], alias["connect_domains"], alias["resource_domains"], alias["redirect_domains"]],
            domains => Assert.Equal(Origin, domains!.ToJsonString()));
        Assert.True((bool)meta["ui"]!["prefersBorder"]!);
        Assert.True((bool)meta["openai/widgetPrefersBorder"]!);
    }

    [Fact]
    public void A_tool_names_its_widget_alike_in_both_dialects()
    {
        var meta = Widget.Cart.ToolMeta("Working", "Done");
        Assert.Equal(Widget.Cart.Uri, (string?)meta["ui"]!["resourceUri"]);
        Assert.Equal(Widget.Cart.Uri, (string?)meta["openai/outputTemplate"]);
    }

    [Fact]
    public void The_back_offices_widget_may_load_nothing_and_its_tools_claim_no_access_without_a_key()
    {
        var meta = Widget.SalesReport.ToResource(new Uri("https://shop.example.com")).Meta!;
        var (standard, alias) = (meta["ui"]!["csp"]!, meta["openai/widgetCSP"]!);
        Assert.All(
            [standard["connectDomains"], standard["resourceDomains"], alias["connect_domains"], alias["resource_domains"], alias["redirect_domains"]],
            domains => Assert.Equal("[]", domains!.ToJsonString()));
        Assert.Null(Widget.SalesReport.ToolMeta("Working", "Done")["securitySchemes"]);
        Assert.NotNull(Widget.Cart.ToolMeta("Working", "Done")["securitySchemes"]);
    }
}
