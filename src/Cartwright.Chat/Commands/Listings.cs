using Cartwright.Chat.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cartwright.Chat.Commands;

/// <summary>/tools, /prompts, /resources.</summary>
internal static class Listings
{
    private static readonly Style Name = new(Color.Teal);
    private static readonly Style Quiet = new(decoration: Decoration.Dim);

    public static async Task Tools(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var tools = await room.Session.Tools.Get(cancellation);
        Print(room, "This server has no tools.", tools.Select(tool => (
            tool.Name,
            string.Join(' ', ArgumentSchema.Of(tool.InputSchema).Select(argument => Argument(argument.Name, argument.IsRequired))),
            FirstSentences(tool.Description ?? tool.Title ?? ""),
            tool.ReadOnly ? "" : tool.Destructive ? "asks first: may overwrite or remove" : "asks first: writes")));
    }

    public static async Task Prompts(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var prompts = await room.Offers.Prompts(cancellation);
        Print(room, "This server has no prompts.", prompts.Select(prompt => (
            prompt.Name,
            string.Join(' ', prompt.Arguments.Select(argument => Argument(argument.Name, argument.Required))),
            FirstSentences(prompt.Description ?? prompt.Title ?? ""),
            "")));
    }

    public static async Task Resources(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var resources = await room.Offers.Resources(cancellation);
        var templates = await room.Offers.Templates(cancellation);
        Print(room, "This server has no resources.",
        [
            .. resources.Select(resource => (
                resource.Uri,
                resource.Size is { } size ? ToolLine.Size(size) : "",
                FirstSentences(resource.Description ?? resource.Title ?? resource.Name),
                "")),
            .. templates.Select(template => (template.UriTemplate, "", FirstSentences(template.Description ?? template.Title ?? template.Name), "")),
        ]);
    }

    private static string Argument(string name, bool isRequired) => isRequired ? $"{name}=…" : $"[{name}=…]";

    private static void Print(ChatRoom room, string none, IEnumerable<(string Name, string Arguments, string Description, string Mark)> offers)
    {
        var rows = new List<IRenderable>();
        foreach (var (name, arguments, description, mark) in offers)
        {
            var head = new Paragraph().Append(SafeText.Line(name), Name);
            if (arguments.Length > 0)
            {
                head.Append($" {SafeText.Line(arguments)}", Quiet);
            }

            rows.Add(head);
            var text = new Paragraph().Append(SafeText.Line(description, 1000));
            if (mark.Length > 0)
            {
                text.Append($"{(description.Length > 0 ? " " : "")}({mark})", new Style(Color.Olive));
            }

            rows.Add(new Indented("  ", "  ", Style.Plain, text));
        }

        room.Screen.Print(rows.Count == 0 ? new Text(none) : new Rows(rows));
    }

    /// <summary>As much of a description, written for models, as tells a person what it is.</summary>
    private static string FirstSentences(string text)
    {
        var line = text.Split('\n', 2)[0].Trim();
        var end = line.IndexOf(". ", Math.Min(60, line.Length), StringComparison.Ordinal);
        return end < 0 ? line : line[..(end + 1)];
    }
}
