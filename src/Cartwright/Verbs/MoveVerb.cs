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

    private static Task<int> Move(string? from, string? to) => ShopCopy.Run("Moving", "nothing was moved", async copy =>
    {
        if ((to ?? copy.Settings.Database) is not { } target)
        {
            return Problem.Invalid("Where to? Give --to, or set CARTWRIGHT_DATABASE (which keeps a password out of the list of processes).");
        }

        if (Postgres.Parse(target) is null)
        {
            return Problem.Invalid($"--to must be {Postgres.Expected}.");
        }

        var move = new DatabaseMove(Terminal.Time) { Progressed = copy.Progressed, Index = ProductSearch.Rebuild };
        var moved = await move.Run(from ?? copy.Settings.DataFolder, target, copy.Stop);
        return moved.Ok
            ? (string[])[
                $"Moved to {Postgres.Describe(target)}: {moved.Value.Rows:N0} rows of {moved.Value.Tables} tables, counted and added up on both sides.",
                .. moved.Value.Notes,
                "Set CARTWRIGHT_DATABASE to it and start the shop. The SQLite file is as it was.",
            ]
            : moved.Problem;
    });
}
