using System.CommandLine;
using Cartwright;

// Stopping is the host's business: it finishes what it accepted. The parser's own handling would end the process in between.
var root = new RootCommand("Cartwright: a self-hosted shop for AI assistants. Without a verb it serves.")
{
    ServeVerb.Create(),
    CatalogVerb.Create(),
    ChatVerb.Create(),
    OrdersVerb.Create(),
    SalesVerb.Create(),
    BackupVerb.Create(),
    RestoreVerb.Create(),
    MoveVerb.Create(),
};
root.SetAction((_, cancellation) => ServeVerb.Run(cancellation));
var parsed = root.Parse(args);
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null };
if (parsed.Errors.Count > 0)
{
    // The help that nobody asked for belongs to the complaint.
    configuration.Output = configuration.Error;
}

var code = await parsed.InvokeAsync(configuration);
return parsed.Errors.Count > 0 && parsed.CommandResult.Command.Name == ChatVerb.Name ? Terminal.BadSetup : code;
