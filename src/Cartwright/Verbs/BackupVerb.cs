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

    private static Task<int> BackUp(string file, bool force) => ShopCopy.Run("Copying", "there is no backup", async copy =>
    {
        var backup = new DatabaseBackup(Terminal.Time) { Progressed = copy.Progressed, Checking = () => copy.Next("Checking"), Index = ProductSearch.Rebuild };
        var made = await backup.Run(copy.Settings.DataFolder, copy.Settings.Database, file, force, copy.Stop);
        if (!made.Ok)
        {
            return made.Problem;
        }

        var (source, tables, rows, schema, bytes) = made.Value;
        return (string[])[
            $"Backed up {source} to {file}: {rows:N0} rows of {tables} tables, {bytes:N0} bytes, schema {schema}; counted, added up and looked through.",
            "It has the shop's keys and its customers' addresses in it: keep it private.",
        ];
    });
}
