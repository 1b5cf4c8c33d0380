using Cartwright.Mcp;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Widgets;

namespace Cartwright.Server;

/// <summary>What the shop's MCP endpoint offers: the tools, made for the loaded catalogue, and the widgets.</summary>
internal sealed class Shop
{
    private readonly ProductCatalog _catalog;
    private readonly CatalogWatch _watch;
    private readonly CartTools _cartTools;
    private readonly ProductJson _products;
    private readonly IReadOnlyList<McpResource> _widgets;
    private readonly McpResourceTemplate _otherBuilds;

    private Shop(ProductCatalog catalog, CatalogWatch watch, ShoppingCarts carts, string origin)
    {
        (_catalog, _watch) = (catalog, watch);
        _products = new ProductJson(origin);
        _cartTools = new CartTools(carts, _products.ImageUrl);
        var shopOrigin = new Uri(origin);
        _widgets = [.. Widget.All.Select(widget => widget.ToResource(shopOrigin))];
        _otherBuilds = Widget.OtherBuilds(shopOrigin);
    }

    /// <summary>The endpoint, which follows the catalogue from now on.</summary>
    public static McpServer Serve(
        ProductCatalog catalog, CatalogWatch watch, ShoppingCarts carts, CatalogHead? head, McpOptions options, string origin)
    {
        var shop = new Shop(catalog, watch, carts, origin);
        var server = new McpServer(options, shop.Offer(head));
        watch.OnChange(changed => server.Publish(shop.Offer(changed)));
        return server;
    }

    private McpFeatures Offer(CatalogHead? head) => new(
        [.. new CatalogTools(_catalog, _watch, _products, head).All(), .. _cartTools.All()],
        _widgets,
        [_otherBuilds]);
}
