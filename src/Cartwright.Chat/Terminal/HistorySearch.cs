using System.Globalization;

namespace Cartwright.Chat.Terminal;

/// <summary>Ctrl-R: the newest line that contains what is typed, and with further Ctrl-R older ones.</summary>
internal sealed class HistorySearch(IReadOnlyList<string> lines, EditBuffer buffer)
{
    private readonly (string Text, int Cursor) _before = (buffer.Text, buffer.Cursor);
    private string _query = "";
    private int _at = lines.Count;
    private bool _failed;

    public string Mark => $"{(_failed ? "not found" : "search")} \"{_query}\": ";

    /// <summary>False when the key is not one of searching.</summary>
    public bool Take(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Text:
                _query += key.Text;
                Find(Math.Min(_at, lines.Count - 1));
                return true;
            case KeyKind.Backspace:
                _query = _query.Length == 0 ? "" : new StringInfo(_query).SubstringByTextElements(0, new StringInfo(_query).LengthInTextElements - 1);
                Find(lines.Count - 1);
                return true;
            case KeyKind.Control when key.IsControl('r'):
                Find(_at - 1);
                return true;
            case KeyKind.Control when key.IsControl('s'):
                Find(_at + 1, 1);
                return true;
            case KeyKind.Resized:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Goes on with the line that was found.</summary>
    public void Accept() => buffer.Finish();

    public void Cancel() => buffer.Set(_before.Text, _before.Cursor);

    private void Find(int from, int step = -1)
    {
        for (var i = from; i >= 0 && i < lines.Count && _query.Length > 0; i += step)
        {
            var place = lines[i].IndexOf(_query, StringComparison.OrdinalIgnoreCase);
            if (place >= 0 && (i == _at || _at == lines.Count || lines[i] != lines[_at]))
            {
                (_at, _failed) = (i, false);
                buffer.Set(lines[i], place);
                return;
            }
        }

        _failed = _query.Length > 0;
    }
}
