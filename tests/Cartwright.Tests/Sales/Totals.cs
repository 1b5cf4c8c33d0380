using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Sales;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Sales;

/// <summary>Totals are what an independent sum over the raw lines comes to, to the cent.</summary>
public sealed class Totals
{
    private static readonly Currency[] Currencies = [.. new[] { "USD", "EUR", "JPY", "KWD" }.Select(code => Currency.Find(code).Value)];

    [Fact]
    public void Totals_are_the_sum_of_the_lines_on_random_data_with_refunds_loaded_in_pieces_of_any_size_stopped_and_gone_on_with()
    {
        var line =
            from order in Gen.Choose(0, 25)
            from product in Gen.Choose(0, 6)
            from quantity in Gen.Choose(1, 9)
            from price in Gen.Choose(0, 100_000)
            select (Order: order, Product: product, Quantity: quantity, Price: price);
        var own =
            from parts in Gen.ListOf(Gen.Choose(0, 5000), 3)
            from refunds in Gen.ListOf(Gen.Choose(1, 4000), 4)
            select (Prices: parts.ToList(), Refunds: refunds.ToList());
        var histories =
            from size in Gen.Choose(0, 60)
            from lines in Gen.ListOf(line, size)
            from orders in Gen.Choose(0, 4)
            from own1 in Gen.ListOf(own, orders)
            from chunk in Gen.Choose(1, 20)
            from stop in Gen.Choose(1, 4)
            from random in Gen.Choose(0, int.MaxValue)
            select (Lines: lines.ToList(), Own: own1.ToList(), Chunk: chunk, Stop: stop, Random: random);
        Prop.ForAll(
            histories.ToArbitrary(),
            history => Task.Run(() => Compare(history.Lines, history.Own, history.Chunk, history.Stop, history.Random)).GetAwaiter().GetResult())
            .Holds(runs: 25);
    }

