using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Sales;

/// <summary>Every figure on sales whose results were worked out by hand.</summary>
public sealed class Figures
{
    [Fact]
    public async Task A_report_has_every_figure_of_each_currency()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await shop.RefundFebruary();
        var report = await shop.Data("sales_report", "2026-02-01", "2026-02-28");

        Same(
            """
            {"currency":"USD","orders":3,"units":8,"gross":112.47,"refunds":10.00,"net":102.47,
             "average_order_value":37.49,"units_per_order":2.67,"distinct_products":3,"days_with_sales":2,
             "best_day":{"date":"2026-02-10","net":74.47},"worst_day":{"date":"2026-02-21","net":-10.00},
             "previous":{"date_start":"2026-01-04","date_end":"2026-01-31","orders":1,"units":1,"gross":14.99,"refunds":0.00,"net":14.99,"average_order_value":14.99},
             "change_percent":{"orders":200,"units":700,"gross":650.3,"net":583.6,"average_order_value":150.1}}
            """,
            report["totals"]![0]);
        Same(
            """
            {"currency":"EUR","orders":1,"units":1,"gross":13.00,"refunds":0.00,"net":13.00,
             "average_order_value":13.00,"units_per_order":1,"distinct_products":1,"days_with_sales":1,
             "best_day":{"date":"2026-02-12","net":13.00},"worst_day":{"date":"2026-02-12","net":13.00},
             "previous":{"date_start":"2026-01-04","date_end":"2026-01-31","orders":0,"units":0,"gross":0.00,"refunds":0.00,"net":0.00},
             "change_percent":{}}
            """,
            report["totals"]![1]);
        Same(
            """
            [{"category":"Essentials","currency":"USD","products":2,"units":6,"gross":82.49,"refunds":2.41,"net":80.08,"gross_share_percent":73.3},
             {"category":"Top Rated","currency":"USD","products":1,"units":2,"gross":29.98,"refunds":7.59,"net":22.39,"gross_share_percent":26.7},
             {"category":"Top Rated","currency":"EUR","products":1,"units":1,"gross":13.00,"refunds":0.00,"net":13.00,"gross_share_percent":100}]
            """,
            report["by_category"]);
        Assert.Equal("day", (string?)report["granularity"]);
        Assert.Equal((56, 56), ((int)report["row_count"]!, report["rows"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_refund_counts_on_its_own_day_and_takes_no_order_away()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        var before = await shop.Data("sales_between", "2026-02-10", "2026-02-21");
        await shop.RefundFebruary();
        var after = await shop.Data("sales_between", "2026-02-10", "2026-02-21");

        Same("""{"currency":"USD","orders":3,"units":8,"gross":112.47,"refunds":0.00,"net":112.47}""", before["totals"]![0]);
        Same("""{"currency":"USD","orders":3,"units":8,"gross":112.47,"refunds":10.00,"net":102.47}""", after["totals"]![0]);
        Same("""{"start":"2026-02-10","currency":"USD","orders":2,"units":4,"gross":74.47,"refunds":0.00,"net":74.47}""", Row(after, "2026-02-10"));
        Same("""{"start":"2026-02-21","currency":"USD","orders":0,"units":0,"gross":0.00,"refunds":10.00,"net":-10.00}""", Row(after, "2026-02-21"));
        Same("""{"start":"2026-02-11","currency":"USD","orders":0,"units":0,"gross":0.00,"refunds":0.00,"net":0.00}""", Row(after, "2026-02-11"));
        Same("""{"start":"2026-02-12","currency":"EUR","orders":1,"units":1,"gross":13.00,"refunds":0.00,"net":13.00}""", Row(after, "2026-02-12", "EUR"));
    }

    [Fact]
    public async Task Top_products_are_ranked_by_net_in_each_currency()
    {
        await using var shop = await MerchantShop.Start(change: settings => settings with { TopCount = 1 });
        await shop.SellFebruary();
        await shop.RefundFebruary();
        var top = await shop.Data("top_products", """{"n":2,"date_start":"2026-02-01","date_end":"2026-02-28"}""");
        Same(
            """
            [{"rank":1,"product_id":"fern","name":"Boston Fern","category":"Essentials","currency":"USD","orders":2,"units":5,"gross":47.50,"refunds":2.41,"net":45.09},
             {"rank":2,"product_id":"monstera","name":"Monstera","category":"Essentials","currency":"USD","orders":1,"units":1,"gross":34.99,"refunds":0.00,"net":34.99},
             {"rank":1,"product_id":"aloe-vera","name":"Aloe Vera","category":"Top Rated","currency":"EUR","orders":1,"units":1,"gross":13.00,"refunds":0.00,"net":13.00}]
            """,
            top["rows"]);
        Same("""[{"currency":"USD","products":3,"units":8,"net":102.47},{"currency":"EUR","products":1,"units":1,"net":13.00}]""", top["totals"]);

        // Left out: the shop's number, and the last 30 days.
        var usual = await shop.Data("top_products", "{}");
        Assert.Equal(("2026-01-31", "2026-03-01", 30), ((string)usual["date_start"]!, (string)usual["date_end"]!, (int)usual["days"]!));
        Assert.Equal(["fern", "aloe-vera"], usual["rows"]!.AsArray().Select(row => (string)row!["product_id"]!));
    }

    [Fact]
    public async Task Refunds_of_products_that_sold_nothing_count_in_the_totals_of_the_best_products()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await shop.RefundFebruary();
        var top = await shop.Data("top_products", "2026-02-21", "2026-02-21");
        Same("""[{"currency":"USD","products":0,"units":0,"net":-10.00}]""", top["totals"]);
        Assert.Empty(top["rows"]!.AsArray());
    }

    [Fact]
    public async Task Every_product_can_be_reached_from_the_best_ones_on()
    {
        await using var shop = await MerchantShop.Start(change: settings => settings with { TopCount = 1 });
        await shop.SellFebruary();
        var first = await shop.Call("top_products", "{}");
        Assert.Contains("1 of 3 products of USD", first.Text(), StringComparison.Ordinal);
        Assert.Contains("n up to 100", first.Data()["notes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("offset 1", first.Data()["notes"]!.ToJsonString(), StringComparison.Ordinal);

        var rest = await shop.Data("top_products", """{"n":2,"offset":1}""");
        Assert.Equal(["2 monstera", "3 aloe-vera"], rest["rows"]!.AsArray().Select(row => $"{row!["rank"]} {row["product_id"]}"));
        Assert.Null(rest["notes"]);
        Assert.Contains("offset 9 is behind the last of 3 products", (await shop.Call("top_products", """{"offset":9}""")).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_says_whether_sample_history_counts_in_its_own_days()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await shop.Database.Write<int>(async session => await session.Execute($"update sales_day set book = 2 where day = {new DateOnly(2026, 1, 25).DayNumber}"));
        foreach (var (tool, start, end, counts) in new[]
        {
            ("sales_between", "2026-02-01", "2026-02-28", false),
            ("sales_between", "2026-01-25", "2026-02-28", true),
            ("top_products", "2026-02-01", "2026-02-28", false),
            ("top_products", "2026-01-01", "2026-02-28", true),
            ("sales_report", "2026-02-20", "2026-02-21", false),
            ("sales_report", "2026-02-01", "2026-02-28", true),
        })
        {
            var result = await shop.Call(tool, start, end);
            Assert.Equal(counts, (bool)result.Data()["includes_sample"]!);
            Assert.Equal(counts, result.Text().Contains("Sample history counts", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("fern", "fern")]
    [InlineData("Boston", "fern")]
    [InlineData("bston fern", "fern")]
    [InlineData("monstrea", "monstera")]
    public async Task Products_are_found_with_what_they_sold(string query, string id)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        var found = await shop.Data("find_products", $$"""{"query":"{{query}}","date_start":"2026-02-01","date_end":"2026-02-28"}""");
        var row = found["rows"]![0]!;
        Assert.Equal((id, true), ((string)row["product_id"]!, (bool)row["in_catalog"]!));
        Assert.Equal(id == "fern" ? 47.50m : 34.99m, (decimal)row["sold"]![0]!["net"]!);
    }

    [Fact]
    public async Task A_day_ends_at_midnight_of_the_shop()
    {
        foreach (var (zone, day) in new[] { ("America/New_York", "2026-02-10"), ("UTC", "2026-02-11"), ("Pacific/Kiritimati", "2026-02-11") })
        {
            await using var shop = await MerchantShop.Start(zone: zone);
            await shop.Sell("order-bb", "2026-02-11T04:30Z", "USD", ("monstera", 3499, 1));
            Assert.Equal(1, (int)(await shop.Data("sales_between", day, day))["totals"]![0]!["orders"]!);
        }
    }

    [Fact]
    public async Task Amounts_have_the_places_of_their_currency()
    {
        await using var shop = await MerchantShop.Start(Sample.Catalog([Sample.Product("tea", "Tea", "100")], "JPY"));
        await shop.Sell("order-aa", "2026-02-10T15:00Z", "JPY", ("tea", 100, 1));
        await shop.Sell("order-bb", "2026-02-10T15:00Z", "JPY", ("tea", 101, 1));
        await shop.Sell("order-cc", "2026-02-10T15:00Z", "KWD", ("tea", 1500, 1));
        var report = await shop.Data("sales_report", "2026-02-10", "2026-02-10");
        Assert.Equal("201", report["totals"]![0]!["gross"]!.ToJsonString());
        Assert.Equal("101", report["totals"]![0]!["average_order_value"]!.ToJsonString());
        Assert.Equal("1.500", report["totals"]![1]!["gross"]!.ToJsonString());
    }

    [Theory]
    [InlineData("sales_between")]
    [InlineData("sales_report")]
    public async Task An_empty_period_has_zeros_in_the_currency_of_the_shop(string tool)
    {
        await using var shop = await MerchantShop.Start(Sample.Catalog(Sample.Plants(), "EUR"));
        var answer = await shop.Data(tool, "2026-02-01", "2026-02-03");
        var total = Assert.Single(answer["totals"]!.AsArray())!;
        Assert.Equal(("EUR", 0, "0.00"), ((string)total["currency"]!, (int)total["orders"]!, total["net"]!.ToJsonString()));
        Assert.Equal(["2026-02-01", "2026-02-02", "2026-02-03"], answer["rows"]!.AsArray().Select(row => (string)row!["start"]!));
        Assert.Empty((await shop.Data("top_products", "2026-02-01", "2026-02-03"))["rows"]!.AsArray());
        Assert.Contains("Nothing was sold", (await shop.Call("top_products", "{}")).Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2025-12-30", "2026-03-01", "day", 62)]
    [InlineData("2025-12-29", "2026-03-01", "week", 9)]
    [InlineData("2025-01-26", "2026-03-01", "week", 58)]
    [InlineData("2025-01-25", "2026-03-01", "month", 15)]
    [InlineData("2016-03-01", "2026-03-01", "month", 121)]
    public async Task Long_periods_have_rows_of_weeks_and_months_that_cover_every_day_once(string start, string end, string granularity, int rows)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await shop.Sell("order-ff", "2026-03-01T11:00Z", "USD", ("fern", 950, 1));
        var answer = await shop.Data("sales_between", start, end);
        Assert.Equal(granularity, (string?)answer["granularity"]);
        var own = answer["rows"]!.AsArray().Where(row => (string?)row!["currency"] == "USD").ToList();

        // The longest are cut from the front, and say so.
        Assert.Equal(own.Count == rows, answer["notes"]?.ToJsonString().Contains("Only the last", StringComparison.Ordinal) != true);
        Assert.Equal(end, (string)(own[^1]!["end"] ?? own[^1]!["start"])!);
        var days = own.Select(row => (From: DateOnly.Parse((string)row!["start"]!), To: DateOnly.Parse((string)(row["end"] ?? row["start"])!))).ToList();
        Assert.All(days.Zip(days.Skip(1)), pair => Assert.Equal(pair.First.To.AddDays(1), pair.Second.From));
        if (own.Count == rows)
        {
            Assert.Equal(start, (string)own[0]!["start"]!);
            Assert.Equal((decimal)answer["totals"]![0]!["net"]!, own.Sum(row => (decimal)row!["net"]!));
        }
    }

    [Fact]
    public async Task Every_answer_says_what_it_covers()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        foreach (var (tool, arguments) in new[]
        {
            ("sales_between", """{"date_start":"2026-02-10","date_end":"today"}"""),
            ("sales_report", """{"date_start":"2026-02-10","date_end":"Today"}"""),
            ("top_products", """{"date_start":"2026-02-10"}"""),
            ("find_products", """{"query":"fern","date_start":"2026-02-10"}"""),
        })
        {
            var result = await shop.Call(tool, arguments);
            var answer = result.Data();
            Assert.Equal(
                ("2026-02-10", "2026-03-01", 20, "America/New_York", "1"),
                ((string)answer["date_start"]!, (string)answer["date_end"]!, (int)answer["days"]!, (string)answer["time_zone"]!, (string)answer["definition_version"]!));
            Assert.Equal(answer["rows"]!.AsArray().Count, (int)answer["row_count"]!);
            Assert.False((bool)answer["includes_simulated"]!);
            Assert.False((bool)answer["includes_sample"]!);
            Assert.Contains("2026-02-10 to 2026-03-01 (20 days, America/New_York)", result.Text(), StringComparison.Ordinal);
            Assert.Contains("definitions version 1", result.Text(), StringComparison.Ordinal);
        }
    }

    private static JsonNode? Row(JsonNode answer, string start, string currency = "USD") =>
        answer["rows"]!.AsArray().Single(row => (string?)row!["start"] == start && (string?)row["currency"] == currency);

    private static void Same(string expected, JsonNode? actual) => Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual!.ToJsonString());
}
