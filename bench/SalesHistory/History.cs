using System.Globalization;
using System.Text;

namespace Cartwright.Bench.SalesHistory;

/// <summary>Three years of orders of 5,000 products, one to five lines each, as CSV on standard output; the same every time.</summary>
internal static class History
{
    public const int Products = 5_000;
    public const int Days = 1_095;
    public static readonly DateOnly First = new(2023, 1, 1);

    public static int Catalog()
    {
        var products = Enumerable.Range(0, Products)
            .Select(i => $$"""{"id":"product-{{i}}","name":"Product {{i}}","price":"{{1 + (i % 90)}}.99","description":"One of many."}""");
        Console.WriteLine($$"""{"store":{"name":"Bench","currency":"USD","country":"US"},"facets":[],"products":[{{string.Join(",\n", products)}}]}""");
        return 0;
    }

    public static int Make(long lines)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 20);
        output.WriteLine("order_id,time,product_id,quantity,unit_price,currency,country");
        var random = new Random(1);
        var seconds = Days * 86_400L;
        for (long line = 0, order = 0; line < lines; order++)
        {
            // Ascending, as a shop's export is.
            var time = First.ToDateTime(TimeOnly.MinValue).AddSeconds(line * seconds / lines);
            for (var left = Math.Min(1 + random.Next(5), lines - line); left > 0; left--, line++)
            {
                var product = random.Next(Products);
                output.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100_000_000 + order},{time:yyyy-MM-ddTHH:mm:ss}Z,product-{product},{1 + random.Next(3)},{1 + (product % 90)}.99,USD,US\n"));
            }
        }

        return 0;
    }
}
