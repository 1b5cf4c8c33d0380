using System.Text;
using Cartwright.Server.Sales;

namespace Cartwright.Tests.Sales;

/// <summary>What files of history may look like, and what comes of them.</summary>
public sealed class LoadingHistory
{
    private const string Head = "order_id,time,product_id,quantity,unit_price";

    [Theory]
    [InlineData("order_id,time,product_id,quantity,unit_price\na,2025-11-30,fern,2,9.50\n")]
    [InlineData("order_id,time,product_id,quantity,unit_price\r\na,2025-11-30,fern,2,9.50")]
    [InlineData("\uFEFForder_id;time;product_id;quantity;unit_price\r\n\r\na;2025-11-30;fern;2;9.50\r\n\r\n")]
    [InlineData("\"Order ID\"\t\"Date\"\t\"SKU\"\t\"Qty\"\t\"Unit Price\"\n\"a\"\t\"2025-11-30\"\t\"fern\"\t\"2\"\t\"9.50\"\n")]
    [InlineData("order_id|time|product_id|quantity|unit_price\n a | 2025-11-30T23:59:59Z |fern | 2.0 | 9.5000 \n")]
    [InlineData("note,unit_price,quantity,product_id,time,order_id\n\"two\nlines, \"\"quoted\"\"\",9.5,2,fern,2025-11-30 12:00,a\n")]
    [InlineData("order_id,time,product,quantity,unit_price,currency,country,category\na,2025-11-30T10:00:00.123+01:00,  boston   FERN ,2,9.50,USD,DE,\n")]
    public async Task Files_of_every_dialect_are_understood(string csv)
    {
        await using var shop = await SalesShop.Open();
        var outcome = await shop.Load(csv);
        Assert.Empty(shop.Refusals);
        Assert.Equal((1, 1, true), (outcome.After.Orders, outcome.After.Lines, outcome.IsComplete));
        Assert.Equal("2025-11-30 USD 1 2 1900 0", await shop.Days());
        Assert.Equal("fern USD 1 2 1900 0", await shop.Products());
    }

