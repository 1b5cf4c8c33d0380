namespace Cartwright.Chat.Terminal;

/// <summary>The candidates shown below the edited line, of which Tab and the arrows choose one. Choosing writes it into the line.</summary>
internal sealed class CompletionMenu(Completion completion, EditBuffer buffer)
{
    private const int Shown = 8;

    private readonly (string Text, int Cursor) _before = (buffer.Text, buffer.Cursor);
    private int _selected = -1;

    public bool HasSelection => _selected >= 0;

    public void Move(int by)
    {
        var count = completion.Candidates.Count;
        _selected = _selected < 0 && by < 0 ? count - 1 : (_selected + by + count) % count;
        buffer.Set(_before.Text, _before.Cursor);
        buffer.Replace(completion.Start, _before.Cursor, completion.Candidates[_selected].Text);
    }

    /// <summary>Ends the choice with what is selected.</summary>
    public void Accept()
    {
        if (HasSelection)
        {
            buffer.Insert(completion.Candidates[_selected].Suffix);
        }
    }

    public void Cancel() => buffer.Set(_before.Text, _before.Cursor);

    public IEnumerable<Row> Rows(int width, int height, Paint paint)
    {
        var candidates = completion.Candidates;
        var shown = Math.Clamp(height, 1, Math.Min(Shown, candidates.Count));
        var first = Math.Clamp(_selected - (shown / 2), 0, candidates.Count - shown);
        var name = Math.Min(width / 2, candidates.Max(candidate => CellWidth.Of(candidate.Text)));
        for (var i = first; i < first + shown; i++)
        {
            var label = CellWidth.Pad(CellWidth.Cut(candidates[i].Text, name), name);
            var description = CellWidth.Cut(candidates[i].Description.Split('\n')[0], Math.Max(0, width - name - 5));
            var text = i == _selected ? paint.Selected($" {label} ") : $" {paint.Accent(label)} ";
            yield return new Row($" {text} {paint.Dim(description)}", name + 4 + CellWidth.Of(description));
        }

        if (candidates.Count > shown)
        {
            var more = $"  {(_selected < 0 ? "" : $"{_selected + 1} of ")}{candidates.Count}, Tab and arrows choose";
            yield return new Row(paint.Dim(CellWidth.Cut(more, width)), Math.Min(width, more.Length));
        }
    }
}
