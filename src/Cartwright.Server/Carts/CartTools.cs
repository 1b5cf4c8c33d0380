using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cartwright.Mcp;
using Cartwright.Server.Widgets;

namespace Cartwright.Server.Carts;

/// <summary>One product to add.</summary>
internal sealed record AddItem(
    [property: Description("Id of the product; better than its name")] string? ProductId = null,
    [property: Description("Name of the product, when its id is not known")] string? Name = null,
    [property: Description("How many to add"), Range(1, 99)] int? Quantity = 1);

/// <summary>One line to set.</summary>
internal sealed record SetItem(
    [property: Description("Id of the product")] string ProductId,
    [property: Description("How many there shall be; 0 removes the line"), Range(0, 99)] int Quantity);

/// <summary>One line of a cart that the caller wants shown; what it says of prices and pictures is ignored.</summary>
internal sealed record ShownItem(
    [property: Description("Id of the product")] string? ProductId = null,
    [property: Description("The same as product_id")] string? Id = null,
    [property: Description("Name of the product, when its id is not known")] string? Name = null,
    [property: Description("How many of it"), Range(1, 99)] int? Quantity = 1)
{
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Rest { get; set; }
}

internal sealed record AddToCartRequest
{
    [Description("Products to add to what is in the cart already")]
    [Size(1, 50)]
    public required IReadOnlyList<AddItem> Items { get; init; }

    [Description(CartTools.CartIdText)]
    [Size(1, 100)]
    public string? CartId { get; init; }

    [Description(CartTools.KeyText)]
    [Size(1, 128)]
    public string? IdempotencyKey { get; init; }
}

internal sealed record UpdateCartRequest
{
    [Description("Lines to set")]
    [Size(1, 50)]
    public required IReadOnlyList<SetItem> Items { get; init; }

    [Description(CartTools.CartIdText)]
    [Size(1, 100)]
    public string? CartId { get; init; }

    [Description("Version of the cart that the change is meant for: when the cart has moved on, nothing is changed")]
    public long? ExpectedVersion { get; init; }

    [Description(CartTools.KeyText)]
    [Size(1, 128)]
    public string? IdempotencyKey { get; init; }
}

internal sealed record ShowCartRequest
{
    [Description(CartTools.CartIdText)]
    [Size(1, 100)]
    public string? CartId { get; init; }

    [Description("Replaces the whole cart by these lines before it is shown. Leave it out to see the cart as it is.")]
    [Size(1, 50)]
    public IReadOnlyList<ShownItem>? Items { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AddToCartRequest))]
[JsonSerializable(typeof(UpdateCartRequest))]
[JsonSerializable(typeof(ShowCartRequest))]
internal sealed partial class CartToolJson : JsonSerializerContext;

/// <summary>The tools around the cart. Each answers the whole cart.</summary>
internal sealed class CartTools(ShoppingCarts carts, Func<string?, string?> imageUrl)
{
    internal const string CartIdText = "Id of the cart from an earlier result. Without it the conversation's cart is used, or a new one.";
    internal const string KeyText = "A key of your own making (a UUID) under which the call may be repeated safely: it takes effect once";

    public IReadOnlyList<McpTool> All() =>
    [
        McpTool.Create(
            new ToolDeclaration(
                "add_to_cart",
                "Add to cart",
                "Adds products to the shopper's cart, on top of what is in it, and shows the cart. Prices come from the shop.",
                ToolBehaviour.Adds) { Meta = Widget.Cart.ToolMeta("Adding to the cart", "Added to the cart") },
            CartToolJson.Default.AddToCartRequest,
            CartJson.Default.CartSnapshot,
            Add),
        McpTool.Create(
            new ToolDeclaration(
                "update_cart",
                "Change the cart",
                "Sets how many of a product are in the shopper's cart, or removes it (quantity 0), and shows the cart.",
                ToolBehaviour.Overwrites) { Meta = Widget.Cart.ToolMeta("Changing the cart", "Cart changed") },
            CartToolJson.Default.UpdateCartRequest,
            CartJson.Default.CartSnapshot,
            Update),
        McpTool.Create(
            new ToolDeclaration(
                "show_cart",
                "Show the cart",
                "Shows the shopper's cart with the prices of this moment. With items it first replaces the cart's lines by them.",
                ToolBehaviour.Overwrites) { Meta = Widget.Cart.ToolMeta("Fetching the cart", "Here is the cart") },
            CartToolJson.Default.ShowCartRequest,
            CartJson.Default.CartSnapshot,
            Show),
    ];

