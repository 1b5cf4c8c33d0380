using System.CommandLine;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright;

/// <summary><c>cartwright restore</c>: makes a shop of a backup.</summary>
internal static class RestoreVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "what cartwright backup wrote" };
        var verb = new Command("restore", "Makes a shop of a backup: in the data folder, or in CARTWRIGHT_DATABASE. Either must be empty.") { file };
        verb.SetAction((parsed, _) => Restore(parsed.GetRequiredValue(file)));
        return verb;
    }

    private static async Task<int> Restore(string file)
    {
        var settings = Terminal.ReadSettings();
        if (!settings.Ok)
        {
            return Terminal.Complain(settings.Problem);
        }

        using var stop = new StopSignals();
        try
        {
            return await SalesProgress.Run("Restoring", async (report, _) =>
            {
#pragma warning disable RS0030 // The program's root names the system's clock; everything below is given one.
                var restore = new DatabaseRestore(TimeProvider.System) { Progressed = report, Index = ProductSearch.Rebuild };
#pragma warning restore RS0030
                var restored = await restore.Run(file, settings.Value.DataFolder, settings.Value.Database, stop.Token);
                if (!restored.Ok)
                {
                    return Terminal.Complain(restored.Problem);
                }

                var (target, tables, rows, schema) = restored.Value;
                var upgraded = schema < Migrations.Newest ? $", brought from schema {schema} to {Migrations.Newest}" : "";
                Console.WriteLine($"Restored {file} to {target}: {rows:N0} rows of {tables} tables, counted and added up{upgraded}.");
                Console.WriteLine("Start the shop; its carts, sessions and keys are those of the backup.");
                return 0;
            });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("cartwright: Stopped: nothing was restored.");
            return StopSignals.ExitCode;
        }
    }
}
