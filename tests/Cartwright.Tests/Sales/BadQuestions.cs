using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Sales;

/// <summary>What cannot be answered gets advice, and nothing of the inside.</summary>
public sealed class BadQuestions
{
    [Theory]
    [InlineData("2026-02-30", "2026-03-01", "date_start \"2026-02-30\" is no day of the calendar: write it as yyyy-mm-dd")]
    [InlineData("01/02/2026", "2026-03-01", "date_start \"01/02/2026\" is no day")]
    [InlineData("2026-2-1", "tomorrow", "date_end \"tomorrow\" is no day")]
    [InlineData("2026-02-01T00:00:00Z", "2026-03-01", "is no day of the calendar")]
    [InlineData("2026-02-20", "2026-02-10", "date_start 2026-02-20 is after date_end 2026-02-10: swap them (date_start 2026-02-10, date_end 2026-02-20).")]
    [InlineData("2026-03-02", "2026-03-04", "date_start 2026-03-02 is in the future (today is 2026-03-01 in America/New_York)")]
    [InlineData("2026-02-01", "2026-03-02", "ask with date_end 2026-03-01.")]
    [InlineData("2016-02-01", "2026-03-01", "at most 3653 (10 years)")]
    [InlineData("0001-01-01", "0001-01-02", "date_start 0001-01-01 is before 1970-01-01: check the year.")]
    [InlineData("0001-01-01", "9999-12-31", "check the year")]
    [InlineData("", "2026-03-01", "date_start must have 1 to 40 characters")]
    [InlineData("2026-02-01'; drop table sale; --", "2026-03-01", "is no day of the calendar")]
    public async Task A_bad_range_is_told_with_what_to_do(string start, string end, string advice)
    {
        await using var shop = await MerchantShop.Start();
        foreach (var tool in new[] { "sales_between", "sales_report", "top_products" })
        {
            var result = await shop.Call(tool, start, end);
            Assert.True(result.IsError());
            Assert.Contains(advice, result.Text(), StringComparison.Ordinal);
            Assert.Null(result["structuredContent"]);
        }
    }

    [Theory]
    [InlineData("""{"date_end":"1969-01-05"}""", "date_end 1969-01-05 is before 1970-01-01: check the year.")]
    [InlineData("""{"date_end":"2026-12-07"}""", "date_end 2026-12-07 is in the future (today is 2026-03-01 in America/New_York): ask with date_end 2026-03-01.")]
    [InlineData("""{"date_start":"2026-02-01","date_end":"0001-01-01"}""", "date_end 0001-01-01 is before 1970-01-01: check the year.")]
    public async Task Advice_names_the_date_that_was_given(string arguments, string advice)
    {
        await using var shop = await MerchantShop.Start();
        Assert.Equal(advice, (await shop.Call("top_products", arguments)).Text());
        var early = await shop.Data("top_products", """{"date_end":"1970-01-05"}""");
        Assert.Equal(("1970-01-01", 5), ((string)early["date_start"]!, (int)early["days"]!));
    }

    [Fact]
    public async Task A_whole_number_may_be_written_with_a_fraction_of_zero()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        Assert.Equal("fern", (string?)Assert.Single((await shop.Data("top_products", """{"n":1.0,"date_start":"2026-02-01"}"""))["rows"]!.AsArray(), row => (string?)row!["currency"] == "USD")!["product_id"]);
        Assert.Contains("not 1.5", (await shop.Call("top_products", """{"n":1.5}""")).Text(), StringComparison.Ordinal);
        var added = await shop.Wire.Post("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_to_cart","arguments":{"items":[{"product_id":"fern","quantity":2e0}]}}}""");
        Assert.Equal(2, (int)added.Result.Data()["item_count"]!);
    }

    [Fact]
    public async Task A_query_that_finds_nothing_gets_advice()
    {
        await using var shop = await MerchantShop.Start();
        var result = await shop.Call("find_products", """{"query":"zzzzzzzzzz"}""");
        Assert.Contains("use other words, or see top_products", result.Data()["notes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, result.Text().Split("use other words").Length);
    }

    [Theory]
    [InlineData("sales_between", "{}", "date_start is required; date_end is required")]
    [InlineData("sales_report", """{"date_start":"2026-02-01"}""", "date_end is required")]
    [InlineData("sales_report", """{"date_start":20260201,"date_end":"2026-02-02"}""", "date_start must be a text, not 20260201")]
    [InlineData("top_products", """{"n":0}""", "n must be a whole number from 1 to 100, not 0")]
    [InlineData("top_products", """{"n":1000000000}""", "n must be a whole number from 1 to 100, not 1000000000")]
    [InlineData("top_products", """{"n":99999999999999999999999}""", "n must be a whole number from 1 to 100")]
    [InlineData("top_products", """{"n":"5; select * from secret"}""", "n must be a whole number from 1 to 100")]
    [InlineData("top_products", """{"limit":5}""", "limit")]
    [InlineData("find_products", """{"query":""}""", "query must have 1 to 200 characters")]
    public async Task Arguments_that_do_not_fit_are_named(string tool, string arguments, string advice)
    {
        await using var shop = await MerchantShop.Start();
        var result = await shop.Call(tool, arguments);
        Assert.True(result.IsError());
        Assert.Contains(advice, result.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("' or 1=1 --")]
    [InlineData("%")]
    [InlineData("\\\"; drop table product; --")]
    [InlineData("zzzzzzzzzz")]
    [InlineData("\\u0000")]
    [InlineData("*")]
    public async Task A_query_is_words_and_nothing_else(string query)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        var result = await shop.Call("find_products", $$"""{"query":"{{query}}"}""");
        Assert.False(result.IsError());
        Assert.InRange(result.Data()["rows"]!.AsArray().Count, 0, 4);
        Assert.Equal(1, (int)(await shop.Data("find_products", """{"query":"monstera"}"""))["row_count"]!);
    }

    [Fact]
    public async Task An_end_alone_means_the_30_days_up_to_it()
    {
        await using var shop = await MerchantShop.Start();
        var top = await shop.Data("top_products", """{"date_end":"2026-01-31"}""");
        Assert.Equal(("2026-01-02", "2026-01-31"), ((string)top["date_start"]!, (string)top["date_end"]!));
        Assert.Contains("date_start 2026-03-02 is in the future", (await shop.Call("top_products", """{"date_start":"2026-03-02"}""")).Text(), StringComparison.Ordinal);
        Assert.Contains("check the year", (await shop.Call("top_products", """{"date_end":"0001-01-01"}""")).Text(), StringComparison.Ordinal);
    }
}
