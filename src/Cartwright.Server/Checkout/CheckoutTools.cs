using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cartwright.Mcp;
using Cartwright.Server.Carts;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Widgets;

namespace Cartwright.Server.Checkout;

internal sealed record StartCheckoutRequest
{
    [Description(CartTools.CartIdText)]
    [Size(1, 100)]
    public string? CartId { get; init; }

    [Description("Replaces the whole cart by these lines before the checkout begins. Leave it out to buy the cart as it is.")]
    [Size(1, 50)]
    public IReadOnlyList<ShownItem>? Items { get; init; }

    [Description(CartTools.KeyText)]
    [Size(1, 128)]
    public string? IdempotencyKey { get; init; }
}

internal sealed record GetOrderRequest
{
    [Description("Id of the order, from start_checkout")]
    [Size(1, 100)]
    public required string OrderId { get; init; }
}

/// <summary>A line of an order. Amounts are decimals with the currency's places.</summary>
internal sealed record OrderItem(
    string ProductId,
    string Name,
    decimal Price,
    long Quantity,
    string? Image,
    decimal LineTotal);

/// <summary>Shape of <c>start_checkout</c>.</summary>
internal sealed record CheckoutResult(
    string OrderId,
    [property: Description("awaiting_payment until the shopper pays; get_order tells how it goes on")] string Status,
    IReadOnlyList<OrderItem> Items,
    [property: Description("What is to be paid, in minor units of the currency (cents)")] long Amount,
    string Currency,
    [property: Description("The shop's page where the shopper gives the address and pays; pass it on as it is")] string? CheckoutUrl,
    [property: Description("True when payments are simulated: no money moves")] bool Simulated,
    [property: Description("What the shopper should know before paying")] IReadOnlyList<string>? Notes,
    [property: Description("Why paying does not work at the moment; the order is kept")] string? EmbedError);

/// <summary>An order as its buyer and models see it: no address, no payment details.</summary>
internal sealed record OrderView(
    string OrderId,
    [property: Description("awaiting_payment, payment_pending, payment_failed, authorized, paid, voided, expired, partly_refunded or refunded")] string Status,
    IReadOnlyList<OrderItem> Items,
    [property: Description("In minor units of the currency (cents)")] long Amount,
    [property: Description("How much of it was given back, in minor units")] long RefundedAmount,
    string Currency,
    [property: Description("Where it can be paid; only while it can")] string? CheckoutUrl,
    bool Simulated,
    [property: Description("The status in words, and what can be done")] string Message);

/// <summary>Shape of <c>get_order</c>.</summary>
internal sealed record OrderResult(OrderView Order);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StartCheckoutRequest))]
[JsonSerializable(typeof(GetOrderRequest))]
[JsonSerializable(typeof(CheckoutResult))]
[JsonSerializable(typeof(OrderResult))]
[JsonSerializable(typeof(EmbedSettings))]
[JsonSerializable(typeof(BuyerDetails))]
internal sealed partial class CheckoutJson : JsonSerializerContext;