    [Fact]
    public async Task UTF_16_columns_of_any_name_and_commas_before_decimals_are_understood_when_they_are_named()
    {
        await using var shop = await SalesShop.Open(currency: "EUR");
        byte[] file = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("Nr;Datum;Artikel;Anzahl;Preis\n1;2025-11-30;fern;2;9,50\n")];
        await shop.LoadBytes(file, new HistoryColumns
        {
            OrderId = "Nr",
            Time = "datum",
            ProductId = "Artikel",
            Quantity = "Anzahl",
            UnitPrice = "Preis",
            DecimalComma = true,
        });
        Assert.Empty(shop.Refusals);
        Assert.Equal("2025-11-30 EUR 1 2 1900 0", await shop.Days());
    }

    [Theory]
    [InlineData(",2025-11-30,fern,1,1", "has no order id")]
    [InlineData("a,30.11.2025,fern,1,1", "\"30.11.2025\" is not a time")]
    [InlineData("a,2025-02-29,fern,1,1", "is not a time")]
    [InlineData("a,2025-11-30T24:00,fern,1,1", "is not a time")]
    [InlineData("a,2025-11-30T10:00+15:00,fern,1,1", "is not a time")]
    [InlineData("a,2031-11-30,fern,1,1", "is in the future")]
    [InlineData("a,1931-11-30,fern,1,1", "is before 1970")]
    [InlineData("a,2025-11-30,,1,1", "names no product")]
    [InlineData("a,2025-11-30,fern,0,1", "is not a quantity")]
    [InlineData("a,2025-11-30,fern,-1,1", "is not a quantity")]
    [InlineData("a,2025-11-30,fern,1.5,1", "is not a quantity")]
    [InlineData("a,2025-11-30,fern,1,-1", "is below zero")]
    [InlineData("a,2025-11-30,fern,1,1.999", "has more decimals than USD allows")]
    [InlineData("a,2025-11-30,fern,1,\"1,99\"", "--decimal-comma")]
    [InlineData("a,2025-11-30,fern,1000000,9000000.00", "is too large an amount")]
    [InlineData("a,2025-11-30,fern", "has 3 fields, fewer than the first line")]
    [InlineData("a,2025-11-30,fe\"rn,1,1", "a quote in the middle of a field")]
    [InlineData("a\0b,2025-11-30,fern,1,1", "the order id has a line break or control character (U+0000)")]
    [InlineData("a,2025-11-30,fe\0rn,1,1", "the product's id has a line break or control character (U+0000)")]
    [InlineData("a,2025-11-30,\"fe\nrn\",1,1", "the product's id has a line break or control character (U+000A)")]
    [InlineData("a,2025-11-30,fern,1\u001b[2J,1", "\"1\uFFFD[2J\" is not a quantity")]
    [InlineData("a,2026-03-02,fern,1,1", "is in the future")]
    [InlineData("a,2026-03-02T00:00Z,fern,1,1", "is in the future")]
    public async Task A_row_that_is_wrong_is_refused_with_its_line_and_a_reason_and_the_others_are_loaded(string row, string reason)
    {
        await using var shop = await SalesShop.Open();
        var outcome = await shop.Load($"{Head}\nfirst,2025-11-29,fern,1,1\n\n{row}\nlast,2025-11-29,fern,1,1\n");
        var refusal = Assert.Single(shop.Refusals);
        Assert.Equal(4, refusal.Line);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.Equal((2, 1), (outcome.After.Orders, outcome.After.Refused));
        Assert.Equal("2025-11-29 USD 2 2 200 0", await shop.Days());
    }

    [Theory]
    [InlineData("fern,\"two\nlines\",trees", "the product's name has a line break or control character (U+000A)")]
    [InlineData(",two\u2028lines,trees", "the product's name has a line break or control character (U+2028)")]
    [InlineData("fern,Fern,tr\0ees", "the category has a line break or control character (U+0000)")]
    public async Task A_name_or_category_of_more_than_one_line_or_with_a_NUL_is_refused(string product, string reason)
    {
        await using var shop = await SalesShop.Open();
        const string Names = "order_id,time,quantity,unit_price,product_id,product,category";
        var outcome = await shop.Load($"{Names}\na,2025-11-30,1,1,fern,Fern,Green\nb,2025-11-30,1,1,{product}\n");
        var refusal = Assert.Single(shop.Refusals);
        Assert.Equal(3, refusal.Line);
        Assert.StartsWith(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(1, outcome.After.Orders);
    }

    [Theory]
    [InlineData("Pacific/Kiritimati", "2026-03-02", "2026-03-03")]
    [InlineData("Pacific/Pago_Pago", "2026-03-01", "2026-03-02")]
    public async Task What_is_in_the_future_depends_on_the_shops_day(string zone, string today, string tomorrow)
    {
        await using var shop = await SalesShop.Open(zone);
        await shop.Load($"{Head}\na,{today},fern,1,1\nb,{today}T23:59,fern,1,1\nc,{tomorrow},fern,1,1\n");
        Assert.Equal([4], shop.Refusals.Select(refusal => refusal.Line));
        Assert.Equal($"{today} USD 2 2 200 0", await shop.Days());
    }

    [Theory]
    [InlineData("order_id,time,product,quantity,unit_price\na,2025-11-30,fern,1,1\nb,2025-11-30,Caf\u00e9 plant,1,1\n", 28591, "line 3")]
    [InlineData("order_id,time,Gr\u00f6\u00dfe,quantity,unit_price\n", 28591, "line 1")]
    [InlineData("order_id,time,product,quantity,unit_price\na,2025-11-30,fern,1,1\n", 1200, "line 1")]
    public async Task A_file_that_is_not_UTF_8_is_refused_whole_with_how_to_convert_it(string csv, int encoding, string line)
    {
        await using var shop = await SalesShop.Open();
        var problem = await shop.Refuses(Encoding.GetEncoding(encoding).GetBytes(csv));
        Assert.Contains(line, problem.Advice, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", problem.Advice, StringComparison.Ordinal);
        Assert.Contains("iconv -f", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_character_of_several_bytes_may_lie_across_the_pieces_a_file_is_read_in()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load($"{Head},note\n{string.Concat(Enumerable.Range(0, 9000).Select(i => $"a{i},2025-11-30,fern,1,1,{new string('x', i % 3)}\u20ac\U0001F33F\n"))}");
        Assert.Empty(shop.Refusals);
    }

    [Fact]
    public async Task An_order_has_one_currency_and_a_wrong_country_or_currency_is_refused()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load(
            $"{Head},currency,country\na,2025-11-30,fern,1,1,EUR,DE\na,2025-11-30,fern,1,1,USD,DE\nb,2025-11-30,fern,1,1,eur,DE\nc,2025-11-30,fern,1,1,EUR,Germany\n");
        Assert.Equal([3, 4, 5], shop.Refusals.Select(refusal => refusal.Line).Order());
        Assert.Equal("2025-11-30 EUR 1 1 100 0", await shop.Days());
    }

    [Fact]
    public async Task A_file_without_its_columns_is_refused_whole_and_says_which_there_are()
    {
        await using var shop = await SalesShop.Open();
        var problem = await shop.Refuses("id,when,what\n1,2,3\n");
        Assert.Contains("no column order_id (or name it with --order-id)", problem.Advice, StringComparison.Ordinal);
        Assert.Contains("id, when, what", problem.Advice, StringComparison.Ordinal);
        Assert.Contains("empty", (await shop.Refuses("")).Advice, StringComparison.Ordinal);
        Assert.Contains("\"nummer\"", (await shop.Refuses($"{Head}\n", new HistoryColumns { OrderId = "nummer" })).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_file_twice_changes_nothing_and_of_another_one_known_orders_are_skipped()
    {
        await using var shop = await SalesShop.Open();
        var csv = $"{Head}\na,2025-11-30,fern,1,1\nb,2025-11-30,fern,1,1\nb,2025-11-30,monstera,1,5\n";
        Assert.True((await shop.Load(csv)).IsNew);
        var (days, products) = (await shop.Days(), await shop.Products());
        var again = await shop.Load(csv);
        Assert.Equal((false, 2), (again.IsNew, again.After.Orders));
        Assert.Equal((days, products), (await shop.Days(), await shop.Products()));

        var more = await shop.Load($"{csv}c,2025-12-01,fern,1,1\n");
        Assert.Equal((true, 1, 2), (more.IsNew, more.After.Orders, more.After.SkippedOrders));
        Assert.Equal($"{days}\n2025-12-01 USD 1 1 100 0", await shop.Days());
        Assert.Empty(await shop.Ledger.Check());
    }

    [Fact]
    public async Task Refusals_are_told_again_when_a_load_goes_on_and_when_it_was_done_before()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load($"{Head},currency\nknown,2025-11-30,fern,1,1,USD\n");
        var csv = $"{Head},currency\na,2025-11-30,fern,1,1,USD\na,2025-11-30,fern,x,1,USD\na,2025-11-30,fern,1,1,EUR\nknown,2025-11-30,fern,1,1,EUR\n"
            + "b,2025-11-30,fern,1,1,EUR\na,2025-11-30,fern,1,1,EUR\nc,2026-03-02,fern,1,1,EUR\nd,2025-11-30,fern,1,1,USD\n";
        Assert.False((await shop.Load(csv, chunk: 2, stopAfter: 2)).IsComplete);
        Assert.Equal([3, 4], shop.Refusals.Select(refusal => refusal.Line));

        shop.Refusals.Clear();
        Assert.Equal((true, 4), ((await shop.Load(csv, chunk: 1)) is var rest && rest.IsComplete, rest.After.Refused));
        var all = shop.Refusals.ToList();
        Assert.Equal([3, 4, 7, 8], all.Select(refusal => refusal.Line));
        var days = await shop.Days();

        // What lay in the future then was not loaded, and is not by waiting.
        shop.Time.Pass(TimeSpan.FromDays(3));
        shop.Refusals.Clear();
        Assert.False((await shop.Load(csv)).IsNew);
        Assert.Equal(all, shop.Refusals);
        Assert.Equal(days, await shop.Days());
    }

    [Fact]
    public async Task A_name_is_the_product_that_had_it_first_also_when_the_load_was_stopped_between()
    {
        const string Rows = "order_id,time,product_id,product,quantity,unit_price\nbad,2024-01-01,X-0,Foo Tree,x,1\n0,2024-01-01,X-1,Foo Tree,1,1\n"
            + "1,2024-01-02,X-1,Bar Tree,1,1\n2,2024-01-02,X-2,Foo Tree,1,1\n3,2024-01-02,fern,Baz,1,1\n4,2024-01-03,,Foo Tree,1,7\n5,2024-01-03,,Bar Tree,1,8\n6,2024-01-03,,Baz,1,9\n";
        const string Expected = "X-1 USD 3 3 900 0\nX-2 USD 1 1 100 0\nbar-tree USD 1 1 800 0\nfern USD 2 2 1000 0";
        for (var stop = 1; stop <= 8; stop++)
        {
            await using var shop = await SalesShop.Open();
            await shop.Load(Rows, chunk: 1, stopAfter: stop);
            await shop.Load(Rows, chunk: 1);
            Assert.Equal(Expected, await shop.Products());
        }
    }

    [Fact]
    public async Task Products_by_name_alone_are_the_catalogues_where_it_has_them_and_else_their_own_also_in_the_next_file()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load("order_id,time,product,quantity,unit_price\na,2025-11-30,Aloe vera,1,1\na,2025-11-30,Old Oak!,1,1\na,2025-11-30,old-oak,1,1\n");
        await shop.Load("order_id,time,product,quantity,unit_price\nb,2025-11-30,OLD  OAK!,1,1\n");
        Assert.Equal("aloe-vera USD 1 1 100 0\nold-oak USD 2 2 200 0\nold-oak-2 USD 1 1 100 0", await shop.Products());
    }

    [Theory]
    [InlineData("UTC", "2025-03-09T06:59:59Z", "2025-03-09")]
    [InlineData("America/New_York", "2025-03-09T04:59:59Z", "2025-03-08")]
    [InlineData("America/New_York", "2025-03-09T05:00:00Z", "2025-03-09")]
    [InlineData("America/New_York", "2025-03-10T03:59:59Z", "2025-03-09")]
    [InlineData("America/New_York", "2025-03-10T04:00:00Z", "2025-03-10")]
    [InlineData("America/New_York", "2025-03-09T02:30:00", "2025-03-09")]
    [InlineData("America/New_York", "2025-11-02T01:30", "2025-11-02")]
    [InlineData("America/New_York", "2025-11-03T04:59:59Z", "2025-11-02")]
    [InlineData("Pacific/Kiritimati", "2025-12-31T09:59:59Z", "2025-12-31")]
    [InlineData("Pacific/Kiritimati", "2025-12-31T10:00:00+00:00", "2026-01-01")]
    [InlineData("Pacific/Kiritimati", "2025-12-31T00:00", "2025-12-31")]
    [InlineData("Pacific/Kiritimati", "2025-12-31", "2025-12-31")]
    public async Task A_sale_belongs_to_the_day_of_the_shops_zone(string zone, string time, string day)
    {
        await using var shop = await SalesShop.Open(zone);
        await shop.Load($"{Head}\na,{time},fern,1,1\n");
        Assert.Equal($"{day} USD 1 1 100 0", await shop.Days());
        await shop.Ledger.Rebuild();
        Assert.Equal($"{day} USD 1 1 100 0", await shop.Days());
    }

    [Fact]
    public async Task A_rebuild_moves_sales_to_the_days_of_a_new_zone_and_leaves_plain_dates_where_they_are()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load($"{Head}\na,2025-12-31T23:30:00Z,fern,1,1\nb,2025-12-31,fern,1,2\n");
        await shop.Zone("Europe/Berlin");
        Assert.Equal("2025-12-31 USD 2 2 300 0", await shop.Days());
        await shop.Ledger.Rebuild();
        Assert.Equal("2025-12-31 USD 1 1 200 0\n2026-01-01 USD 1 1 100 0", await shop.Days());
        Assert.Empty(await shop.Ledger.Check());
    }

    [Theory]
    [InlineData("Pacific/Kiritimati", "Pacific/Pago_Pago", "2025-12-30")]
    [InlineData("Pacific/Pago_Pago", "Pacific/Kiritimati", "2026-01-01")]
    public async Task A_plain_date_stays_where_it_is_in_every_zone_and_noon_does_not(string first, string second, string moved)
    {
        await using var shop = await SalesShop.Open(first);
        await shop.Load($"{Head}\na,2025-12-31,fern,1,1\nb,2025-12-31T12:00,fern,1,2\nc,2025-12-31T12:00:00.001Z,fern,1,4\n");
        await shop.Zone(second);
        await shop.Ledger.Rebuild();
        Assert.Contains("2025-12-31 USD", await shop.Days("2025-12-31", "2025-12-31"), StringComparison.Ordinal);
        var days = (await shop.Raw()).ToDictionary(row => row.Sale, row => row.Day.ToString("yyyy-MM-dd"));
        Assert.Equal(("2025-12-31", moved), (days["a"], days["b"]));
        Assert.Equal(second == "Pacific/Kiritimati" ? "2026-01-01" : "2025-12-31", days["c"]);
    }

    [Fact]
    public async Task A_sample_that_is_gone_on_with_later_has_the_refunds_that_one_made_then_has()
    {
        await using var early = await SalesShop.Open();
        await using var late = await SalesShop.Open();
        async Task<int> Seed(SalesShop shop)
        {
            var source = (await SampleHistory.Source(shop.Database, shop.Time, 1)).Value;
            Assert.True((await new SalesLoader(shop.Database, shop.Time) { Pause = TimeSpan.Zero }.Load(source)).Ok);
            return (await SampleHistory.AddRefunds(shop.Database, source, shop.Time)).Value;
        }

        Assert.Equal(0, await Seed(early));
        early.Time.Pass(TimeSpan.FromDays(20));
        late.Time.Pass(TimeSpan.FromDays(20));
        Assert.NotEqual(0, await Seed(early));
        Assert.Equal(0, await Seed(early));
        await Seed(late);
        Assert.Equal(await late.Days("2025-06-01"), await early.Days("2025-06-01"));
        Assert.Empty(await early.Ledger.Check());
    }

    [Fact]
    public async Task The_sample_is_a_year_up_to_yesterday_the_same_for_a_seed_and_can_be_removed()
    {
        await using var shop = await SalesShop.Open("America/New_York");
        await shop.Load($"{Head}\na,2025-11-30,fern,1,1\n");
        var before = (await shop.Days(), await shop.Products());
        async Task<LoadOutcome> Seed(int seed) =>
            (await new SalesLoader(shop.Database, shop.Time) { Pause = TimeSpan.Zero }.Load((await SampleHistory.Source(shop.Database, shop.Time, seed)).Value)).Value;

        var first = await Seed(1);
        Assert.InRange(first.After.Orders, 1000, 20_000);
        var facts = await shop.Book.Facts();
        Assert.Equal((true, new DateOnly(2025, 3, 1), new DateOnly(2026, 2, 28)), (facts.HasSample, facts.FirstDay, facts.LastDay));
        var year = await shop.Days();
        Assert.Equal(365, (await shop.Book.Days(SalesShop.Range("2025-03-01", "2026-02-28"))).Count);
        Assert.Contains(await shop.Book.Days(SalesShop.Range("2025-03-01", "2026-02-28")), day => day.Figures.RefundsMinor > 0);
        Assert.Empty(await shop.Ledger.Check());
        Assert.False((await Seed(1)).IsNew);
        Assert.Equal(year, await shop.Days());
        Assert.Contains("--remove", (await SampleHistory.Source(shop.Database, shop.Time, 2)).Problem!.Advice, StringComparison.Ordinal);

        shop.Time.Pass(TimeSpan.FromDays(1));
        var next = await Seed(1);
        Assert.InRange(next.After.Orders, 1, 100);
        Assert.StartsWith(year, await shop.Days(), StringComparison.Ordinal);

        Assert.Equal(first.After.Orders + next.After.Orders, (await SampleHistory.Remove(shop.Database)).Value);
        Assert.Equal(before, (await shop.Days(), await shop.Products()));
        Assert.Empty(await shop.Ledger.Check());
        await Seed(2);
        Assert.NotEqual(year, await shop.Days());
    }
}
