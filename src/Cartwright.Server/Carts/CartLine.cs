using System.Data.Common;

namespace Cartwright.Server.Carts;

/// <summary>What a line needs to know of its product, as the catalogue has it now. The stock is what this cart may have.</summary>
internal sealed record LineProduct(string Id, string Name, long PriceMinor, string? Image, long? Stock, bool Retired)
{
    // What the cart's own open order has set aside is still there for this cart.
    public const string Columns =
        """
        p.id, p.name, p.price_minor, p.image,
        p.stock + coalesce((select sum(r.quantity) from orders o join order_line r on r.order_id = o.id
            where o.cart_id = @cart and o.is_open = 1 and o.stock = 'reserved' and r.product_id = p.id), 0),
        p.retired
        """;
    public const int ColumnCount = 6;

    public static LineProduct Read(DbDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.IsDBNull(4) ? null : row.GetInt64(4),
        row.GetInt64(5) == 1);
}

/// <summary>A line of a cart. The seen price is the one at its last write, in the currency of that time.</summary>
internal sealed record CartLine(LineProduct Product, long Position, long Quantity, long SeenPriceMinor, string SeenCurrency)
{
    public const string Columns = $"{LineProduct.Columns}, l.position, l.quantity, l.seen_price_minor, l.seen_currency";

    public static CartLine Read(DbDataReader row) => new(
        LineProduct.Read(row),
        row.GetInt64(LineProduct.ColumnCount),
        row.GetInt64(LineProduct.ColumnCount + 1),
        row.GetInt64(LineProduct.ColumnCount + 2),
        row.GetString(LineProduct.ColumnCount + 3));

    public CartItem Show(Currency currency)
    {
        var price = new Money(Product.PriceMinor, currency);
        var total = Product.Retired ? new Money(0, currency) : price.Multiply(Quantity);
        return new CartItem(Product.Id, Product.Name, price.ToDecimal(), Quantity, Product.Image, total.ToDecimal(), Note(currency));
    }

    private string? Note(Currency currency) => this switch
    {
        { Product.Retired: true } => "no longer sold; remove it",
        { Product.Stock: <= 0 } => "sold out; remove it",
        { Product.Stock: { } stock } when stock < Quantity => $"only {stock} left",
        _ when SeenCurrency != currency.Code => $"price was {SeenPrice()} when added",
        _ when SeenPriceMinor != Product.PriceMinor => $"price was {SeenPrice().ToAmount()} when added",
        _ => null,
    };

    private Money SeenPrice() => new(SeenPriceMinor, Currency.Find(SeenCurrency).Value);
}
