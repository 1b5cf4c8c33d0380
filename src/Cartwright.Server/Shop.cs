using Cartwright.Mcp;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Checkout;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Widgets;

namespace Cartwright.Server;

/// <summary>What the shop's MCP endpoint offers: the tools, made for the loaded catalogue, and the widgets.</summary>
internal sealed class Shop
{
    private readonly ProductCatalog _catalog;
    private readonly CatalogWatch _watch;
    private readonly CartTools _cartTools;
    private readonly CheckoutTools _checkoutTools;
    private readonly ProductJson _products;
    private readonly IReadOnlyList<McpResource> _widgets;
    private readonly McpResourceTemplate _otherBuilds;

    /// <summary>Puts the tools together.</summary>
    /// <param name="desk">Null while the shop takes no payments.</param>
    public Shop(
        ProductCatalog catalog,
        CatalogWatch watch,
        ShoppingCarts carts,
        CheckoutDesk? desk,
        OrderBook orders,
        PaymentSide payments,
        CheckoutMode mode,
        string origin)
    {
        (_catalog, _watch) = (catalog, watch);
        _products = new ProductJson(origin);
        _cartTools = new CartTools(carts, _products.ImageUrl);
        var isEmbedded = mode == CheckoutMode.Embedded && payments.EmbedScript is not null;
        _checkoutTools = new CheckoutTools(desk, orders, _products.ImageUrl, origin, payments.EmbedScript, isEmbedded);
        var shopOrigin = new Uri(origin);
        var embed = isEmbedded ? new Widget.EmbedOrigins(payments.EmbedScript!.GetLeftPart(UriPartial.Authority), payments.EmbedFrame!) : null;
        _widgets = [.. Widget.Shop.Select(widget => widget.ToResource(shopOrigin, embed))];
        _otherBuilds = Widget.OtherBuilds(Widget.Shop, shopOrigin, embed);
    }

    /// <summary>The endpoint, which follows the catalogue from now on.</summary>
    public McpServer Serve(CatalogHead? head, McpOptions options)
    {
        var server = new McpServer(options, Offer(head));
        _watch.OnChange(changed => server.Publish(Offer(changed)));
        return server;
    }

    private McpFeatures Offer(CatalogHead? head) => new(
        [.. new CatalogTools(_catalog, _watch, _products, head).All(), .. _cartTools.All(), .. _checkoutTools.All()],
        _widgets,
        [_cartTools.Template(), _otherBuilds]);
}
