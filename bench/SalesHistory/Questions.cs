using System.Diagnostics;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;

namespace Cartwright.Bench.SalesHistory;

/// <summary>Asks for days and products over years and over everything, and the same of the raw lines; milliseconds as JSON.</summary>
internal static class Questions
{
    private const string RawDays = """
        select s.day, s.currency, count(distinct s.key), sum(l.quantity), sum(l.quantity * l.unit_price_minor)
        from sale s join sale_line l on l.sale = s.key where s.day between @from and @to group by s.day, s.currency
        """;

    private const string RawProducts = """
        select l.product, s.currency, count(distinct s.key), sum(l.quantity), sum(l.quantity * l.unit_price_minor)
        from sale s join sale_line l on l.sale = s.key where s.day between @from and @to group by l.product, s.currency
        """;

    public static async Task<int> Ask(string folder, int rounds)
    {
#pragma warning disable RS0030 // The program's root names the system's clock.
        var time = TimeProvider.System;
#pragma warning restore RS0030
        await using var database = (await Database.Open(folder, time)).Value;
        var book = new SalesBook(database, time, countsSimulated: false);
        var random = new Random(7);
        var all = new Period(History.First, History.First.AddDays(History.Days - 1));

        // Any year: it begins on any day, so that its edges lie within months.
        List<Period> years = [.. Enumerable.Range(0, rounds).Select(_ => History.First.AddDays(random.Next(History.Days - 365))).Select(first => new Period(first, first.AddDays(364)))];
        var whole = Enumerable.Repeat(all, rounds).ToList();

        // The raw lines take seconds: once is enough.
        const int rawRounds = 1;

        // Once before it counts: the code is compiled and the names are read.
        await book.Days(all);
        await book.Products(all);
        var figures = new (string Name, double[] Times)[]
        {
            ("days of a year", await Time(years, period => book.Days(period).AsTask())),
            ("days of three years", await Time(whole, period => book.Days(period).AsTask())),
            ("products of a year", await Time(years, period => book.Products(period).AsTask())),
            ("products of three years", await Time(whole, period => book.Products(period).AsTask())),
            ("raw days of a year", await Time(years[..rawRounds], period => Raw(database, RawDays, period))),
            ("raw products of a year", await Time(years[..rawRounds], period => Raw(database, RawProducts, period))),
            ("raw products of three years", await Time(whole[..1], period => Raw(database, RawProducts, period))),
        };
        Console.WriteLine($"{{{string.Join(',', figures.Select(figure => $"\"{figure.Name}\":[{string.Join(',', figure.Times.Select(time => $"{time:F2}"))}]"))}}}");
        return 0;
    }

    private static async Task<double[]> Time(List<Period> periods, Func<Period, Task> ask)
    {
        var times = new List<double>();
        foreach (var period in periods)
        {
            var watch = Stopwatch.StartNew();
            await ask(period);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return [.. times];
    }

    private static Task<List<long>> Raw(Database database, string sql, Period period) => database.Read(session => session.Query(
        sql, row => row.GetInt64(2), ("@from", period.Start.DayNumber), ("@to", period.End.DayNumber))).AsTask();
}
