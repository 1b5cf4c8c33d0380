namespace Cartwright.Chat.Commands;

/// <summary>A command of the chat.</summary>
/// <param name="Name">With its slash.</param>
/// <param name="Arguments">As the help shows them.</param>
/// <param name="Run">Does it with what follows the name.</param>
internal sealed record Command(string Name, string Arguments, string Description, Func<ChatRoom, string, CancellationToken, Task> Run);

/// <summary>All commands.</summary>
internal static class CommandList
{
    public static readonly IReadOnlyList<Command> All =
    [
        new("/tools", "", "lists the tools, and what each takes", Listings.Tools),
        new("/call", "<tool> key=value ...", "calls a tool", CallCommand.Run),
        new("/prompts", "", "lists the prompts", Listings.Prompts),
        new("/prompt", "<name> key=value ...", "prepares the next message with a prompt", PromptCommand.Run),
        new("/resources", "", "lists the resources", Listings.Resources),
        new("/read", "<uri>", "shows a resource; @uri in a message attaches it", ReadCommand.Run),
        new("/last", "", "shows the tool calls of the last turn in full", LastCommand.Run),
        new("/model", "[name]", "tells the model, or changes it", SessionCommands.Model),
        new("/save", "[file]", "saves the conversation", FileCommands.Save),
        new("/load", "[file]", "goes on with a saved conversation", FileCommands.Load),
        new("/export", "md|json [file]", "writes the conversation as Markdown or JSON", FileCommands.Export),
        new("/clear", "", "forgets the conversation", SessionCommands.Clear),
        new("/help", "", "shows this", SessionCommands.Help),
        new("/exit", "", "leaves, as /quit and Ctrl-D do", (_, _, _) => Task.CompletedTask),
        new("/quit", "", "leaves", (_, _, _) => Task.CompletedTask),
    ];

    /// <summary>The name and the arguments of a line that is a command: a slash and a word. A path is none, and neither is a comment of code.</summary>
    public static (string Name, string Arguments)? Split(string line)
    {
        if (!line.StartsWith('/') || (line.Length > 1 && !char.IsLetter(line[1]) && line[1] is not ('?' or ' ' or '\t' or '\n')))
        {
            return null;
        }

        var end = line.AsSpan().IndexOfAny(' ', '\t', '\n');
        var name = end < 0 ? line : line[..end];
        return name.IndexOf('/', 1) < 0 ? (name.ToLowerInvariant(), end < 0 ? "" : line[(end + 1)..].Trim()) : null;
    }

    public static bool IsExit(string name) => name is "/exit" or "/quit";

    public static bool IsKnown(string name) => All.Any(command => command.Name == name);

    public static string Unknown(string name)
    {
        var meant = Nearest.Of(name, All.Select(command => command.Name));
        return $"There is no command {SafeText.Line(name, 40)}{(meant is null ? "." : $"; did you mean {meant}?")} /help lists them.";
    }
}