    /// <summary>The cart as a resource, which can be subscribed to. Its id is a capability, so that its URI is one.</summary>
    public McpResourceTemplate Template() => new("shop://cart/{cart_id}", "cart", "application/json", Read)
    {
        Title = "Shopping cart",
        Description = "A shopper's cart by its id, as show_cart answers it. A client that subscribes is told of every change, also one made elsewhere.",
    };

    /// <summary>The URI of a cart as a resource.</summary>
    public static string Uri(string cartId) => $"shop://cart/{cartId}";

    private async ValueTask<ReadResult?> Read(IReadOnlyDictionary<string, string> variables, McpCall call)
    {
        var id = variables["cart_id"];
        var cart = await carts.Find(id, call.Aborted);
        return cart is null ? null : new ReadResult(
            ResourceContents.Text(Uri(id), "application/json", JsonSerializer.Serialize(WithImages(cart), CartJson.Default.CartSnapshot)))
        { IsLive = true };
    }

    private CartSnapshot WithImages(CartSnapshot cart) => cart with { Items = [.. cart.Items.Select(item => item with { Image = imageUrl(item.Image) })] };

    private async ValueTask<ToolResult> Add(AddToCartRequest request, McpCall call) => Answer(await carts.Add(
        Address(request.CartId, call),
        [.. request.Items.Select(item => new CartEntry(item.ProductId, item.Name, item.Quantity ?? 1))],
        request.IdempotencyKey,
        call.Aborted));

    private async ValueTask<ToolResult> Update(UpdateCartRequest request, McpCall call) => Answer(await carts.Update(
        Address(request.CartId, call),
        [.. request.Items.Select(item => new CartEntry(item.ProductId, Name: null, item.Quantity))],
        request.ExpectedVersion,
        request.IdempotencyKey,
        call.Aborted));

    private async ValueTask<ToolResult> Show(ShowCartRequest request, McpCall call)
    {
        var address = Address(request.CartId, call);
        return Answer(request.Items is null
            ? await carts.Show(address, call.Aborted)
            : await carts.Replace(
                address,
                [.. request.Items.Select(item => new CartEntry(item.ProductId ?? item.Id, item.Name, item.Quantity ?? 1))],
                cancellation: call.Aborted));
    }

    /// <summary>
    /// Where the call finds its cart: the id it names; else the host's conversation, which counts only together with the host's user;
    /// else the MCP session.
    /// </summary>
    internal static CartAddress Address(string? cartId, McpCall call)
    {
        if (call.Meta.GetString("openai/session") is { Length: > 0 } conversation)
        {
            return new CartAddress(cartId, $"openai:{conversation}", call.Meta.GetString("openai/subject"));
        }

        return new CartAddress(cartId, call.SessionId is null ? null : $"mcp:{call.SessionId}");
    }

    private ToolResult Answer(Result<CartSnapshot> result)
    {
        if (!result.Ok)
        {
            return result.Problem.ToToolResult();
        }

        var cart = WithImages(result.Value);
        var cartId = Encoding.UTF8.GetBytes($"\"{cart.CartId}\"");
        return ToolResult.Of(cart, CartJson.Default.CartSnapshot, CartText.Of(cart)).WithMeta(
        [
            .. Widget.Cart.ResultMeta(),
            new("openai/widgetSessionId", cartId),
            new("widgetSessionId", cartId),
        ]);
    }
}

/// <summary>A cart in words, for clients without widgets.</summary>
internal static class CartText
{
    public static string Of(CartSnapshot cart)
    {
        var text = new StringBuilder();
        text.Append(cart.Items.Count == 0
            ? "The cart is empty."
            : $"Cart has {cart.ItemCount} {(cart.ItemCount == 1 ? "item" : "items")}, {cart.Subtotal} {cart.Currency}:");
        foreach (var item in cart.Items)
        {
            text.Append($"\n- {item.Quantity} × {item.Name} ({item.ProductId}) at {item.Price}: {item.LineTotal}");
            text.Append(item.Note is null ? "" : $" [{item.Note}]");
        }

        foreach (var note in cart.Notes ?? [])
        {
            text.Append('\n').Append(note);
        }

        return text.Append($"\nCart id {cart.CartId}, version {cart.Version}.").ToString();
    }
}
