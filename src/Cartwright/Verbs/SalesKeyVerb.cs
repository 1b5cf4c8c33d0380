using System.CommandLine;
using Cartwright.Server;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;

namespace Cartwright;

/// <summary><c>cartwright sales key</c>: prints the key of the back office, for whoever may read the data folder.</summary>
internal static class SalesKeyVerb
{
    public static Command Create()
    {
        var verb = new Command("key", "Prints the key of the back office, for the header Authorization: Bearer KEY.");
        verb.SetAction((_, _) => Print());
        return verb;
    }

    private static async Task<int> Print()
    {
        var read = Terminal.ReadSettings();
        if (!read.Ok)
        {
            return Terminal.Complain(read.Problem);
        }

        var settings = read.Value;
        if (settings.SalesKey is { } own)
        {
            Console.WriteLine(own);
            return 0;
        }

        var opened = await Database.Open(settings.DataFolder, settings.Database, Terminal.Time);
        if (!opened.Ok)
        {
            return Terminal.Complain(opened.Problem);
        }

        await using var database = opened.Value;
        var ids = new IdSource();
        var key = await SalesKey.Open(own: null, settings.DataFolder, new Secrets(database, ids), ids);
        if (!key.Ok)
        {
            return Terminal.Complain(key.Problem);
        }

        Console.WriteLine(key.Value.Text);
        return 0;
    }
}
