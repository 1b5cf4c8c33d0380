using System.Globalization;
using System.Text;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Sales;

/// <summary>The verbs as processes: killed, stopped, beside a running shop.</summary>
public sealed class SalesProcesses
{
    private const int Orders = 150_000;

    [Fact]
    public async Task A_load_that_is_killed_and_one_that_is_interrupted_go_on_and_come_to_the_same_as_one_that_is_not()
    {
        using var folder = new TempFolder();
        var file = folder.File("history.csv", History(Orders));
        await Data(folder, "whole");
        await Data(folder, "broken");
        using (var whole = Run(folder, "whole", "load", file))
        {
            Assert.Equal(0, await whole.Exit(TimeSpan.FromMinutes(2)));
            Assert.Contains("150,000 orders with 300,000 lines are loaded", whole.Output, StringComparison.Ordinal);
        }

        var killed = Run(folder, "broken", "load", file);
        await Loaded(folder, killed, 1);
        await killed.Kill();
        killed.Dispose();
        using (var interrupted = Run(folder, "broken", "load", file))
        {
            await Loaded(folder, interrupted, 100_001);
            Assert.Equal(130, await interrupted.Stop(ShopProcess.Interrupt));
            Assert.Contains("the same command goes on from there", interrupted.Output, StringComparison.Ordinal);
        }

        using (var last = Run(folder, "broken", "load", file))
        {
            Assert.Equal(0, await last.Exit(TimeSpan.FromMinutes(2)));
            Assert.Contains("was begun before", last.Output, StringComparison.Ordinal);
            Assert.Contains("150,000 orders with 300,000 lines are loaded", last.Output, StringComparison.Ordinal);
        }

        using (var again = Run(folder, "broken", "load", file))
        {
            Assert.Equal(0, await again.Exit(TimeSpan.FromMinutes(2)));
            Assert.Contains("nothing was changed", again.Output, StringComparison.Ordinal);
        }

        using (var check = Run(folder, "broken", "check"))
        {
            Assert.Equal(0, await check.Exit(TimeSpan.FromMinutes(2)));
        }

        Assert.Equal(await Contents(folder, "whole"), await Contents(folder, "broken"));
    }

    [Fact]
    public async Task While_history_is_loaded_a_running_shop_writes_carts_and_both_finish()
    {
        using var folder = new TempFolder();
        var file = folder.File("history.csv", History(Orders));
        var port = ShopProcess.FreePort();
        using var shop = await ShopProcess.Serve(folder, port);
        using var caller = new ShopCaller(port);
        using var load = Run(folder, "data", "load", file);
        var carts = 0;
        while (!load.HasExited)
        {
            Assert.StartsWith("cart_", await caller.NewCart(), StringComparison.Ordinal);
            carts++;
        }

        Assert.Equal(0, await load.Exit());
        Assert.True(carts > 1, $"{carts} carts");
    }

    [Fact]
    public async Task Refused_rows_are_told_and_listed_and_make_the_exit_code_1()
    {
        using var folder = new TempFolder();
        await Data(folder, "data");
        var rows = string.Concat(Enumerable.Range(0, 30).Select(i => $"o{i},2025-01-01,eggs,{(i < 25 ? "x" : "1")},1.00\n"));
        var file = folder.File("history.csv", $"order_id,time,product_id,quantity,unit_price\n{rows}");
        var refused = Path.Combine(folder.Path, "refused.csv");
        using var load = Run(folder, "data", "load", file, "--refused", refused);
        Assert.Equal(1, await load.Exit());
        Assert.Contains("5 orders with 5 lines are loaded, 25 rows are refused", load.Output, StringComparison.Ordinal);
        Assert.Contains("line 2: \"x\" is not a quantity", load.Errors, StringComparison.Ordinal);
        Assert.Contains("and 5 more", load.Errors, StringComparison.Ordinal);
        Assert.Equal(26, File.ReadAllLines(refused).Length);
        File.Delete(refused);
        using var again = Run(folder, "data", "load", file, "--refused", refused);
        Assert.Equal(1, await again.Exit());
        Assert.Contains("nothing was changed; 25 rows are refused", again.Output, StringComparison.Ordinal);
        Assert.Contains("line 2: \"x\" is not a quantity", again.Errors, StringComparison.Ordinal);
        Assert.Equal(26, File.ReadAllLines(refused).Length);
        using var clean = Run(folder, "data", "load", folder.File("clean.csv", "order_id,time,product_id,quantity,unit_price\nc,2025-01-01,eggs,1,1\n"), "--refused", refused);
        Assert.Equal(0, await clean.Exit());
        Assert.Equal(["line,reason"], File.ReadAllLines(refused));
        using var seed = Run(folder, "data", "seed");
        Assert.Equal(0, await seed.Exit());
        Assert.Contains("The sample is loaded", seed.Output, StringComparison.Ordinal);
        using var rebuild = Run(folder, "data", "rebuild");
        Assert.Equal(0, await rebuild.Exit());
    }

