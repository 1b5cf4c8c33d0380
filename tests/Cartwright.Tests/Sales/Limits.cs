using System.Globalization;
using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Sales;

/// <summary>Answers stay small however much was sold (<see cref="MerchantShop.Call(string, string)"/> measures each).</summary>
public sealed class Limits
{
    [Fact]
    public async Task Of_many_currencies_the_same_ones_are_in_totals_and_rows_and_the_others_are_named()
    {
        const string codes = "AED ALL AMD AOA ARS AUD AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ETB EUR FJD GBP GEL GHS GIP GMD USD ZMW";
        await using var shop = await MerchantShop.Start();
        foreach (var code in codes.Split(' '))
        {
            for (var i = 0; i < (code == "ZMW" ? 2 : 1); i++)
            {
                await shop.Sell($"order-{code}-{i}", "2026-02-10T15:00Z", code, ("fern", 950, 1), ("aloe-vera", 1499, 1));
            }
        }

        foreach (var start in new[] { "2026-02-10", "2016-03-01" })
        {
            foreach (var tool in new[] { "sales_report", "sales_between", "top_products" })
            {
                var answer = await shop.Data(tool, start, "2026-02-10");
                var shown = answer["totals"]!.AsArray().Select(total => (string)total!["currency"]!).ToList();
                Assert.Equal(shown.Order(), answer["rows"]!.AsArray().Select(row => (string)row!["currency"]!).Distinct().Order());
                Assert.Contains("USD", shown);
                Assert.Contains("ZMW", shown);
                var notes = answer["notes"]?.ToJsonString() ?? "";
                Assert.All(codes.Split(' ').Except(shown), code => Assert.Contains(code, notes, StringComparison.Ordinal));
                Assert.True(start != answer["date_end"]!.ToString() || !notes.Contains("shorter", StringComparison.Ordinal), notes);
                Assert.True(tool != "sales_report" || shown.Count is > 3 and < 41, $"{shown.Count} currencies");
            }
        }
    }

    [Theory]
    [InlineData("2026-02-10", 60)]
    [InlineData("2026-02-09", 60)]
    [InlineData("2026-02-10", 41)]
    public async Task Categories_that_do_not_fit_are_summed_up(string start, int count)
    {
        var catalog = Sample.Catalog(Enumerable.Range(0, count).Select(i => Sample.Product($"p-{i}", $"Product {i}", "10.00", category: $"Category {i:00}")));
        catalog["facets"] = new JsonArray();
        await using var shop = await MerchantShop.Start(catalog);
        await shop.Sell("order-aa", "2026-02-10T15:00Z", "USD", [.. Enumerable.Range(0, count).Select(i => ($"p-{i}", 10_000L - i, 1L))]);
        var report = await shop.Data("sales_report", start, "2026-02-10");
        var categories = report["by_category"]!.AsArray();
        Assert.InRange(categories.Count, 10, 40);
        Assert.Equal("Category 00", (string)categories[0]!["category"]!);
        var others = categories[^1]!;
        Assert.Equal(("(other categories)", count + 1 - categories.Count), ((string)others["category"]!, (int)others["products"]!));
        Assert.Equal((decimal)report["totals"]![0]!["net"]!, categories.Sum(row => (decimal)row!["net"]!));
        var notes = report["notes"]!.ToJsonString();
        Assert.Contains($"the {count + 1 - categories.Count} smallest categories", notes, StringComparison.Ordinal);
        Assert.Equal(start != "2026-02-10", notes.Contains("shorter period", StringComparison.Ordinal));
        Assert.NotEmpty((await shop.Data("find_products", $$"""{"query":"Category {{count - 1}}"}"""))["rows"]!.AsArray());
    }

    [Fact]
    public async Task Products_that_do_not_fit_are_got_with_an_offset()
    {
        await using var shop = await MerchantShop.Start(Sample.Catalog(Enumerable.Range(0, 150).Select(i => Sample.Product($"p-{i}", $"A product with the number {i}", "10.00"))));
        await shop.Sell("order-aa", "2026-02-10T15:00Z", "USD", [.. Enumerable.Range(0, 150).Select(i => ($"p-{i}", 10_000L - i, 1L))]);
        var seen = new List<string>();
        for (var page = 0; page < 5; page++)
        {
            var answer = await shop.Data("top_products", $$"""{"n":100,"offset":{{seen.Count}}}""");
            seen.AddRange(answer["rows"]!.AsArray().Select(row => (string)row!["product_id"]!));
            if (answer["notes"] is not { } notes)
            {
                break;
            }

            Assert.Contains($"offset {seen.Count}", notes.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"p-{i}"), seen);
    }

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
