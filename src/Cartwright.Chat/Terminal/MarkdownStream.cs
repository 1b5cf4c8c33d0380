using System.Text;

namespace Cartwright.Chat.Terminal;

/// <summary>
/// Markdown that arrives in pieces. A block is finished when the next one begins in a whole line; it is then rendered for good. Blocks are
/// looked for line by line, and each is rendered from its own text alone: so the result does not depend on how the text was cut.
/// </summary>
internal sealed class MarkdownStream(Canvas canvas)
{
    // A block longer than this is looked at again only when it has grown by a thirty-second, or its time would grow with its square.
    private const int LongBlock = 64;

    // Of code that goes on, no more is drawn than a screen shows.
    private const int MostOfCode = 200;

    private readonly StringBuilder _line = new();
    private string _open = "";
    private int _lines;
    private int _newLines;
    private bool _hasFinished;

    /// <summary>Takes a piece, and gives the lines that are finished by it, or nothing.</summary>
    public string Add(string piece)
    {
        var finished = new StringBuilder();
        foreach (var part in SplitKeepingEnds(piece.Replace("\t", "    ", StringComparison.Ordinal)))
        {
            _line.Append(part);
            if (part[^1] == '\n')
            {
                _open += _line;
                _line.Clear();
                _lines++;
                if (_lines < LongBlock || ++_newLines >= _lines / 32)
                {
                    FinishBlocks(finished);
                }
            }
        }

        return finished.ToString();
    }

    /// <summary>The unfinished end as it looks now.</summary>
    public IReadOnlyList<Row> Unfinished()
    {
        var text = _open + _line;
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        var blocks = MarkdownBlocks.Parse(text).Select(parsed => MarkdownBlocks.Tail(parsed.Block, MostOfCode));
        var rows = canvas.Rows(MarkdownBlocks.Render(blocks, canvas.Width, canvas.Unicode));
        return _hasFinished ? [new Row("", 0), .. rows] : [.. rows];
    }

    /// <summary>The text is at its end: gives the rest, and begins anew.</summary>
    public string End()
    {
        var finished = new StringBuilder();
        if (_line.Length > 0)
        {
            _open += _line.Append('\n');
            _line.Clear();
        }

        FinishBlocks(finished);
        Finish(_open, finished);
        _open = "";
        (_lines, _newLines) = (0, 0);
        _hasFinished = false;
        return finished.ToString();
    }

    private void FinishBlocks(StringBuilder finished)
    {
        _newLines = 0;
        var blocks = MarkdownBlocks.Parse(_open);
        if (blocks.Count < 2)
        {
            return;
        }

        for (var i = 0; i < blocks.Count - 1; i++)
        {
            Finish(_open[blocks[i].Start..blocks[i + 1].Start], finished);
        }

        _open = _open[blocks[^1].Start..];
        _lines = _open.AsSpan().Count('\n');
    }

    private void Finish(string source, StringBuilder finished)
    {
        var blocks = MarkdownBlocks.Parse(source).Select(parsed => parsed.Block).ToList();
        if (blocks.Count == 0)
        {
            return;
        }

        finished.Append(_hasFinished ? "\n" : "").Append(canvas.Render(MarkdownBlocks.Render(blocks, canvas.Width, canvas.Unicode)));
        _hasFinished = true;
    }

    private static IEnumerable<string> SplitKeepingEnds(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = text.IndexOf('\n', start) is var found and >= 0 ? found + 1 : text.Length;
            yield return text[start..end];
            start = end;
        }
    }
}
