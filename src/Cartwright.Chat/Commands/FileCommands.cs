using Cartwright.Chat.Conversations;

namespace Cartwright.Chat.Commands;

/// <summary>/save, /load, /export.</summary>
internal static class FileCommands
{
    private const string Standard = "cartwright-chat.json";

    public static async Task Save(ChatRoom room, string rest, CancellationToken cancellation)
    {
        if (Conversation(room) is { } conversation && await Target(room, Path(rest) ?? room.File ?? Standard, cancellation) is { } file)
        {
            await Guard(room, file, async () =>
            {
                await ConversationFile.Save(file, conversation, cancellation);
                room.File = file;
                room.Screen.Say($"Saved {Messages(conversation)} to {file}. /load {CommandLine.Quote(file)} goes on with them.");
            });
        }
    }

    public static async Task Load(ChatRoom room, string rest, CancellationToken cancellation)
    {
        if (Conversation(room, mayBeEmpty: true) is { } conversation)
        {
            var file = Path(rest) ?? room.File ?? Standard;
            await Guard(room, file, async () =>
            {
                conversation.Load(await ConversationFile.Load(file, cancellation));
                room.File = file;
                var last = conversation.Messages.LastOrDefault(message => message.Role == "user")?.Text ?? "";
                room.Screen.Say($"Loaded {Messages(conversation)} from {file}.{(last.Length > 0 ? $" Your last one: {SafeText.Line(last, 200)}" : "")}");
            });
        }
    }

    public static async Task Export(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var words = CommandLine.Split(rest);
        if (words is not [{ Text: "md" or "json" }, ..])
        {
            room.Screen.Complain("/export takes md or json, and a file if you like: /export md sales.md.");
            return;
        }

        var (kind, name) = (words[0].Text, words.Count > 1 ? words[1].Text : $"cartwright-chat-export.{words[0].Text}");
        if (Conversation(room) is { } conversation && await Target(room, name, cancellation) is { } file)
        {
            await Guard(room, file, async () =>
            {
                var text = kind == "md" ? ConversationFile.Markdown(conversation.Messages) : ConversationFile.Json(conversation.Messages);
                await ConversationFile.Write(file, text, cancellation);
                room.Screen.Say($"Wrote {Messages(conversation)} to {file}.");
            });
        }
    }

    private static string? Path(string rest) => CommandLine.Split(rest) is [var word, ..] ? word.Text : null;

    private static string Messages(Conversation conversation) => conversation.Messages.Count == 1 ? "1 message" : $"{conversation.Messages.Count} messages";

    private static Conversation? Conversation(ChatRoom room, bool mayBeEmpty = false)
    {
        if (room.Session.Conversation is not { } conversation)
        {
            room.Screen.Complain("There is no conversation in tools-only mode: set OPENAI_API_KEY to have one.");
            return null;
        }

        if (conversation.Messages.Count == 0 && !mayBeEmpty)
        {
            room.Screen.Complain("Nothing has been said yet.");
            return null;
        }

        return conversation;
    }

    /// <summary>The file, when it is new, known to be of this conversation, or may be overwritten.</summary>
    private static async Task<string?> Target(ChatRoom room, string file, CancellationToken cancellation)
    {
        if (!File.Exists(file) || file == room.File)
        {
            return file;
        }

        if (!room.Lines.CanAsk)
        {
            room.Screen.Complain($"{file} is there already, and nobody can be asked here whether to overwrite it: name another file, or remove this one first.");
            return null;
        }

        var answer = await room.Ask($"{file} is there already. Overwrite it? [y/N] ", "", null, cancellation);
        if (answer?.ToLowerInvariant() is "y" or "yes")
        {
            return file;
        }

        room.Screen.Say("Nothing was written.");
        return null;
    }

    private static async Task Guard(ChatRoom room, string file, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (InvalidDataException problem)
        {
            room.Screen.Complain(problem.Message);
        }
        catch (FileNotFoundException)
        {
            room.Screen.Complain($"There is no file {file}.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            room.Screen.Complain($"{file} cannot be used: {problem.Message}");
        }
    }
}
