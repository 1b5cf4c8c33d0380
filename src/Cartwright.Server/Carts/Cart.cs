namespace Cartwright.Server.Carts;

/// <summary>A cart inside a transaction: the row, before the lines are known. New ones are not stored yet.</summary>
internal sealed record Cart(string Id, long Version, Currency Currency, bool IsNew = false)
{
    public CartSnapshot Show(IReadOnlyList<CartLine> lines)
    {
        var items = new List<CartItem>(lines.Count);
        var (count, subtotal) = (0L, new Money(0, Currency));
        List<string>? notes = null;
        foreach (var line in lines)
        {
            items.Add(line.Show(Currency));
            if (line.Product.Retired)
            {
                (notes ??= []).Add($"{line.Product.Name} is no longer sold and not counted.");
            }
            else
            {
                count += line.Quantity;
                subtotal = subtotal.Add(new Money(line.Product.PriceMinor, Currency).Multiply(line.Quantity));
            }
        }

        return new CartSnapshot(Id, Version, Currency.Code, items, count, subtotal.ToDecimal(), notes);
    }
}
