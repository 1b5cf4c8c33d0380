using System.CommandLine;
using Cartwright.Server;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;

namespace Cartwright;

/// <summary><c>cartwright sales load</c>: loads a CSV file of orders from before, or from elsewhere.</summary>
internal static class SalesLoadVerb
{
    private const int ShownRefusals = 20;

    public static Command Create()
    {
        var path = new Argument<string>("FILE") { Description = "a CSV file with a line of headers; - is standard input" };
        var columns = new[]
        {
            Column("--order-id", "the order's id, the same in all lines of an order"),
            Column("--time", "the time it was paid: 2025-03-31T14:05, with an offset or in the shop's time zone, or 2025-03-31"),
            Column("--product-id", "the product's id; this or --product"),
            Column("--product", "the product's name"),
            Column("--quantity", "the quantity"),
            Column("--unit-price", "the price of one, in units of the currency: 14.99"),
            Column("--currency", "the currency (ISO 4217); without it, all is in the shop's"),
            Column("--category", "the category, for products that the catalogue does not know"),
            Column("--country", "the country it was sold to (ISO 3166)"),
        };
        var delimiter = new Option<string?>("--delimiter") { Description = "what separates fields: , ; | or tab; guessed when left out" };
        delimiter.AcceptOnlyFromAmong(",", ";", "|", "tab");
        var comma = new Option<bool>("--decimal-comma") { Description = "prices have a comma before the decimals: 14,99" };
        var refused = new Option<string?>("--refused") { Description = "a CSV file for all refused rows, with line and reason; written anew each time" };
        var verb = new Command(
            "load",
            "Loads a file of sales. Orders that are known already are skipped, rows that cannot be read are refused, and a load that was stopped goes on where it was.")
        {
            path, delimiter, comma, refused,
        };
        Array.ForEach(columns, verb.Options.Add);
        verb.SetAction((parsed, _) =>
        {
            string? Name(int i) => parsed.GetValue(columns[i]);
            var how = new HistoryColumns
            {
                OrderId = Name(0),
                Time = Name(1),
                ProductId = Name(2),
                Product = Name(3),
                Quantity = Name(4),
                UnitPrice = Name(5),
                Currency = Name(6),
                Category = Name(7),
                Country = Name(8),
                Delimiter = parsed.GetValue(delimiter) is { } text ? text == "tab" ? '\t' : text[0] : null,
                DecimalComma = parsed.GetValue(comma),
            };
            return SalesVerb.With((database, time, stop) => Load(parsed.GetRequiredValue(path), how, parsed.GetValue(refused), database, time, stop));
        });
        return verb;
    }

    private static Option<string?> Column(string name, string meaning) => new(name) { Description = $"column with {meaning}", HelpName = "COLUMN" };

    private static async Task<int> Load(
        string path, HistoryColumns columns, string? refused, Database database, TimeProvider time, CancellationToken stop)
    {
        if (RefusedRows.Unfit(refused, path == "-" ? "/dev/stdin" : path) is { } unfit)
        {
            return Terminal.Complain(unfit);
        }

        if (path != "-")
        {
            return await LoadFile(path, Path.GetFileName(path), columns, refused, database, time, stop);
        }

        // A file can be recognized when it comes again, and gone on with; a stream cannot.
        var copy = Path.GetTempFileName();
        try
        {
            await using (var file = File.Create(copy))
            {
                await Console.OpenStandardInput().CopyToAsync(file, stop);
            }

            return await LoadFile(copy, "standard input", columns, refused, database, time, stop);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static async Task<int> LoadFile(
        string path, string name, HistoryColumns columns, string? refused, Database database, TimeProvider time, CancellationToken stop)
    {
        var opened = await HistoryFile.Open(path, columns, database);
        if (!opened.Ok)
        {
            return Terminal.Complain(opened.Problem);
        }

        var file = opened.Value;
        var made = RefusedRows.Open(refused, ShownRefusals, path);
        if (!made.Ok)
        {
            return Terminal.Complain(made.Problem);
        }

        await using var report = made.Value;
        Result<LoadOutcome> loaded = default;
        var code = await SalesProgress.Run("Loading", async (progress, next) =>
        {
            var loader = new SalesLoader(database, time)
            {
                Progressed = _ => progress(file.Position, file.Length),
                Refused = report.Add,
            };
            loaded = await loader.Load(await file.Source(name, stop), stop);
            if (!loaded.Ok)
            {
                return Terminal.Complain(loaded.Problem);
            }

            next("Building totals");
            await new SalesLedger(database, time) { Progressed = (done, all) => progress(done, all) }.BuildBlocks(stop);
            return 0;
        });
        if (code != 0)
        {
            return code;
        }

        report.Show();
        return Say(name, loaded.Value, refused);
    }

    private static int Say(string name, LoadOutcome outcome, string? refused)
    {
        var (before, after) = (outcome.Before, outcome.After);
        var bad = after.Refused == 0 ? "" : $"{after.Refused:N0} rows are refused{(refused is null ? " (--refused FILE lists them all)" : $" (see {refused})")}";
        if (!outcome.IsNew)
        {
            Console.WriteLine($"{name} was loaded before ({after.Orders:N0} orders with {after.Lines:N0} lines): nothing was changed{(bad.Length > 0 ? "; " : "")}{bad}.");
            return !outcome.IsComplete ? StopSignals.ExitCode : after.Refused > 0 ? 1 : 0;
        }

        if (before.Records > 0)
        {
            Console.WriteLine($"{name} was begun before: went on after its row {before.Records:N0}.");
        }

        var skipped = after.SkippedOrders > 0 ? $", {after.SkippedOrders:N0} orders that were known already are skipped" : "";
        Console.WriteLine($"{name}: {after.Orders:N0} orders with {after.Lines:N0} lines are loaded{skipped}{(bad.Length > 0 ? ", " : "")}{bad}.");
        if (!outcome.IsComplete)
        {
            Console.WriteLine($"Stopped after row {after.Records:N0}: the same command goes on from there.");
            return StopSignals.ExitCode;
        }

        return after.Refused > 0 ? 1 : 0;
    }
}
