using System.CommandLine;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright;

/// <summary><c>cartwright catalog</c>: loads and checks catalogue files.</summary>
internal static class CatalogVerb
{
    public static Command Create() => new("catalog", "Loads and checks catalogue files.")
    {
        Verb(
            "load",
            "Replaces the shop's catalogue by FILE, in one step; a running server goes on with it. A file with mistakes changes nothing.",
            Load),
        Verb("check", "Lists the mistakes of FILE, without loading it.", (file, _) => Task.FromResult(Report(file))),
    };

    private static Command Verb(string name, string description, Func<CatalogFile, CancellationToken, Task<int>> act)
    {
        var path = new Argument<string>("FILE") { Description = "a catalogue file, see docs/catalog.md" };
        var verb = new Command(name, description) { path };
        verb.SetAction(async (parsed, cancellation) =>
        {
            var file = CatalogFile.Read(parsed.GetRequiredValue(path));
            return file.Ok ? await act(file.Value, cancellation) : Terminal.Complain(file.Problem);
        });
        return verb;
    }

    private static int Report(CatalogFile file)
    {
        Console.WriteLine($"{file.Store.Name}: {file.Products.Count} products, {file.Facets.Count} facets, no mistakes.");
        return 0;
    }

    private static async Task<int> Load(CatalogFile file, CancellationToken cancellation)
    {
        var settings = Terminal.ReadSettings();
        if (!settings.Ok)
        {
            return Terminal.Complain(settings.Problem);
        }

        var opened = await Database.Open(settings.Value.DataFolder, settings.Value.Database, Terminal.Time);
        if (!opened.Ok)
        {
            return Terminal.Complain(opened.Problem);
        }

        await using var database = opened.Value;
        var loaded = await CatalogLoader.Load(database, file, cancellation);
        if (!loaded.Ok)
        {
            return Terminal.Complain(loaded.Problem);
        }

        var load = loaded.Value;
        Console.WriteLine(
            $"{file.Store.Name}: catalogue version {load.Version} is loaded: {load.Added} added, {load.Changed} changed, "
            + $"{load.Unchanged} unchanged, {load.Retired} retired.");
        return 0;
    }
}