    [Fact]
    public async Task A_report_of_refused_rows_never_takes_the_place_of_the_file_itself_and_has_to_be_writable()
    {
        using var folder = new TempFolder();
        await Data(folder, "data");
        const string Csv = "order_id,time,product_id,quantity,unit_price\na,2025-01-01,eggs,x,1.00\n";
        var file = folder.File("history.csv", Csv);
        var (link, hard) = (Path.Combine(folder.Path, "link.csv"), Path.Combine(folder.Path, "hard.csv"));
        File.CreateSymbolicLink(link, file);
        using (var made = System.Diagnostics.Process.Start("ln", [file, hard]))
        {
            await made.WaitForExitAsync();
        }

        foreach (var refused in new[] { file, $"{folder.Path}/../{Path.GetFileName(folder.Path)}/history.csv", link, hard, Path.Combine(folder.Path, "nowhere", "refused.csv"), "" })
        {
            using var load = Run(folder, "data", "load", file, "--refused", refused);
            Assert.Equal(2, await load.Exit());
            Assert.Contains("--refused", load.Errors, StringComparison.Ordinal);
            Assert.Equal(Csv, File.ReadAllText(file));
        }

        using var other = Run(folder, "data", "load", link, "--refused", file);
        Assert.Equal(2, await other.Exit());
        Assert.Equal(Csv, File.ReadAllText(file));
    }

    [Fact]
    public async Task The_help_of_a_load_says_in_whole_words_what_each_column_has()
    {
        using var folder = new TempFolder();
        using var help = Run(folder, "data", "load", "--help");
        Assert.Equal(0, await help.Exit());
        var text = string.Join(' ', help.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("column with the price of one, in units of the currency: 14.99", text, StringComparison.Ordinal);
        Assert.Contains("column with the category, for products that the catalogue does not know", text, StringComparison.Ordinal);
        Assert.Contains("column with the currency (ISO 4217); without it, all is in the shop's", text, StringComparison.Ordinal);
    }

    private static ShopProcess Run(TempFolder folder, string data, string verb, params string[] arguments) =>
        ShopProcess.Run(folder.Path, ["sales", verb, .. arguments], ("CARTWRIGHT_DATA", Path.Combine(folder.Path, data)));

    /// <summary>A data folder with a catalogue.</summary>
    private static async Task Data(TempFolder folder, string name)
    {
        using var load = ShopProcess.Run(
            folder.Path, ["catalog", "load", ShopServer.SampleFile("groceries")], ("CARTWRIGHT_DATA", Path.Combine(folder.Path, name)));
        Assert.Equal(0, await load.Exit());
    }

    /// <summary>Waits until so many records are loaded, but not all.</summary>
    private static async Task Loaded(TempFolder folder, ShopProcess process, long records)
    {
        await using var database = await TestDatabase.Open(Path.Combine(folder.Path, "broken"), new FakeTime());
        await process.Until(async () => (await database.Read(session => session.Integer("select records from sales_load")) ?? 0) >= records);
        Assert.Null(await database.Read(session => session.Integer("select finished_at from sales_load")));
    }

    private static async Task<List<string>> Contents(TempFolder folder, string name)
    {
        await using var database = await TestDatabase.Open(Path.Combine(folder.Path, name), new FakeTime());
        var contents = new List<string>();
        foreach (var sql in new[]
        {
            "select external_id, day, at, currency, book from sale order by external_id",
            "select s.external_id, l.position, l.product, l.quantity, l.unit_price_minor from sale_line l join sale s on s.key = l.sale order by s.external_id, l.position",
            "select * from sales_day order by day",
            "select * from sales_day_product order by day, product",
            $"select span, start, currency, book, {(database.IsPostgres ? "encode(data, 'hex')" : "hex(data)")} from sales_block order by span, start",
            "select key, id from sales_product order by key",
        })
        {
            contents.AddRange(await database.Read(session => session.Query(
                sql, row => string.Join(' ', Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i))))));
        }

        return contents;
    }

    private static string History(int orders)
    {
        var csv = new StringBuilder("order_id,time,product_id,quantity,unit_price\n");
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        for (var i = 0; i < orders; i++)
        {
            var time = start.AddMinutes(i * 5L);
            csv.Append(CultureInfo.InvariantCulture, $"h{i},{time:yyyy-MM-ddTHH:mm},p{i % 50},1,{i % 90}.99\nh{i},{time:yyyy-MM-ddTHH:mm},p{i % 7},2,1.50\n");
        }

        return csv.ToString();
    }
}
