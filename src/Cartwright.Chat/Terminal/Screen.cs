using Spectre.Console.Rendering;

namespace Cartwright.Chat.Terminal;

/// <summary>Where the chat is shown: finished text above, and on a terminal the area below that changes.</summary>
internal sealed class Screen(TextWriter output, Canvas canvas, LiveArea? area)
{
    public Canvas Canvas { get; } = canvas;

    /// <summary>Null where the cursor cannot be moved: then there are finished lines only.</summary>
    public LiveArea? Area { get; } = area;

    public Paint Paint => Canvas.Paint;

    /// <summary>Writes finished lines, each with its end; nothing of them changes any more.</summary>
    public void Print(string lines, IReadOnlyList<Row>? below = null, (int Row, int Column)? cursor = null)
    {
        if (Area is not null)
        {
            Area.Show(lines, below ?? [], cursor);
        }
        else if (lines.Length > 0)
        {
            output.Write(lines);
            output.Flush();
        }
    }

    public void Print(IRenderable renderable) => Print(Canvas.Render(renderable));

    public void Say(string line) => Print($"{Fold(line)}\n");

    /// <summary>The text with line breaks between words for a terminal; what is written elsewhere stays in one line.</summary>
    /// <param name="indent">Columns that are to stay free before every line but the first.</param>
    public string Fold(string text, int indent = 0) =>
        Area is null ? text : AnsiText.Wrap(text, Canvas.Width - indent).Replace("\n", $"\n{new string(' ', indent)}", StringComparison.Ordinal);

    /// <summary>Whether anything went wrong since the start, for the exit code of scripts.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Says what stands in the way, or what went wrong.</summary>
    public void Complain(string advice)
    {
        HasFailed = true;
        Say(Paint.Bad(SafeText.Clean(advice)));
    }
}
