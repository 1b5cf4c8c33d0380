using Cartwright.Chat.Connections;
using Cartwright.Chat.Terminal;
using Spectre.Console;

namespace Cartwright.Chat.Commands;

/// <summary>/prompt: gets a prompt's messages, which go in front of the next message. Without a model they are shown, and that is all.</summary>
internal static class PromptCommand
{
    public static async Task Run(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var words = CommandLine.Split(rest);
        var prompts = await room.Offers.Prompts(cancellation);
        if (words.Count == 0)
        {
            room.Screen.Complain("/prompt takes the name of a prompt: /prompts lists them.");
            return;
        }

        if (prompts.FirstOrDefault(prompt => prompt.Name == words[0].Text) is not { } prompt)
        {
            var meant = Nearest.Of(words[0].Text, prompts.Select(prompt => prompt.Name));
            room.Screen.Complain($"There is no prompt {SafeText.Line(words[0].Text, 60)}{(meant is null ? "." : $"; did you mean {meant}?")} /prompts lists them.");
            return;
        }

        if (await Arguments(room, prompt, words, cancellation) is not { } arguments)
        {
            return;
        }

        var messages = await room.Connection.GetPrompt(prompt.Name, arguments.Texts(), cancellation);
        Show(room.Screen, messages);
        if (room.Session.Conversation is { } conversation)
        {
            conversation.Prepare(messages);
            room.Screen.Note(room.Screen.Paint.Dim("This goes in front of your next message. Enter alone sends it as it is, Ctrl-C drops it."));
        }
    }

    private static async Task<NamedArguments?> Arguments(ChatRoom room, PromptInfo prompt, List<Word> words, CancellationToken cancellation)
    {
        var required = prompt.Arguments.Where(argument => argument.Required).ToList();
        var only = required.Count == 1 ? required[0].Name : prompt.Arguments.Count == 1 ? prompt.Arguments[0].Name : null;
        var (arguments, problem) = NamedArguments.Read(words.Skip(1), only, prompt.Arguments.Select(argument => argument.Name));
        var unknown = arguments.Named.Select(pair => pair.Name).FirstOrDefault(name => prompt.Arguments.All(argument => argument.Name != name));
        if (problem is null && unknown is not null)
        {
            var names = prompt.Arguments.Select(argument => argument.Name).ToList();
            var meant = Nearest.Of(unknown, names);
            problem = $"{prompt.Name} has no argument {unknown}{(meant is null ? "." : $"; did you mean {meant}?")} It takes: {string.Join(", ", names)}.";
        }

        if (problem is not null)
        {
            room.Screen.Complain(problem);
            return null;
        }

        foreach (var argument in required.Where(argument => !arguments.Has(argument.Name)))
        {
            var completer = Completions.Server(room.Connection, new CompletionReference.Prompt(prompt.Name), argument.Name, arguments.Texts());
            if (await room.Ask($"{argument.Name}: ", argument.Description ?? "", completer, cancellation) is not { } value)
            {
                room.Screen.Complain($"Not prepared: {argument.Name} is needed. Give it as {argument.Name}=...");
                return null;
            }

            arguments.Add(argument.Name, value);
        }

        return arguments;
    }

    private static void Show(Screen screen, IReadOnlyList<PromptMessage> messages)
    {
        var quiet = new Style(decoration: Decoration.Dim);
        foreach (var message in messages)
        {
            if (messages.Count > 1 || message.Role != "user")
            {
                screen.Say(screen.Paint.Bold($"{SafeText.Line(message.Role, 20)}:"));
            }

            var bar = screen.Canvas.Unicode ? "│ " : "| ";
            screen.Print(new Indented(bar, bar, quiet, new Text(SafeText.Clean(message.Text).Trim('\n'))));
        }
    }
}
