using System.Globalization;
using System.Security;
using System.Text;
using Cartwright.Chat.Terminal;

namespace Cartwright.Tests.Chat;

/// <summary>Draws a captured screen (text with SGR escapes, ECMA-48 8.3.117) as SVG: a window of its own, so that it suits dark and light pages.</summary>
internal static class ScreenPicture
{
    private const decimal Cell = 8.4m;
    private const decimal CellHeight = 18;
    private const decimal Border = 16;
    private const decimal Title = 34;

    private static readonly string[] Palette =
    [
        "#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9",
        "#7f8794", "#ff7b86", "#b5e890", "#ffd68a", "#8cc8ff", "#e29bf5", "#7fdbe6", "#ffffff",
    ];

    private sealed record Pen(string? Color, bool Bold, bool Dim, bool Italic, bool Underlined)
    {
        public static readonly Pen Plain = new(null, false, false, false, false);
    }

    public static string Draw(IReadOnlyList<string> lines, int columns)
    {
        var (width, height) = ((columns * Cell) + (2 * Border), (lines.Count * CellHeight) + Border + Title);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="The chat in a terminal">
            <rect width="{width}" height="{height}" rx="10" fill="#1e222a" stroke="#4b5263"/>
            <circle cx="20" cy="17" r="5.5" fill="#e06c75"/><circle cx="38" cy="17" r="5.5" fill="#e5c07b"/><circle cx="56" cy="17" r="5.5" fill="#98c379"/>
            <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d8dee9" xml:space="preserve">

            """);
        var pen = Pen.Plain;
        foreach (var (row, line) in lines.Index())
        {
            var column = 0;
            foreach (var (text, style) in Runs(line, pen))
            {
                pen = style;
                Append(svg, text, style, Border + (column * Cell), Title + 14 + (row * CellHeight));
                column += CellWidth.Of(text);
            }
        }

        return svg.Append("</g>\n</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, string text, Pen pen, decimal x, decimal y)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        // Words at their places: a font with other widths moves nothing.
        x += (text.Length - text.TrimStart().Length) * Cell;
        text = text.Trim();
        var style = (pen.Color is null ? "" : $" fill=\"{pen.Color}\"") + (pen.Bold ? " font-weight=\"bold\"" : "") + (pen.Dim ? " opacity=\"0.65\"" : "")
            + (pen.Italic ? " font-style=\"italic\"" : "") + (pen.Underlined ? " text-decoration=\"underline\"" : "");
        var length = CellWidth.Of(text) * Cell;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"{style}>{SecurityElement.Escape(text)}</text>\n");
    }

    private static IEnumerable<(string Text, Pen Pen)> Runs(string line, Pen pen)
    {
        var at = 0;
        while (at < line.Length)
        {
            if (line[at] == '\e')
            {
                var end = line.IndexOf('m', at);
                pen = Change(pen, line[(at + 2)..end]);
                at = end + 1;
                yield return ("", pen);
                continue;
            }

            var next = line.IndexOf('\e', at) is var found and >= 0 ? found : line.Length;
            yield return (line[at..next], pen);
            at = next;
        }
    }

    private static Pen Change(Pen pen, string codes)
    {
        var numbers = codes.Split(';').Select(text => int.TryParse(text, out var number) ? number : 0).ToArray();
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] is 38 or 48 && i + 2 < numbers.Length && numbers[i + 1] == 5)
            {
                pen = numbers[i] == 38 ? pen with { Color = Palette[numbers[i + 2] % 16] } : pen;
                i += 2;
                continue;
            }

            pen = numbers[i] switch
            {
                0 => Pen.Plain,
                1 => pen with { Bold = true },
                2 => pen with { Dim = true },
                3 => pen with { Italic = true },
                4 => pen with { Underlined = true },
                22 => pen with { Bold = false, Dim = false },
                23 => pen with { Italic = false },
                24 => pen with { Underlined = false },
                >= 30 and <= 37 => pen with { Color = Palette[numbers[i] - 30] },
                39 => pen with { Color = null },
                >= 90 and <= 97 => pen with { Color = Palette[numbers[i] - 82] },
                _ => pen,
            };
        }

        return pen;
    }
}