/// <summary>The tools around orders.</summary>
/// <param name="desk">Null while the shop takes no payments: then there is no start_checkout.</param>
internal sealed class CheckoutTools(
    CheckoutDesk? desk, OrderBook orders, Func<string?, string?> imageUrl, string origin, Uri? embedScript, bool isEmbedded)
{
    public IReadOnlyList<McpTool> All() => desk is null ? [GetOrder()] : [StartCheckout(), GetOrder()];

    /// <summary>The page on which an order is paid.</summary>
    public static string PageOf(string origin, string token) => $"{origin}/checkout/{token}";

    private McpTool StartCheckout() => McpTool.Create(
        new ToolDeclaration(
            "start_checkout",
            "Start the checkout",
            "Turns the shopper's cart into an order and gives the address of the page where the shopper pays it. Nothing is paid by this call. "
            + "Called again for an unchanged cart it gives the same order.",
            ToolBehaviour.Overwrites)
        { Meta = Widget.Checkout.ToolMeta("Preparing the checkout", "Ready to check out") },
        CheckoutJson.Default.StartCheckoutRequest,
        CheckoutJson.Default.CheckoutResult,
        Start);

    private McpTool GetOrder() => McpTool.Create(
        new ToolDeclaration(
            "get_order",
            "Look at an order",
            "Tells whether an order is paid, and what it consists of. Only this tool knows: do not take an order for paid before it says so.",
            ToolBehaviour.Reads)
        { Meta = Widget.NoneMeta("Looking at the order", "Here is the order") },
        CheckoutJson.Default.GetOrderRequest,
        CheckoutJson.Default.OrderResult,
        Show);

    private async ValueTask<ToolResult> Start(StartCheckoutRequest request, McpCall call)
    {
        var started = await desk!.Start(
            CartTools.Address(request.CartId, call),
            request.Items is null ? null : [.. request.Items.Select(item => new CartEntry(item.ProductId ?? item.Id, item.Name, item.Quantity ?? 1))],
            request.IdempotencyKey,
            call.Aborted);
        if (!started.Ok)
        {
            return started.Problem.ToToolResult();
        }

        var (file, notes, payment) = started.Value;
        var order = file.Order;
        var isPayable = OrderWords.IsOpenToShopper(order.State);
        var result = new CheckoutResult(
            order.Id,
            OrderNames.Of(order.State),
            Items(file),
            order.AmountMinor,
            order.Currency.Code,
            isPayable ? PageOf(origin, order.Token) : null,
            order.IsSimulated,
            notes.Count == 0 ? null : notes,
            isPayable ? payment.Problem?.Advice : null);
        return ToolResult.Of(result, CheckoutJson.Default.CheckoutResult, Words(result, file)).WithMeta(
        [
            .. Widget.Checkout.ResultMeta(),
            .. WidgetSession(order.CartId),
            .. isEmbedded && isPayable && payment.Ok ? Embed(order, payment.Value) : [],
        ]);
    }

    private async ValueTask<ToolResult> Show(GetOrderRequest request, McpCall call)
    {
        if (await orders.Find(request.OrderId.Trim(), call.Aborted) is not { } file)
        {
            return ToolResult.Fail($"There is no order \"{request.OrderId}\": pass the order_id exactly as start_checkout gave it.", FailureKind.NotFound);
        }

        var order = file.Order;
        var message = OrderWords.Of(file);
        var view = new OrderView(
            order.Id,
            OrderNames.Of(order.State),
            Items(file),
            order.AmountMinor,
            order.RefundedMinor,
            order.Currency.Code,
            OrderWords.IsOpenToShopper(order.State) ? PageOf(origin, order.Token) : null,
            order.IsSimulated,
            message);
        return ToolResult.Of(new OrderResult(view), CheckoutJson.Default.OrderResult, message)
            .WithMeta([new("openai/widgetAccessible", "true"u8.ToArray())]);
    }

    private IReadOnlyList<OrderItem> Items(OrderFile file) =>
    [
        .. file.Lines.Select(line =>
        {
            var price = new Money(line.PriceMinor, file.Order.Currency);
            return new OrderItem(line.ProductId, line.Name, price.ToDecimal(), line.Quantity, imageUrl(line.Image), price.Multiply(line.Quantity).ToDecimal());
        }),
    ];

    private static string Words(CheckoutResult result, OrderFile file)
    {
        var text = new StringBuilder($"Order {result.OrderId} over {file.Order.Amount}: ");
        text.Append(OrderWords.Of(file));
        foreach (var line in file.Lines)
        {
            text.Append($"\n- {line.Quantity} × {line.Name} ({line.ProductId})");
        }

        foreach (var note in result.Notes ?? [])
        {
            text.Append('\n').Append(note);
        }

        text.Append(result.CheckoutUrl is null ? "" : $"\nThe shopper pays here: {result.CheckoutUrl}");
        return text.Append(result.EmbedError is null ? "" : $"\nPaying does not work at the moment: {result.EmbedError}").ToString();
    }

    /// <summary>What only the widget sees: the token opens the payment form.</summary>
    private KeyValuePair<string, ReadOnlyMemory<byte>>[] Embed(Order order, PaymentStart payment) =>
    [
        new("embed", JsonSerializer.SerializeToUtf8Bytes(payment.Embed, CheckoutJson.Default.EmbedSettings)),
        new("embed_script", Encoding.UTF8.GetBytes($"\"{embedScript}\"")),
        new("embed_intent", order.CapturesLater ? "\"authorize\""u8.ToArray() : "\"capture\""u8.ToArray()),
        new("embed_order", Encoding.UTF8.GetBytes($$$"""{"order_id":"{{{order.Id}}}","metadata":{"order_id":"{{{order.Id}}}"}}""")),
    ];

    private static KeyValuePair<string, ReadOnlyMemory<byte>>[] WidgetSession(string cartId)
    {
        var id = Encoding.UTF8.GetBytes($"\"{cartId}\"");
        return [new("openai/widgetSessionId", id), new("widgetSessionId", id)];
    }
}
