using System.Text.Json.Nodes;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Terminal;

namespace Cartwright.Chat.Commands;

/// <summary>/read: shows what is at a URI: JSON and Markdown as what they are, everything else as text.</summary>
internal static class ReadCommand
{
    public static async Task Run(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var uri = rest.TrimStart('@');
        if (uri.Length == 0)
        {
            room.Screen.Complain("/read takes the URI of a resource: /resources lists them.");
            return;
        }

        foreach (var part in await room.Connection.ReadResource(uri, cancellation))
        {
            Show(room.Screen, part);
        }
    }

    private static void Show(Screen screen, ResourceText part)
    {
        var text = SafeText.Clean(part.Text).Trim('\n');
        if (JsonText.Parse(part.Text) is JsonObject or JsonArray)
        {
            var json = JsonText.Parse(part.Text);
            CallCommand.ShowCharts(screen, json);
            screen.Print($"{JsonText.Pretty(json, screen.Paint)}\n");
        }
        else if (part.MimeType?.StartsWith("text/markdown", StringComparison.OrdinalIgnoreCase) is true)
        {
            var markdown = new MarkdownStream(screen.Canvas);
            screen.Print(markdown.Add(text) + markdown.End());
        }
        else
        {
            screen.Print($"{text}\n");
        }
    }
}
