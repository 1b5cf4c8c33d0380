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

    private static Task<int> Restore(string file) => ShopCopy.Run("Restoring", "nothing was restored", async copy =>
    {
        var restore = new DatabaseRestore(Terminal.Time) { Progressed = copy.Progressed, Index = ProductSearch.Rebuild };
        var restored = await restore.Run(file, copy.Settings.DataFolder, copy.Settings.Database, copy.Stop);
        if (!restored.Ok)
        {
            return restored.Problem;
        }

        var (target, tables, rows, schema) = restored.Value;
        var upgraded = schema < Migrations.Newest ? $", brought from schema {schema} to {Migrations.Newest}" : "";
        return (string[])[
            $"Restored {file} to {target}: {rows:N0} rows of {tables} tables, counted and added up{upgraded}.",
            .. restored.Value.Notes,
            "Start the shop; its carts, sessions and keys are those of the backup.",
        ];
    });
}
