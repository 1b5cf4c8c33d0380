using System.Text;

namespace Cartwright.Chat.Terminal;

/// <summary>A row as it is written, with escapes, and the columns it takes: fewer than the terminal has, so that it never wraps.</summary>
internal readonly record struct Row(string Text, int Width)
{
    public static Row Of(string plain) => new(plain, CellWidth.Of(plain));
}

/// <summary>
/// The rows at the end of the output that still change: a line being edited, the unfinished end of an answer, spinners. Everything above
/// is written once and belongs to the terminal's scrollback. Each change is one write, and touches only the rows that differ.
/// </summary>
/// <remarks>
/// Between changes the cursor stands in the area; where it stood is all that has to be known of the screen. The terminal reflows rows when
/// it is resized, which is reckoned with.
/// </remarks>
internal sealed class LiveArea(TextWriter terminal, Func<(int Width, int Height)> size)
{
    // Synchronized output (mode 2026): terminals that know it show the frame at once, the others ignore it.
    private const string BeginFrame = "\e[?2026h\e[?25l";
    private const string EndFrame = "\e[?2026l";

    private IReadOnlyList<Row> _rows = [];
    private (int Row, int Column) _cursor;
    private int _width;

    /// <summary>Columns that a row may take.</summary>
    public int Width => Math.Max(10, size().Width - 1);

    /// <summary>Rows that the area may take.</summary>
    public int Height => Math.Max(2, size().Height - 1);

    /// <summary>Shows these rows, below the finished text (whole lines), if there is any. Without a cursor none is seen.</summary>
    public void Show(string finished, IReadOnlyList<Row> rows, (int Row, int Column)? cursor = null)
    {
        (rows, cursor) = Fit(rows, cursor);
        var (width, frame) = (Width, new StringBuilder(BeginFrame));
        Up(frame, RowsAbove(width));
        if (finished.Length > 0 || width != _width)
        {
            frame.Append("\e[J").Append(finished);
            _rows = [];
        }

        for (var i = 0; i < rows.Count; i++)
        {
            frame.Append(i > 0 ? "\r\n" : "");
            if (i >= _rows.Count || _rows[i] != rows[i])
            {
                frame.Append(rows[i].Text).Append("\e[K");
            }
        }

        if (_rows.Count > rows.Count)
        {
            frame.Append(rows.Count > 0 ? $"\r\n\e[J\e[A" : "\e[J");
        }

        var at = cursor ?? (Math.Max(0, rows.Count - 1), 0);
        Up(frame, rows.Count - 1 - at.Row);
        frame.Append(at.Column > 0 ? $"\e[{at.Column}C" : "").Append(cursor is null ? "" : "\e[?25h").Append(EndFrame);
        (_rows, _cursor, _width) = (rows, at, width);
        terminal.Write(frame);
        terminal.Flush();
    }

    /// <summary>Leaves the rows as they are, for good, and goes on below them.</summary>
    public void Keep()
    {
        var end = new StringBuilder();
        if (_rows.Count > 0)
        {
            var down = _rows.Count - 1 - _cursor.Row;
            end.Append(down > 0 ? $"\e[{down}B" : "").Append("\r\n");
        }

        Reset(end.Append("\e[?25h"));
    }

    /// <summary>Takes the rows off the screen.</summary>
    public void Clear()
    {
        Show("", []);
        Reset(new StringBuilder("\e[?25h"));
    }

    /// <summary>Clears the whole screen, and begins at its top.</summary>
    public void ClearScreen() => Reset(new StringBuilder("\e[H\e[2J"));

    /// <summary>The screen has been written to by others: the area begins at the cursor's row.</summary>
    public void Forget() => Reset(new StringBuilder("\r"));

    private void Reset(StringBuilder output)
    {
        (_rows, _cursor) = ([], default);
        terminal.Write(output);
        terminal.Flush();
    }

    /// <summary>Rows of the screen from the area's first one to the cursor's, which are more when a narrower terminal has broken them.</summary>
    private int RowsAbove(int width)
    {
        if (_rows.Count == 0 || width >= _width)
        {
            return _cursor.Row;
        }

        var columns = width + 1;
        return _rows.Take(_cursor.Row).Sum(row => Math.Max(1, (row.Width + columns - 1) / columns)) + (_cursor.Column / columns);
    }

    private static void Up(StringBuilder frame, int rows) => frame.Append('\r').Append(rows > 0 ? $"\e[{rows}A" : "");

    /// <summary>Those rows that fit on the screen: around the cursor, or the last ones.</summary>
    private (IReadOnlyList<Row> Rows, (int Row, int Column)? Cursor) Fit(IReadOnlyList<Row> rows, (int Row, int Column)? cursor)
    {
        var height = Height;
        if (rows.Count <= height)
        {
            return (rows, cursor);
        }

        var last = cursor is { } at ? Math.Clamp(at.Row + (height / 2), height - 1, rows.Count - 1) : rows.Count - 1;
        var first = last - height + 1;
        return ([.. rows.Skip(first).Take(height)], cursor is { } seen ? (seen.Row - first, seen.Column) : null);
    }
}
