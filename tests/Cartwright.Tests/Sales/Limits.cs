using System.Globalization;
using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Sales;

/// <summary>Answers stay small however much was sold (<see cref="MerchantShop.Call(string, string)"/> measures each).</summary>
public sealed class Limits
{
    [Fact]
    public async Task A_year_of_5000_products_in_three_currencies_fits_into_every_answer()
    {
        var products = Enumerable.Range(0, 5000).Select(i => Sample.Product(
            $"product-with-a-long-id-{i}", $"Große Pflanze „Nummer {i}“ für drinnen und draußen, im Übertopf", "10.00", category: $"Kategorie {i % 150}, mit einem langen Namen"));
        var catalog = Sample.Catalog(products);
        catalog["facets"] = new JsonArray();
        await using var shop = await MerchantShop.Start(catalog);
        var day = new DateTime(2025, 3, 2, 17, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < 364; i++, day = day.AddDays(1))
        {
            var lines = Enumerable.Range(0, 14).Select(line => ($"product-with-a-long-id-{((i * 14) + line) % 5000}", 123_456L + line, 7L)).ToArray();
            foreach (var currency in new[] { "USD", "EUR", "JPY" })
            {
                await shop.Sell($"order-{i:000}-{currency}", day.ToString("o", CultureInfo.InvariantCulture), currency, lines);
            }
        }

        var report = await shop.Data("sales_report", "2025-03-02", "2026-02-28");
        Assert.Equal([364, 364, 364], report["totals"]!.AsArray().Select(total => (int)total!["orders"]!));
        Assert.Contains("fit", report["notes"]!.ToJsonString(), StringComparison.Ordinal);
        foreach (var start in new[] { "2016-03-01", "2025-01-26", "2025-03-02", "2025-12-29", "2026-01-01", "2026-02-28" })
        {
            var between = await shop.Data("sales_between", start, "2026-02-28");
            Assert.Equal(3, between["totals"]!.AsArray().Count);
            Assert.NotEmpty(between["rows"]!.AsArray());
            await shop.Data("sales_report", start, "2026-02-28");
        }

        var top = await shop.Data("top_products", """{"n":100,"date_start":"2025-03-02"}""");
        Assert.InRange(top["rows"]!.AsArray().Count, 20, 300);
        Assert.Contains("do not fit", top["notes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(3, top["rows"]!.AsArray().Select(row => (string)row!["currency"]!).Distinct().Count());
        var found = await shop.Data("find_products", """{"query":"Pflanze","date_start":"2025-03-02"}""");
        Assert.Contains("More products match", found["notes"]!.ToJsonString(), StringComparison.Ordinal);
        await using var client = await shop.Connect();
        var facts = (ModelContextProtocol.Protocol.TextResourceContents)(await client.ReadResourceAsync("shop://facts")).Contents[0];
        Assert.InRange(facts.Text.Length, 1, 16 * 1024);
    }
}
