using System.CommandLine;
using Cartwright.Server;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright;

/// <summary><c>cartwright move</c>: takes a shop from SQLite to PostgreSQL.</summary>
internal static class MoveVerb
{
    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "data folder or SQLite file; left out, CARTWRIGHT_DATA", HelpName = "FOLDER" };
        var to = new Option<string?>("--to") { Description = "connection string of an empty PostgreSQL database; left out, CARTWRIGHT_DATABASE", HelpName = "CONNECTION" };
        var verb = new Command("move", "Copies everything from SQLite to an empty PostgreSQL database, in one go. Stop the shop first.") { from, to };
        verb.SetAction((parsed, _) => Move(parsed.GetValue(from), parsed.GetValue(to)));
        return verb;
    }

    private static async Task<int> Move(string? from, string? to)
    {
        var settings = Terminal.ReadSettings();
        if (!settings.Ok)
        {
            return Terminal.Complain(settings.Problem);
        }

        if ((to ?? settings.Value.Database) is not { } target)
        {
            return Terminal.Complain(Problem.Invalid("Where to? Give --to, or set CARTWRIGHT_DATABASE (which keeps a password out of the list of processes)."));
        }

        if (Postgres.Parse(target) is null)
        {
            return Terminal.Complain(Problem.Invalid($"--to must be {Postgres.Expected}."));
        }

        using var stop = new StopSignals();
        try
        {
            return await SalesProgress.Run("Moving", async (report, _) =>
            {
#pragma warning disable RS0030 // The program's root names the system's clock; everything below is given one.
                var move = new DatabaseMove(TimeProvider.System) { Progressed = report, Index = ProductSearch.Rebuild };
#pragma warning restore RS0030
                var moved = await move.Run(from ?? settings.Value.DataFolder, target, stop.Token);
                if (!moved.Ok)
                {
                    return Terminal.Complain(moved.Problem);
                }

                Console.WriteLine($"Moved to {Postgres.Describe(target)}: {moved.Value.Rows:N0} rows of {moved.Value.Tables} tables, counted and added up on both sides.");
                Console.WriteLine("Set CARTWRIGHT_DATABASE to it and start the shop. The SQLite file is as it was.");
                return 0;
            });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("cartwright: Stopped: nothing was moved.");
            return StopSignals.ExitCode;
        }
    }
}
