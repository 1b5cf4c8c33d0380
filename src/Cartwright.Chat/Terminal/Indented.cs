using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cartwright.Chat.Terminal;

/// <summary>Something with a mark before its first line and another before the others: an item of a list, a quotation, code.</summary>
internal sealed class Indented(string first, string rest, Style style, IRenderable inside) : Renderable
{
    protected override Measurement Measure(RenderOptions options, int maxWidth) => new(Math.Min(maxWidth, 10), maxWidth);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var width = Math.Max(4, maxWidth - Math.Max(CellWidth.Of(first), CellWidth.Of(rest)));
        var lines = Segment.SplitLines(inside.Render(options, width));
        foreach (var (i, line) in lines.Index())
        {
            yield return new Segment(i == 0 ? first : rest, style);
            foreach (var segment in line)
            {
                yield return segment;
            }

            yield return Segment.LineBreak;
        }
    }
}

/// <summary>Lines that are broken only where the width ends, and keep their spaces.</summary>
internal sealed class CodeLines(string text, Style style) : Renderable
{
    protected override Measurement Measure(RenderOptions options, int maxWidth) => new(1, maxWidth);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            foreach (var piece in CellWidth.Break(line.Replace("\t", "    ", StringComparison.Ordinal), Math.Max(4, maxWidth)))
            {
                yield return new Segment(piece, style);
                yield return Segment.LineBreak;
            }
        }
    }
}
