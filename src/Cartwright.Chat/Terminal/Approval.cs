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

        var answer = await View.Ask(Rows(name, tool, arguments), () => attention.Ask("yan", cancellation), letter =>
            letter == 'a' ? screen.Paint.Dim($"  {name}: always allowed, until you leave") : null);
        if (answer == 'a')
        {
            _always.Add(tool.Name);
        }

        return answer is 'y' or 'a';
    }

    private List<Row> Rows(string name, ToolInfo tool, JsonObject arguments)
    {
        var (paint, width) = (screen.Paint, screen.Canvas.Width);
        var effect = tool.Destructive ? "may overwrite or remove something" : "writes";
        var rows = new List<Row> { Styled(paint.Warning, CellWidth.Cut($"{name} {effect}:", width)) };
        var lines = JsonText.Pretty(arguments, default).Split('\n');
        var most = Math.Max(1, (screen.Area?.Height ?? 24) - 5);
        rows.AddRange(lines.Take(most).Select(line => Styled(paint.Dim, CellWidth.Cut($"  {line}", width))));
        if (lines.Length > most)
        {
            rows.Add(Styled(paint.Dim, $"  and {lines.Length - most} more lines"));
        }

        const string Question = "Call it? y = yes, n = no, a = always for this tool: ";
        rows.Add(Styled(paint.Bold, CellWidth.Cut(Question, width)));
        return rows;
    }

    private static Row Styled(Func<string, string> style, string text) => new(style(text), CellWidth.Of(text));
}
