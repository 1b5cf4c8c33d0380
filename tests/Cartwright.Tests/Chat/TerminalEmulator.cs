using System.Globalization;
using System.Text;

namespace Cartwright.Tests.Chat;

/// <summary>A small terminal, after ECMA-48 and xterm: what the chat writes, as it looks. It knows the sequences that the chat may use; any other fails.</summary>
internal sealed class TerminalEmulator(int width, int height) : TextWriter
{
    private readonly List<string?[]> _rows = [new string?[Math.Max(width, 300)]];
    private int _top;
    private int _row;
    private int _column;
    private bool _wraps;
    private string _pending = "";

    public override Encoding Encoding => Encoding.UTF8;

    public int Width { get; set; } = width;

    public int Height => height;

    public bool CursorIsVisible { get; private set; } = true;

    /// <summary>Where the cursor is: row of the text (scrolled ones included), and column.</summary>
    public (int Row, int Column) Cursor => (_row, _column);

    /// <summary>Everything on the screen and above it, without spaces at line ends and empty lines at the end.</summary>
    public string Text => string.Join('\n', _rows.Select(row => string.Concat(row.Select(cell => cell ?? " ")).TrimEnd())).TrimEnd('\n');

    public override void Write(char value) => Write(value.ToString());

    public override void Write(StringBuilder? value) => Write(value?.ToString());

    public override void Write(string? value)
    {
        lock (_rows)
        {
            var text = _pending + value;
            _pending = "";
            for (var at = 0; at < text.Length;)
            {
                at += text[at] == '\e' ? Sequence(text[at..]) : Character(text[at..]);
            }
        }
    }

    /// <summary>The text, seen from another thread.</summary>
    public string Look()
    {
        lock (_rows)
        {
            return Text;
        }
    }

    private int Character(string text)
    {
        if (text[0] is '\r' or '\n')
        {
            _wraps = false;
            _column = 0;
            if (text[0] == '\n')
            {
                LineFeed();
            }

            return 1;
        }

        Assert.False(char.IsControl(text[0]), $"U+{(int)text[0]:X4} came to the terminal");
        var element = StringInfo.GetNextTextElement(text);
        var cells = element[0] >= 0x1100 && element[0] is not ((>= '\u2000' and < '\u2E80') or '\uFFFD') ? 2 : 1;
        if (_wraps || _column + cells > Width)
        {
            (_wraps, _column) = (false, 0);
            LineFeed();
        }

        _rows[_row][_column] = element;
        if (cells == 2)
        {
            _rows[_row][_column + 1] = "";
        }

        _column += cells;
        if (_column >= Width)
        {
            (_column, _wraps) = (Width - 1, true);
        }

        return element.Length;
    }

    private void LineFeed()
    {
        _row++;
        if (_row == _rows.Count)
        {
            _rows.Add(new string?[Math.Max(Width, 300)]);
        }

        _top = Math.Max(_top, _row - Height + 1);
    }

    private int Sequence(string text)
    {
        if (text.StartsWith("\e]8;", StringComparison.Ordinal))
        {
            var close = text.IndexOf("\e\\", 2, StringComparison.Ordinal);
            Assert.True(close > 0, "a link that is not closed");
            return close + 2;
        }

        var end = 2;
        while (end < text.Length && text[end] is < '@' or > '~')
        {
            end++;
        }

        if (end >= text.Length)
        {
            _pending = text;
            return text.Length;
        }

        Assert.Equal('[', text[1]);
        var parameters = text[2..end];
        var count = int.TryParse(parameters, out var number) ? number : 1;
        _wraps = _wraps && text[end] == 'm';
        switch (text[end])
        {
            case 'A':
                _row = Math.Max(_top, _row - count);
                break;
            case 'B':
                _row = Math.Min(_rows.Count - 1, _row + count);
                break;
            case 'C':
                _column = Math.Min(Width - 1, _column + count);
                break;
            case 'H':
                (_row, _column) = (_top, 0);
                break;
            case 'K':
                Array.Clear(_rows[_row], _column, _rows[_row].Length - _column);
                break;
            case 'J' when parameters == "2":
                _rows.RemoveRange(_top, _rows.Count - _top);
                _rows.Add(new string?[300]);
                break;
            case 'J':
                Array.Clear(_rows[_row], _column, _rows[_row].Length - _column);
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case 'h' or 'l' when parameters == "?25":
                CursorIsVisible = text[end] == 'h';
                break;
            case 'h' or 'l' when parameters is "?2026" or "?2004":
            case 'm':
                break;
            default:
                Assert.Fail($"The sequence {text[1..(end + 1)]} is not one that the chat may use.");
                break;
        }

        return end + 1;
    }
}
