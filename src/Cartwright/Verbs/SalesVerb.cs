using System.CommandLine;
using Cartwright.Server;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;

namespace Cartwright;

/// <summary><c>cartwright sales</c>: prints the key of the back office, loads history, makes up a sample, keeps the totals right.</summary>
internal static class SalesVerb
{
    public static Command Create() => new("sales", "Prints the key of the back office, loads history of sales, makes up a sample, checks and rebuilds the totals.")
    {
        SalesKeyVerb.Create(),
        SalesLoadVerb.Create(),
        Seed(),
        Rebuild(),
        Check(),
    };

    private static Command Seed()
    {
        var seed = new Option<int>("--seed") { Description = "which sample: the same number makes the same one", DefaultValueFactory = _ => 1 };
        var remove = new Option<bool>("--remove") { Description = "take the sample out again" };
        var verb = new Command("seed", "Makes up a year of sales of the loaded catalogue, up to yesterday. They are marked as a sample, and can be removed.") { seed, remove };
        verb.SetAction((parsed, _) => With(async (database, time, stop) =>
        {
            if (parsed.GetValue(remove))
            {
                var removed = await SampleHistory.Remove(database, stop);
                return Tell(removed, count => count == 0 ? "There is no sample to remove." : $"The sample is removed: {count:N0} orders.");
            }

            var source = await SampleHistory.Source(database, time, parsed.GetValue(seed));
            if (!source.Ok)
            {
                return Terminal.Complain(source.Problem);
            }

            var loaded = await new SalesLoader(database, time) { Pause = TimeSpan.Zero }.Load(source.Value, stop);
            if (loaded is { Ok: true, Value.IsComplete: true })
            {
                var refunds = await SampleHistory.AddRefunds(database, source.Value, time);
                if (!refunds.Ok)
                {
                    return Terminal.Complain(refunds.Problem);
                }

                await new SalesLedger(database, time).BuildBlocks(stop);
            }

            return Tell(loaded, load => load switch
            {
                { IsComplete: false } => "Stopped; the same command goes on from there.",
                { After.Orders: 0 } or { IsNew: false } => "The sample is loaded already: nothing was changed.",
                _ => $"The sample is loaded: {load.After.Orders:N0} orders with {load.After.Lines:N0} lines, made up and marked as such. To take them out again: cartwright sales seed --remove",
            });
        }));
        return verb;
    }

    private static Command Rebuild()
    {
        var verb = new Command(
            "rebuild", "Makes all totals anew from the sales, with the days of the shop's present time zone. A running shop's writes wait until it is done.");
        verb.SetAction((_, _) => With((database, time, stop) => SalesProgress.Run("Rebuilding", async report => Tell(
            await new SalesLedger(database, time) { Progressed = report }.Rebuild(stop), sales => $"The totals are rebuilt from {sales:N0} sales."))));
        return verb;
    }

    private static Command Check()
    {
        var verb = new Command("check", "Checks that the totals are what the sales add up to, and that every paid order is among them.");
        verb.SetAction((_, _) => With((database, time, stop) => SalesProgress.Run("Checking", async report =>
        {
            var differences = await new SalesLedger(database, time) { Progressed = report }.Check(stop);
            foreach (var difference in differences)
            {
                Console.WriteLine(difference);
            }

            Console.WriteLine(differences.Count == 0
                ? "The totals are what the sales add up to."
                : "The totals are not what the sales add up to: cartwright sales rebuild makes them anew.");
            return differences.Count == 0 ? 0 : 1;
        })));
        return verb;
    }

    private static int Tell<T>(Result<T> result, Func<T, string> say)
    {
        if (!result.Ok)
        {
            return Terminal.Complain(result.Problem);
        }

        Console.WriteLine(say(result.Value));
        return 0;
    }

    /// <summary>Opens the shop's database, and has Ctrl-C and SIGTERM stop the work in order.</summary>
    public static async Task<int> With(Func<Database, TimeProvider, CancellationToken, Task<int>> act)
    {
        var settings = Terminal.ReadSettings();
        if (!settings.Ok)
        {
            return Terminal.Complain(settings.Problem);
        }

        var time = Terminal.Time;
        var opened = await Database.Open(settings.Value.DataFolder, settings.Value.Database, time);
        if (!opened.Ok)
        {
            return Terminal.Complain(opened.Problem);
        }

        await using var database = opened.Value;
        using var stop = new StopSignals();
        try
        {
            return await act(database, time, stop.Token);
        }
        catch (OperationCanceledException)
        {
            return StopSignals.ExitCode;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Terminal.Complain(Problem.Invalid(error.Message));
        }
    }
}
