using System.Text.Json.Nodes;
using Cartwright.Chat.Connections;

namespace Cartwright.Chat.Terminal;

/// <summary>Asks before a tool is called that may change something.</summary>
internal sealed class Approval(Screen screen, Attention attention, bool yes)
{
    private readonly HashSet<string> _always = new(StringComparer.Ordinal);

    /// <summary>The view of the turn that is going on.</summary>
    public TurnView? View { get; set; }

    public async ValueTask<bool> Ask(ToolInfo tool, JsonObject arguments, CancellationToken cancellation)
    {
        if (yes || _always.Contains(tool.Name))
        {
            return true;
        }

        var name = SafeText.Line(tool.Name, 60);
        if (!attention.CanAsk || View is null)
        {
            screen.Say(screen.Paint.Warning($"{name} may change something, and nobody can be asked here: not called. --yes allows it."));
            return false;
        }

        // Whatever is allowed has been seen: what is too long to be asked about on one screen is written above the question.
        var (above, question) = Show(name, tool, arguments);
        var answer = await View.Ask(above, question, () => attention.Ask("yan", cancellation), letter =>
            letter == 'a' ? screen.Paint.Dim($"  {name}: always allowed, until you leave") : null);
        if (answer == 'a')
        {
            _always.Add(tool.Name);
        }

        return answer is 'y' or 'a';
    }

    private (string Above, Func<IReadOnlyList<Row>> Question) Show(string name, ToolInfo tool, JsonObject arguments)
    {
        var (paint, lines) = (screen.Paint, JsonText.Pretty(arguments, default).Split('\n'));
        var head = $"{name} {(tool.Destructive ? "may overwrite or remove something" : "writes")}:";
        var all = About(head, lines);
        return all.Count <= Math.Max(1, (screen.Area?.Height ?? 24) - 3)
            ? ("", () => [.. About(head, lines), .. Question()])
            : (string.Concat(all.Select(row => $"{row.Text}\n")), () => [.. CellWidth.Break($"{name}, as shown above.", screen.Canvas.Width).Select(line => Styled(paint.Warning, line)), .. Question()]);
    }

    private List<Row> About(string head, string[] lines)
    {
        var (paint, width) = (screen.Paint, screen.Canvas.Width);
        return
        [
            .. CellWidth.Break(head, width).Select(line => Styled(paint.Warning, line)),
            .. lines.SelectMany(line => CellWidth.Break(line, Math.Max(4, width - 2))).Select(line => Styled(paint.Dim, $"  {line}")),
        ];
    }

    private IEnumerable<Row> Question() =>
        CellWidth.Break("Call it? y = yes, n = no, a = always for this tool: ", screen.Canvas.Width).Select(line => Styled(screen.Paint.Bold, line));

    private static Row Styled(Func<string, string> style, string text) => new(style(text), CellWidth.Of(text));
}
