using System.Text;

namespace Cartwright.Chat.Terminal;

/// <summary>
/// Markdown that arrives in pieces. A block is finished when the next one begins in a whole line; it is then rendered for good. Blocks are
/// looked for line by line, and each is rendered from its own text alone: so the result does not depend on how the text was cut.
/// </summary>
internal sealed class MarkdownStream(Canvas canvas)
{
    private readonly StringBuilder _line = new();
    private string _open = "";
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
                FinishBlocks(finished);
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

        var blocks = MarkdownBlocks.Parse(text).Select(parsed => parsed.Block);
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
            FinishBlocks(finished);
        }

        Finish(_open, finished);
        _open = "";
        _hasFinished = false;
        return finished.ToString();
    }

    private void FinishBlocks(StringBuilder finished)
    {
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