    [Fact]
    public void A_refund_is_shared_out_to_the_cent_and_never_above_the_share_it_is_taken_from()
    {
        var cases = from weights in Gen.ListOf(Gen.Choose(0, 1000)) from part in Gen.Choose(0, 1000) select (Weights: weights.Select(weight => (long)weight).ToList(), Part: part);
        Prop.ForAll(cases.Where(one => one.Weights.Sum() > 0).ToArbitrary(), one =>
        {
            var amount = one.Weights.Sum() * one.Part / 1000;
            var parts = SalesEntries.ShareOut(amount, one.Weights);
            Assert.Equal(amount, parts.Sum());
            Assert.All(parts.Zip(one.Weights), pair => Assert.InRange(pair.First, 0, pair.Second));
            Assert.Equal(parts.Select(part => -part), SalesEntries.ShareOut(-amount, one.Weights));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_packed_reads_back_the_same()
    {
        var number = from value in ArbMap.Default.GeneratorFor<long>() from shift in Gen.Choose(0, 40) select (value >> 24) * (1L << shift) / 8;
        var row = from orders in number from units in number from gross in number from refunds in number select new ProductTotals(0, orders | 1, units, gross, refunds);
        Prop.ForAll(Gen.ListOf(row).ToArbitrary(), rows =>
        {
            var totals = rows.Select((one, i) => one with { Product = 1 + (i * 37) }).ToList();
            var sums = new SalesSums();
            SalesBlock.AddTo(sums, SalesBlock.Pack(totals));
            Assert.Equal(totals, sums.Totals());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_change_of_a_day_in_a_month_that_is_over_shows_at_once_and_only_there()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load("order_id,time,product_id,quantity,unit_price\na,2025-11-30,fern,1,1.00\nb,2025-12-01,fern,1,2.00\n");
        Assert.Equal(4, (await shop.Ledger.BuildBlocks()).Value);
        Assert.Equal(0, (await shop.Ledger.BuildBlocks()).Value);
        Assert.Equal("fern USD 2 2 300 0", await shop.Products("2025-11-01", "2025-12-31"));
        await shop.Load("order_id,time,product_id,quantity,unit_price\nc,2025-11-30,fern,3,1.00\n");
        Assert.Equal("fern USD 3 5 600 0", await shop.Products("2025-11-01", "2025-12-31"));
        Assert.Equal("fern USD 1 1 200 0", await shop.Products("2025-12-01", "2025-12-31"));
        Assert.Empty(await shop.Ledger.Check());
    }

    [Fact]
    public async Task A_check_finds_every_kind_of_difference_and_a_rebuild_mends_it()
    {
        await using var shop = await SalesShop.Open();
        await shop.Load("order_id,time,product_id,quantity,unit_price\na,2025-11-30,fern,1,1.00\nb,2025-12-01,monstera,1,2.00\n");
        await shop.Ledger.BuildBlocks();
        var (days, products) = (await shop.Days(), await shop.Products());
        foreach (var damage in new[]
        {
            "update sales_day set orders = orders + 1 where day = (select min(day) from sales_day)",
            "update sales_day_product set refunds_minor = 7",
            "delete from sales_day where day = (select max(day) from sales_day)",
            "delete from sales_day_product",
            $"update sales_block set data = {(TestDatabase.IsPostgres ? "'\\x0102020202'" : "x'0102020202'")} where span = 'month'",
            "update sale_line set quantity = 2",
        })
        {
            await shop.Database.Write<int>(async session => await session.Execute(damage));
            Assert.NotEmpty(await shop.Ledger.Check());
            if (damage.StartsWith("update sale_line", StringComparison.Ordinal))
            {
                await shop.Database.Write<int>(async session => await session.Execute("update sale_line set quantity = 1"));
            }

            Assert.Equal(2, (await shop.Ledger.Rebuild()).Value);
            Assert.Empty(await shop.Ledger.Check());
            Assert.Equal((days, products), (await shop.Days(), await shop.Products()));
        }
    }

    private static async Task Compare(
        List<(int Order, int Product, int Quantity, int Price)> lines, List<(List<int> Prices, List<int> Refunds)> own, int chunk, int stop, int seed)
    {
        await using var shop = await SalesShop.Open("America/New_York");
        var csv = Csv(lines, seed);
        var outcome = await shop.Load(csv, chunk: chunk, stopAfter: stop);
        if (!outcome.IsComplete)
        {
            await shop.Ledger.BuildBlocks();
            outcome = await shop.Load(csv, chunk: 1 + (seed % 7));
        }

        Assert.True(outcome.IsComplete);
        Assert.Equal(lines.Count, outcome.After.Lines);
        Assert.Equal(lines.Select(line => line.Order).Distinct().Count(), outcome.After.Orders);
        var expected = Expect(lines, seed);
        await Orders(shop, own);
        var raw = await shop.Raw();
        Assert.Equal(expected, Sums(raw.Where(row => row.Sale.StartsWith("h-", StringComparison.Ordinal))));
        Assert.Equal(own.Sum(order => Math.Min(order.Prices.Sum(), order.Refunds.Sum())), raw.Sum(row => row.RefundMinor));
        Assert.All(
            raw.GroupBy(row => (row.Sale, row.Product)),
            product => Assert.True(product.Sum(row => row.RefundMinor) <= product.Sum(row => row.GrossMinor)));

        var random = new Random(seed);
        for (var i = 0; i < 4; i++)
        {
            var start = new DateOnly(2025, 10, 1).AddDays(random.Next(150));
            var period = i == 0 ? SalesShop.Range("2000-01-01", "2030-01-01") : new Period(start, start.AddDays(random.Next(120)));
            await CompareRange(shop, raw, period);
            await shop.Ledger.BuildBlocks();
            await CompareRange(shop, raw, period);
            await CompareTools(shop, raw, period);
        }

        Assert.Empty(await shop.Ledger.Check());
        var before = (await shop.Days(), await shop.Products());
        await shop.Ledger.Rebuild();
        Assert.Equal(before, (await shop.Days(), await shop.Products()));
    }

    private static async Task CompareRange(SalesShop shop, List<RawRow> raw, Period period)
    {
        var rows = raw.FindAll(row => row.Day >= period.Start && row.Day <= period.End);
        var days = rows.GroupBy(row => (row.Day, row.Currency)).ToDictionary(day => day.Key, Figures);
        Assert.Equivalent(days, (await shop.Book.Days(period)).ToDictionary(day => (day.Day, day.Currency.Code), day => day.Figures), strict: true);
        var products = rows.GroupBy(row => (row.Product, row.Currency)).ToDictionary(product => product.Key, Figures);
        Assert.Equivalent(
            products, (await shop.Book.Products(period)).ToDictionary(product => (product.ProductId, product.Currency.Code), product => product.Figures), strict: true);
    }

    /// <summary>The tools of totals say the same of a period as the sum of its lines and refunds does.</summary>
    private static async Task CompareTools(SalesShop shop, List<RawRow> raw, Period period)
    {
        var today = (await shop.Book.Facts()).Today;
        period = new Period(
            DateOnly.FromDayNumber(Math.Clamp(period.Start.DayNumber, today.DayNumber - 3000, today.DayNumber)), period.End < today ? period.End : today);
        var sums = raw.FindAll(row => row.Day >= period.Start && row.Day <= period.End)
            .GroupBy(row => row.Currency, StringComparer.Ordinal)
            .Select(rows => (rows.Key, Units: rows.Sum(row => row.Quantity), Net: new Money(rows.Sum(row => row.GrossMinor - row.RefundMinor), Currency.Find(rows.Key).Value)))
            .Where(sum => sum.Units != 0 || sum.Net.Minor != 0)
            .Select(sum => $"{sum.Key} {sum.Units} {sum.Net.ToDecimal()}").Order(StringComparer.Ordinal);
        var reports = new SalesReports(shop.Book, 5);
        var (start, end) = (SalesPeriods.Iso(period.Start), SalesPeriods.Iso(period.End));
        foreach (var reply in new[] { await reports.Between(start, end), await reports.Report(start, end), await reports.Top(1, 0, start, end) })
        {
            var totals = JsonNode.Parse(reply.Value.Json)!["totals"]!.AsArray()
                .Where(total => (long)total!["units"]! != 0 || (decimal)total["net"]! != 0)
                .Select(total => $"{total!["currency"]} {total["units"]} {total["net"]!.ToJsonString()}").Order(StringComparer.Ordinal);
            Assert.Equal(sums, totals);
        }
    }

    private static SalesFigures Figures(IEnumerable<RawRow> rows)
    {
        var list = rows.ToList();
        return new SalesFigures(
            list.Where(row => row.Quantity > 0).Select(row => row.Sale).Distinct(StringComparer.Ordinal).Count(),
            list.Sum(row => row.Quantity),
            list.Sum(row => row.GrossMinor),
            list.Sum(row => row.RefundMinor));
    }

    /// <summary>Orders of the shop itself, paid, and given back in parts.</summary>
    private static async Task Orders(SalesShop shop, List<(List<int> Prices, List<int> Refunds)> own)
    {
        foreach (var (number, (prices, refunds)) in own.Index())
        {
            var lines = prices.Select((price, i) => new OrderLine($"p{i}", $"Product {i}", null, price, 1)).ToList();
            var order = new Order
            {
                Id = $"order_{number:00000000}",
                Token = "",
                CartId = "",
                State = OrderState.Paid,
                Currency = Currencies[0],
                Country = "US",
                AmountMinor = prices.Sum(),
                Provider = "gr4vy",
                Environment = "",
                Content = "",
                CreatedAt = 0,
                ExpiresAt = 0,
                UpdatedAt = 0,
            };
            var left = order.AmountMinor;
            foreach (var refund in refunds.Prepend(0))
            {
                var part = Math.Min(left, refund);
                left -= part;
                shop.Time.Pass(TimeSpan.FromHours(-7));
                await shop.Database.Write<bool>(async session =>
                {
                    var now = shop.Time.GetUtcNow().ToUnixTimeMilliseconds();
                    await SalesBook.Sold(session, order, lines, now);
                    await SalesBook.GivenBack(session, order, lines, part, now);
                    return true;
                });
            }
        }
    }

    private static Currency CurrencyOf(int order, int seed) => Currencies[(order + seed % 5) % 4];

    private static DateTimeOffset TimeOf(int order, int seed) =>
        new DateTimeOffset(2025, 10, 1, 3, 30, 0, TimeSpan.Zero).AddHours((order * 97 + seed % 1000) % 3000);

    private static string Csv(List<(int Order, int Product, int Quantity, int Price)> lines, int seed)
    {
        var csv = new StringBuilder("order_id,time,product_id,quantity,unit_price,currency\n");
        foreach (var (order, product, quantity, price) in lines)
        {
            var currency = CurrencyOf(order, seed);
            csv.Append(CultureInfo.InvariantCulture, $"h-{order},{TimeOf(order, seed):yyyy-MM-ddTHH:mm:sszzz},p{product},{quantity},{new Money(price, currency).ToAmount()},{currency}\n");
        }

        return csv.ToString();
    }

    private static List<string> Expect(List<(int Order, int Product, int Quantity, int Price)> lines, int seed)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        return Sums(lines.Select(line => new RawRow(
            DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(TimeOf(line.Order, seed), zone).DateTime),
            CurrencyOf(line.Order, seed).Code,
            $"h-{line.Order}",
            $"p{line.Product}",
            line.Quantity,
            (long)line.Quantity * line.Price,
            0)));
    }

    private static List<string> Sums(IEnumerable<RawRow> rows) =>
    [
        .. rows.GroupBy(row => (row.Day, row.Currency, row.Product)).Select(group => $"{group.Key} {SalesShop.Say(Figures(group))}").Order(StringComparer.Ordinal),
    ];
}
