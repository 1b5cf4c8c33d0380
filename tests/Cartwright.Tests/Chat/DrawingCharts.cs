using System.Text.Json.Nodes;
using Cartwright.Chat.Charts;

namespace Cartwright.Tests.Chat;

/// <summary>Series and rankings found in results.</summary>
public sealed class DrawingCharts
{
    [Fact]
    public void A_ranking_becomes_bars_with_amounts_in_their_currency()
    {
        var chart = Assert.Single(Find("""{"rows":[{"rank":1,"name":"Fern","currency":"USD","net":1000.50,"units":3},{"rank":2,"name":"Palm","currency":"USD","net":500.25,"units":9}]}"""));
        Assert.Equal(
            [
                "Fern ████████████████████ 1,000.50 USD",
                "Palm ██████████             500.25 USD",
            ],
            Chart.Draw(chart, 39, 5, TestCanvas.Plain(39)));
        Assert.Equal(["Fern ████████████████████ 1,000.50 USD", "and 1 more"], Chart.Draw(chart, 39, 1, TestCanvas.Plain(39)));
    }

    [Fact]
    public void What_a_chart_says_in_words_is_broken_and_not_cut()
    {
        var chart = Assert.Single(Find("""{"rows":[{"start":"2026-01-01","currency":"EUR","net":1697.73},{"start":"2026-01-02","currency":"EUR","net":199.5}]}"""));
        var lines = Chart.Draw(chart, 30, 1, TestCanvas.Plain(30)).Skip(1).ToList();
        Assert.All(lines, line => Assert.True(line.Length <= 30, line));
        Assert.Equal("net in EUR, 2026-01-01 to 2026-01-02; most 1,697.73 (2026-01-01), least 199.5 (2026-01-02)", string.Join(' ', lines));
    }

    [Fact]
    public void Currencies_are_never_in_one_chart()
    {
        var charts = Find("""
            {"rows":[{"rank":1,"name":"Fern","currency":"USD","net":10},{"rank":2,"name":"Palm","currency":"USD","net":5},
            {"rank":1,"name":"Fern","currency":"JPY","net":900},{"rank":2,"name":"Palm","currency":"JPY","net":800}]}
            """);
        Assert.Equal(["USD", "JPY"], charts.Select(chart => chart.Currency));
        Assert.All(charts, chart => Assert.Equal(2, chart.Points.Count));
    }

    [Fact]
    public void A_series_becomes_columns_and_days_without_sales_are_empty()
    {
        var chart = Assert.Single(Find("""{"rows":[{"start":"2026-01-01","currency":"EUR","net":8},{"start":"2026-01-02","currency":"EUR","net":4},{"start":"2026-01-04","currency":"EUR","net":-1}]}"""));
        Assert.True(chart.IsSeries);
        Assert.Equal(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"], chart.Points.Select(point => point.Label));
        Assert.Equal(
            ["█▄", "net in EUR, 2026-01-01 to 2026-01-04; most 8 (2026-01-01), least -1 (2026-01-04)"],
            Chart.Draw(chart, 100, 1, TestCanvas.Plain(100)));
        Assert.Equal(["█", "██"], Chart.Draw(chart, 100, 2, TestCanvas.Plain(100)).Take(2));
    }

    [Fact]
    public void A_long_series_fits_into_the_width()
    {
        var rows = new JsonArray([.. Enumerable.Range(0, 300).Select(i => new JsonObject { ["date"] = new DateOnly(2025, 1, 1).AddDays(i).ToString("yyyy-MM-dd"), ["units"] = i })]);
        var chart = Assert.Single(Find(new JsonObject { ["rows"] = rows }.ToJsonString()));
        Assert.Null(chart.Currency);
        Assert.All(Chart.Draw(chart, 50, 1, TestCanvas.Plain(50)), line => Assert.True(line.Length <= 50, line));
    }

    [Theory]
    [InlineData("""{"rows":[{"id":"a","price":3},{"id":"b","price":2}]}""")]
    [InlineData("""{"rows":[{"name":"a","net":1},{"name":"b","net":2}]}""")]
    [InlineData("""{"rows":[{"name":"a","net":1}]}""")]
    [InlineData("""{"rows":[{"name":"a","net":"1"},{"name":"b","net":"0"}]}""")]
    [InlineData("""{"rows":[1,2]}""")]
    [InlineData("""{"rows":[{"name":"a","net":0},{"name":"b","net":0.00}]}""")]
    [InlineData("""[]""")]
    [InlineData("""7""")]
    [InlineData("null")]
    public void What_is_neither_has_no_chart(string json) => Assert.Empty(Find(json));

    [Fact]
    public void All_zeros_and_minus_signs_draw_no_bars()
    {
        var chart = Assert.Single(Find("""{"rows":[{"name":"a","net":0},{"name":"b","net":-5}]}"""));
        Assert.Equal(["a                 0", "b                -5"], Chart.Draw(chart, 20, 5, TestCanvas.Plain(20)));
    }

    private static IReadOnlyList<ChartData> Find(string json) => ChartFinder.Find(JsonNode.Parse(json));
}
