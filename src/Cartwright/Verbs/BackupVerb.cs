using System.CommandLine;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright;

/// <summary><c>cartwright backup</c>: copies a shop into a file, while it runs.</summary>
internal static class BackupVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "the file to write, a SQLite database whatever the shop is on" };
        var force = new Option<bool>("--force") { Description = "replace FILE if it exists" };
        var verb = new Command("backup", "Copies everything into a file, as it is at one moment, while the shop runs.") { file, force };
        verb.SetAction((parsed, _) => BackUp(parsed.GetRequiredValue(file), parsed.GetValue(force)));
        return verb;
    }

    private static async Task<int> BackUp(string file, bool force)
    {
        var settings = Terminal.ReadSettings();
        if (!settings.Ok)
        {
            return Terminal.Complain(settings.Problem);
        }

        using var stop = new StopSignals();
        try
        {
            return await SalesProgress.Run("Copying", async (report, next) =>
            {
#pragma warning disable RS0030 // The program's root names the system's clock; everything below is given one.
                var backup = new DatabaseBackup(TimeProvider.System)
#pragma warning restore RS0030
                {
                    Progressed = report,
                    Checking = () => next("Checking"),
                    Index = ProductSearch.Rebuild,
                };
                var made = await backup.Run(settings.Value.DataFolder, settings.Value.Database, file, force, stop.Token);
                if (!made.Ok)
                {
                    return Terminal.Complain(made.Problem);
                }

                var (source, tables, rows, schema, bytes) = made.Value;
                Console.WriteLine($"Backed up {source} to {file}: {rows:N0} rows of {tables} tables, {bytes:N0} bytes, schema {schema}; counted, added up and looked through.");
                Console.WriteLine("It has the shop's keys and its customers' addresses in it: keep it private.");
                return 0;
            });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("cartwright: Stopped: there is no backup.");
            return StopSignals.ExitCode;
        }
    }
}
