using System.Globalization;
using System.Text;

namespace Cartwright.Chat.Terminal;

/// <summary>Breaks a prompt and edited text into rows, and finds the cursor's place in them.</summary>
internal static class EditorLayout
{
    private const int Indent = 2;

    /// <summary>The rows; so much of the text as <paramref name="accentUntil"/> says is written in the accent colour.</summary>
    public static (List<Row> Rows, (int Row, int Column) Cursor) Lay(Row prompt, string text, int cursor, int width, Paint paint, int accentUntil = 0)
    {
        var rows = new List<Row>();
        var row = new StringBuilder(prompt.Text);
        var column = prompt.Width;
        (int Row, int Column)? place = null;
        var indent = Math.Min(Indent, prompt.Width);
        var at = 0;
        while (at < text.Length)
        {
            var element = text.AsSpan(at, StringInfo.GetNextTextElementLength(text, at));
            var isBreak = element is "\n" or "\r\n";
            var cells = isBreak ? 0 : CellWidth.OfElement(element);
            if (column + cells > width)
            {
                Break();
            }

            if (at >= cursor && place is null)
            {
                place = (rows.Count, column);
            }

            if (isBreak)
            {
                Break();
            }
            else
            {
                row.Append(at < accentUntil ? paint.Accent(element.ToString()) : element);
                column += cells;
            }

            at += element.Length;
        }

        if (place is null && column >= width)
        {
            Break();
        }

        place ??= (rows.Count, column);

        rows.Add(new Row(row.ToString(), column));
        return (rows, place.Value);

        void Break()
        {
            rows.Add(new Row(row.ToString(), column));
            row.Clear().Append(' ', indent);
            column = indent;
        }
    }
}
