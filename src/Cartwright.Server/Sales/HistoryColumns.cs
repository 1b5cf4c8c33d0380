namespace Cartwright.Server.Sales;

/// <summary>
/// How a file of history is read: the names of its columns, where they are not the usual ones (null), the separator where it is not to be
/// guessed, and whether decimals come after a comma.
/// </summary>
internal sealed record HistoryColumns
{
    public string? OrderId { get; init; }

    public string? Time { get; init; }

    public string? ProductId { get; init; }

    public string? Product { get; init; }

    public string? Quantity { get; init; }

    public string? UnitPrice { get; init; }

    public string? Currency { get; init; }

    public string? Category { get; init; }

    public string? Country { get; init; }

    public char? Delimiter { get; init; }

    public bool DecimalComma { get; init; }

    /// <summary>Where the columns are in a header; or which are missing.</summary>
    public Result<HistoryPositions> Find(IReadOnlyList<string> header)
    {
        var missing = new List<string>();
        var keys = header.Select(Key).ToList();
        int Position(string? name, bool isRequired, params ReadOnlySpan<string> usual)
        {
            if (name is not null)
            {
                // By its exact name first: two may differ in case only.
                var exact = header.ToList().IndexOf(name);
                var at = exact >= 0 ? exact : keys.IndexOf(Key(name));
                if (at < 0)
                {
                    missing.Add($"\"{name}\"");
                }

                return at;
            }

            foreach (var guess in usual)
            {
                if (keys.IndexOf(guess) is >= 0 and var at)
                {
                    return at;
                }
            }

            if (isRequired)
            {
                missing.Add($"{usual[0]} (or name it with --{usual[0].Replace('_', '-')})");
            }

            return -1;
        }

        var positions = new HistoryPositions(
            Position(OrderId, true, "order_id", "order"),
            Position(Time, true, "time", "date", "paid_at", "created_at"),
            Position(ProductId, false, "product_id", "sku"),
            Position(Product, false, "product", "product_name", "name"),
            Position(Quantity, true, "quantity", "qty"),
            Position(UnitPrice, true, "unit_price", "price"),
            Position(Currency, false, "currency"),
            Position(Category, false, "category"),
            Position(Country, false, "country"));
        if (positions.ProductId < 0 && positions.Product < 0 && ProductId is null && Product is null)
        {
            missing.Add("product_id or product (or name one with --product-id or --product)");
        }

        return missing.Count == 0
            ? positions
            : Problem.Invalid($"The file has no column {string.Join(", no column ", missing)}; its first line has: {string.Join(", ", header)}");
    }

    /// <summary>"Order ID" and "order-id" are order_id.</summary>
    private static string Key(string name) => string.Join('_', name.Split([' ', '_', '-'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}

/// <summary>Where a file has what, from 0; -1: nowhere.</summary>
internal sealed record HistoryPositions(
    int OrderId, int Time, int ProductId, int Product, int Quantity, int UnitPrice, int Currency, int Category, int Country);
