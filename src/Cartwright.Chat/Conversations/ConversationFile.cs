using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Conversations;

/// <summary>
/// Keeps conversations in files, and writes them for people and programs to read. The messages have the form of the chat completions API.
/// </summary>
internal static class ConversationFile
{
    private const string Mark = "cartwright_chat";
    private const int Version = 1;
    private const int MostBytes = 64 * 1024 * 1024;

    /// <summary>Writes the messages so that <see cref="Load"/> reads them again; on Unix only its owner may read a new file.</summary>
    public static async Task Save(string path, Conversation conversation, CancellationToken cancellation)
    {
        var file = new JsonObject { [Mark] = Version, ["model"] = conversation.Model, ["messages"] = MessageJson.Write(conversation.Messages) };
        await Write(path, Text(file), cancellation);
    }

    /// <summary>Writes a text into a file that only its owner may read.</summary>
    public static async Task Write(string path, string text, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(path, options);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
    }

    /// <summary>The messages of a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file; the message is a line of advice.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<Message>> Load(string path, CancellationToken cancellation)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
        {
            throw new InvalidDataException($"{path} is larger than any conversation: choose a file that /save has written.");
        }

        try
        {
            var root = JsonNode.Parse(await File.ReadAllTextAsync(path, cancellation)) as JsonObject;
            var version = root?[Mark] is JsonValue mark && mark.TryGetValue<int>(out var number) ? number : 0;
            return version switch
            {
                Version => MessageJson.Read(root!["messages"]),
                > Version => throw new InvalidDataException($"{path} was saved by a newer version of this program: load it with that one."),
                _ => throw new InvalidDataException($"{path} is no saved conversation: choose a file that /save has written."),
            };
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is no saved conversation: choose a file that /save has written.", error);
        }
    }

    /// <summary>The conversation as JSON: {"messages": [...]}.</summary>
    public static string Json(IReadOnlyList<Message> messages) => Text(new JsonObject { ["messages"] = MessageJson.Write(messages) });

    /// <summary>The conversation as Markdown: questions as headings, calls and results as blocks of code.</summary>
    public static string Markdown(IReadOnlyList<Message> messages)
    {
        var text = new StringBuilder("# Conversation\n");
        foreach (var message in messages)
        {
            _ = message.Role switch
            {
                "user" => text.Append("\n## You\n\n").Append(message.Text).Append('\n'),
                "assistant" when message.Text.Length > 0 => text.Append("\n## Assistant\n\n").Append(message.Text).Append('\n'),
                "tool" => Block(text, "Result", message.Text),
                _ => text,
            };
            foreach (var call in message.Calls ?? [])
            {
                Block(text, $"Call of {call.Tool}", call.Arguments);
            }
        }

        return SafeText.Clean(text.ToString());
    }

    private static StringBuilder Block(StringBuilder text, string title, string content)
    {
        // A fence longer than any inside.
        var fence = "```";
        while (content.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }

        return text.Append($"\n{title}:\n\n{fence}\n{content}\n{fence}\n");
    }

    private static string Text(JsonObject json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteTo(writer);
        }

        return $"{Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)}\n";
    }
}
