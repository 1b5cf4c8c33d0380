namespace Cartwright.Chat.Terminal;

/// <summary>Going up and down in the history. What was typed, and what was changed in an older line, is there again when one comes back.</summary>
internal sealed class HistoryWalk(IReadOnlyList<string> lines)
{
    private readonly Dictionary<int, string> _edited = [];
    private int _at = lines.Count;

    public int Count => lines.Count;

    public void Move(EditBuffer buffer, int by)
    {
        var to = Math.Clamp(_at + by, 0, lines.Count);
        if (to == _at)
        {
            return;
        }

        _edited[_at] = buffer.Text;
        _at = to;
        buffer.Set(_edited.TryGetValue(to, out var edited) ? edited : to < lines.Count ? lines[to] : "");
    }
}
