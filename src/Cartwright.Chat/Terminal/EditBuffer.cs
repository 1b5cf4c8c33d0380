using System.Globalization;

namespace Cartwright.Chat.Terminal;

/// <summary>Text being edited, and the cursor in it, which never stands inside a text element. Positions count UTF-16 units.</summary>
internal sealed class EditBuffer
{
    private string _killed = "";

    public string Text { get; private set; } = "";

    public int Cursor { get; private set; }

    public bool AtFirstLine => !Text[..Cursor].Contains('\n', StringComparison.Ordinal);

    public bool AtLastLine => !Text[Cursor..].Contains('\n', StringComparison.Ordinal);

    private int LineStart => Text[..Cursor].LastIndexOf('\n') + 1;

    private int LineEnd => Text.IndexOf('\n', Cursor) is var end and >= 0 ? end : Text.Length;

    public void Set(string text) => Set(text, text.Length);

    public void Set(string text, int cursor)
    {
        Text = text;
        Cursor = cursor;
    }

    public void Insert(string text) => Replace(Cursor, Cursor, text);

    /// <summary>Puts the text in place of a part, and the cursor behind it.</summary>
    public void Replace(int start, int end, string text) => Set(Text[..start] + text + Text[end..], start + text.Length);

    public void Left() => Cursor = Before(Cursor);

    public void Right() => Cursor = After(Cursor);

    public void WordLeft() => Cursor = WordBefore();

    public void WordRight() => Cursor = WordAfter();

    public void Home() => Cursor = LineStart;

    public void End() => Cursor = LineEnd;

    public void Start() => Cursor = 0;

    public void Finish() => Cursor = Text.Length;

    /// <summary>To the same column of the line above (-1) or below (1).</summary>
    public void MoveLine(int by)
    {
        var column = CellWidth.Of(Text[LineStart..Cursor]);
        Cursor = by < 0 ? Math.Max(0, LineStart - 1) : Math.Min(Text.Length, LineEnd + 1);
        var end = LineEnd;
        Cursor = LineStart;
        while (Cursor < end && column > 0)
        {
            var next = After(Cursor);
            column -= CellWidth.OfElement(Text.AsSpan(Cursor..next));
            Cursor = column >= 0 ? next : Cursor;
        }
    }

    public void DeleteLeft() => Replace(Before(Cursor), Cursor, "");

    public void DeleteRight() => Remove(Cursor, After(Cursor));

    public void KillToEnd() => Kill(Cursor, Cursor == LineEnd ? After(Cursor) : LineEnd);

    public void KillToStart() => Kill(Cursor == LineStart ? Before(Cursor) : LineStart, Cursor);

    public void KillWordLeft() => Kill(WordBefore(), Cursor);

    public void KillWordRight() => Kill(Cursor, WordAfter());

    /// <summary>Back to a space, whatever else stands in between: what Ctrl-W does in shells.</summary>
    public void KillToSpace()
    {
        var at = Cursor;
        while (at > 0 && char.IsWhiteSpace(Text[at - 1]))
        {
            at--;
        }

        while (at > 0 && !char.IsWhiteSpace(Text[at - 1]))
        {
            at--;
        }

        Kill(at, Cursor);
    }

    /// <summary>Inserts what was killed last.</summary>
    public void Yank() => Insert(_killed);

    /// <summary>Exchanges the two elements around the cursor, or the last two at the end of the line.</summary>
    public void Transpose()
    {
        var middle = Cursor == LineEnd ? Before(Cursor) : Cursor;
        var start = Before(middle);
        var end = After(middle);
        if (start >= LineStart && middle > start && end <= LineEnd)
        {
            Replace(start, end, Text[middle..end] + Text[start..middle]);
        }
    }

    private void Kill(int start, int end)
    {
        if (end > start)
        {
            _killed = Text[start..end];
            Remove(start, end);
        }
    }

    private void Remove(int start, int end) => Set(Text[..start] + Text[end..], start);

    private int After(int at) => at >= Text.Length ? at : at + StringInfo.GetNextTextElementLength(Text, at);

    private int Before(int at)
    {
        // Elements are found from a line's start on: a line break always ends one.
        var start = at == 0 ? 0 : Text.LastIndexOf('\n', at - 1) is var end && end == at - 1 ? end : end + 1;
        while (start < at)
        {
            var next = After(start);
            if (next >= at)
            {
                return start;
            }

            start = next;
        }

        return start;
    }

    private int WordBefore()
    {
        var at = Cursor;
        while (at > 0 && !IsWord(at - 1))
        {
            at--;
        }

        while (at > 0 && IsWord(at - 1))
        {
            at--;
        }

        return at;
    }

    private int WordAfter()
    {
        var at = Cursor;
        while (at < Text.Length && !IsWord(at))
        {
            at++;
        }

        while (at < Text.Length && IsWord(at))
        {
            at++;
        }

        return at;
    }

    /// <summary>Letters, digits and marks; a surrogate is part of one of them, so that no pair is torn.</summary>
    private bool IsWord(int at) => char.IsLetterOrDigit(Text[at]) || char.IsSurrogate(Text[at])
        || char.GetUnicodeCategory(Text[at]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format;
}
