using System.Security.Cryptography;
using System.Text;
using Cartwright.Server.Carts;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Checkout;

/// <summary>An order that was begun, or found again, and what the shopper should know of it.</summary>
internal sealed record CheckoutStart(OrderFile File, IReadOnlyList<string> Notes, Result<PaymentStart> Payment);

/// <summary>
/// Turns carts into orders. Names and prices come from the catalogue, at this moment and in the same transaction that makes the order and
/// reserves its stock; a cart has one open order at most.
/// </summary>
internal sealed class CheckoutDesk(
    Database database, ShoppingCarts carts, OrderBook orders, IPaymentProvider provider, IdSource ids, TimeProvider time, bool capturesLater)
{
    // Gr4vy's largest amount is 99,999,999; other limits are the provider's to tell.
    private const long MaxAmountMinor = 99_999_999;

    /// <summary>
    /// The open order of the cart: the one it has if nothing changed, else a new one. With items, these become the cart's lines first.
    /// Trouble at the provider is part of the answer, not a failure.
    /// </summary>
    public async ValueTask<Result<CheckoutStart>> Start(
        CartAddress address, IReadOnlyList<CartEntry>? items, string? idempotencyKey, CancellationToken cancellation = default)
    {
        if (Idempotency.Check(idempotencyKey, address) is { } problem)
        {
            return problem;
        }

        // Before the items touch the cart: it may have been paid and filled with other things since the first call.
        var request = idempotencyKey is null ? null : new Keyed(idempotencyKey, Hash(items), Idempotency.IsGlobal(address));
        var placed = request is null ? null : await database.Read(session => Answered(session, address, request), cancellation);
        if (placed is null && items is not null)
        {
            var replaced = await carts.Replace(address, items, cancellation: cancellation);
            if (replaced.Ok)
            {
                address = address with { CartId = replaced.Value.CartId };
            }
            else
            {
                // The same call, sent twice at once, may have been faster and have set the last pieces aside.
                placed = request is null ? null : await database.Read(session => Answered(session, address, request), cancellation);
                if (placed is null)
                {
                    return replaced.Problem;
                }
            }
        }

        // Without a key too: the second time finds the order of the first.
        var made = placed ?? await database.Write(session => Place(session, address, request), isRepeatable: true, cancellation);
        if (!made.Ok)
        {
            return made.Problem;
        }

        var file = (await orders.Find(made.Value, cancellation))!;
        return new CheckoutStart(
            file,
            await PriceNotes(file, cancellation),
            OrderWords.IsOpenToShopper(file.Order.State) ? await Begin(file, cancellation) : Problem.Conflict(OrderWords.Of(file)));
    }

    /// <summary>Asks the provider for what a browser needs to pay the order, and keeps the provider's session with the order.</summary>
    public async ValueTask<Result<PaymentStart>> Begin(OrderFile file, CancellationToken cancellation)
    {
        var order = file.Order;
        if (order.Provider != provider.Name)
        {
            return Problem.Unavailable("This order was begun with another payment provider: check out again.");
        }

        if (order.AmountMinor > MaxAmountMinor && !order.IsSimulated)
        {
            return Problem.Unavailable($"The payment provider takes no single payment of {order.Amount}: split the order.");
        }

        var request = new PaymentRequest(
            order.Id,
            order.SessionId,
            order.AmountMinor,
            order.Currency.Code,
            order.Country,
            [.. file.Lines.Select(line => new PaymentItem(line.ProductId, line.Name, line.Quantity, line.PriceMinor))]);
        var begun = await provider.Begin(request, cancellation);
        if (begun.Ok && begun.Value.SessionId != order.SessionId)
        {
            // The shopper may pay in it even if it cannot be kept: webhooks name the order itself.
            await orders.Change(order.Id, kept => kept with { SessionId = begun.Value.SessionId }, cancellation);
        }

        return begun;
    }

    private async ValueTask<Result<string>> Place(DbSession session, CartAddress address, Keyed? request)
    {
        if (request is { IsGlobal: true })
        {
            await Locks.Key(session, request.Key);
        }

        if (await CartTables.FindToChange(session, address, Now()) is not { } cart)
        {
            return address.CartId is { } id
                ? Problem.NotFound($"There is no cart \"{id}\", or it has expired: fill a new one with add_to_cart, then check out.")
                : Problem.Invalid("The cart is empty: add products with add_to_cart, then check out.");
        }

        // Looked at again: the same call may have come twice at once.
        if (request is not null && await Answered(session, address with { CartId = cart.Id }, request) is { } answered)
        {
            return answered;
        }

        var placed = await Place(session, cart);
        if (placed.Ok && request is not null)
        {
            await Idempotency.Keep(session, Scope(request, cart.Id), request.Key, request.Hash, placed.Value, Now());
        }

        return placed;
    }

    /// <summary>The order that was made under the key, or the conflict with it; null when the key is new.</summary>
    private async ValueTask<Result<string>?> Answered(DbSession session, CartAddress address, Keyed request)
    {
        var cart = request.IsGlobal ? null : await CartTables.Find(session, address, Now());
        return request.IsGlobal || cart is not null ? await Idempotency.Find(session, Scope(request, cart?.Id), request.Key, request.Hash) : null;
    }

    private async ValueTask<Result<string>> Place(DbSession session, Cart cart)
    {
        var lines = await CartTables.Lines(session, cart.Id);
        var open = await OrderTables.FindOpenToChange(session, cart.Id);
        var content = Content(cart, lines);
        if (open is { State: OrderState.PaymentPending or OrderState.Authorized })
        {
            return open.Content == content
                ? open.Id
                : Problem.Conflict(
                    $"A payment for this cart as it was before is under way (order {open.Id}): wait for its outcome with get_order, then check out again.");
        }

        if (lines.Count == 0)
        {
            return Problem.Invalid("The cart is empty: add products with add_to_cart, then check out.");
        }

        if (open is not null && open.Content == content && open.Provider == provider.Name)
        {
            return (await orders.Prolong(session, open)).Id;
        }

        // What the earlier order had set aside is for sale again before it is asked how much there is; and nobody else takes of it after that.
        await Locks.ProductsOf(session, cart.Id, open?.Id);
        if (open is not null)
        {
            await orders.Lapse(session, open, "replaced: the cart has changed");
        }

        if (open is not null || session.IsPostgres)
        {
            lines = await CartTables.Lines(session, cart.Id);
            content = Content(cart, lines);
        }

        if (Check(lines) is { } problem)
        {
            return problem;
        }

        var total = Total(lines);
        if (total > MaxTotalMinor)
        {
            return Problem.Invalid("The cart is worth more than one order may be: take something out with update_cart.");
        }

        var draft = new Order
        {
            Id = ids.Next("ord_"),
            Token = ids.Next("chk_"),
            CartId = cart.Id,
            State = OrderState.AwaitingPayment,
            Currency = cart.Currency,
            Country = await session.First("select country from store", row => row.GetString(0)) ?? "",
            AmountMinor = (long)total,
            Provider = provider.Name,
            Environment = provider.Environment,
            Content = content,
            CapturesLater = capturesLater,
            CreatedAt = 0,
            ExpiresAt = 0,
            UpdatedAt = 0,
        };
        var bought = lines.Select(line => new OrderLine(line.Product.Id, line.Product.Name, line.Product.Image, line.Product.PriceMinor, line.Quantity));
        return (await orders.Place(session, draft, [.. bought])).Id;
    }

    /// <summary>What stands in the way, line by line, with what to do.</summary>
    private static Problem? Check(IReadOnlyList<CartLine> lines)
    {
        var mistakes = new List<string>();
        var kind = ProblemKind.Invalid;
        foreach (var (product, _, quantity, _, _) in lines)
        {
            var name = $"{product.Name} ({product.Id})";
            if (product.Retired)
            {
                mistakes.Add($"{name} is no longer sold: remove it with update_cart, quantity 0.");
            }
            else if (product.Stock is { } stock && stock < quantity)
            {
                kind = ProblemKind.OutOfStock;
                mistakes.Add(stock <= 0
                    ? $"{name} is sold out: remove it with update_cart, quantity 0."
                    : $"{name}: only {stock} left, {quantity} are in the cart; lower the quantity with update_cart.");
            }
        }

        return mistakes.Count == 0 ? null : new Problem(kind, $"{string.Join('\n', mistakes)}\nNo order was made.");
    }

    /// <summary>
    /// Prices that are others than the shopper saw in the cart; also of an order that was there before, whose first answer may not have
    /// arrived.
    /// </summary>
    private async ValueTask<IReadOnlyList<string>> PriceNotes(OrderFile file, CancellationToken cancellation)
    {
        var currency = file.Order.Currency;
        var lines = OrderRules.IsPayable(file.Order.State)
            ? await database.Read(session => CartTables.Lines(session, file.Order.CartId), cancellation)
            : [];
        return
        [
            .. from line in file.Lines
               from seen in lines
               where seen.Product.Id == line.ProductId && (seen.SeenPriceMinor != line.PriceMinor || seen.SeenCurrency != currency.Code)
               let before = new Money(seen.SeenPriceMinor, Currency.Find(seen.SeenCurrency).Value)
               select $"{line.Name} ({line.ProductId}) costs {new Money(line.PriceMinor, currency)} now; "
                   + $"it was {(before.Currency == currency ? before.ToAmount() : before.ToString())} when it was put into the cart. Tell the shopper before they pay.",
        ];
    }

    private static Int128 Total(IReadOnlyList<CartLine> lines) =>
        lines.Aggregate((Int128)0, (sum, line) => sum + ((Int128)line.Product.PriceMinor * line.Quantity));

    // JSON numbers are exact up to 2^53 in every client.
    private const long MaxTotalMinor = 9_007_199_254_740_991;

    private static string Content(Cart cart, IEnumerable<CartLine> lines)
    {
        var text = new StringBuilder(cart.Currency.Code);
        foreach (var line in lines.OrderBy(line => line.Product.Id, StringComparer.Ordinal))
        {
            text.Append($"\n{line.Product.Id.Length}:{line.Product.Id} {line.Quantity} {line.Product.PriceMinor} {(line.Product.Retired ? "retired" : "")}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Hash(IReadOnlyList<CartEntry>? items) =>
        items is null ? "checkout" : "checkout " + Idempotency.Hash(new CartChange(CartOperation.Replace, items, null, null));

    // Apart from the keys of cart calls, which may be the same texts. A call that names no cart has only its key to find the order by.
    private static string Scope(Keyed request, string? cartId) => request.IsGlobal ? "checkout" : $"checkout {cartId}";

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>An idempotency key, and what was asked with it.</summary>
    private sealed record Keyed(string Key, string Hash, bool IsGlobal);
}
