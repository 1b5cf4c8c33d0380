// Longer than most: the keys and what each does are one table, which splitting would only scatter.
namespace Cartwright.Chat.Terminal;

internal enum EntryKind
{
    Line,

    /// <summary>Ctrl-C: what was typed is dropped.</summary>
    Cancelled,

    /// <summary>Ctrl-D on an empty line, or the terminal is gone.</summary>
    End,
}

/// <summary>What a line's editing ended with.</summary>
internal readonly record struct Entry(EntryKind Kind, string Text);

/// <summary>How a line is asked for.</summary>
/// <param name="Mark">What stands before the line, without escapes.</param>
/// <param name="Hint">Shown while nothing is typed.</param>
internal sealed record EditorPrompt(string Mark, string Hint = "", Completer? Completer = null, History? History = null);

/// <summary>Where lines come from: a terminal with an editor, or plain input.</summary>
internal interface ILineSource
{
    /// <summary>Somebody is there to answer a question. A script is not: what it says next is its next command.</summary>
    bool CanAsk { get; }

    /// <summary>Asks for a line.</summary>
    Task<Entry> Read(EditorPrompt prompt, CancellationToken cancellation);
}

/// <summary>Edits one line, or several, with the keys that shells have (those of Emacs).</summary>
internal sealed class LineEditor(LiveArea area, KeySource keys, Paint paint) : ILineSource
{
    private static readonly TimeSpan CompletionTime = TimeSpan.FromSeconds(3);

    private readonly EditBuffer _buffer = new();
    private EditorPrompt _prompt = new("");
    private HistoryWalk _walk = new([]);
    private CompletionMenu? _menu;
    private HistorySearch? _search;

    public bool CanAsk => true;

    public async Task<Entry> Read(EditorPrompt prompt, CancellationToken cancellation)
    {
        _prompt = prompt;
        _buffer.Set("");
        _walk = new HistoryWalk(prompt.History?.Lines ?? []);
        (_menu, _search) = (null, null);
        while (true)
        {
            if (!keys.HasMore)
            {
                Draw();
            }

            var key = await keys.Read(cancellation);
            if (key.Kind == KeyKind.Resumed)
            {
                area.Forget();
                continue;
            }

            if (_search is not null && Search(key))
            {
                continue;
            }

            if (_menu is not null && Choose(key))
            {
                continue;
            }

            if (key.Kind == KeyKind.Tab)
            {
                await Complete(cancellation);
            }
            else if (Ends(key) is { } entry)
            {
                return entry;
            }
            else
            {
                Edit(key);
            }
        }
    }

    /// <summary>The line's end, if the key is one.</summary>
    private Entry? Ends(Key key)
    {
        var text = _buffer.Text;
        EntryKind? kind = key.Kind switch
        {
            KeyKind.Enter when _buffer.Cursor == text.Length && text.EndsWith('\\') => null,
            KeyKind.Enter => EntryKind.Line,
            KeyKind.EndOfInput => EntryKind.End,
            KeyKind.Control when key.IsControl('c') => EntryKind.Cancelled,
            KeyKind.Control when key.IsControl('d') && text.Length == 0 => EntryKind.End,
            _ => null,
        };
        if (kind is null)
        {
            return null;
        }

        _buffer.Finish();
        Draw(isEnd: true);
        area.Keep();
        if (kind == EntryKind.Line)
        {
            _prompt.History?.Add(text);
        }

        return new Entry(kind.Value, text);
    }

    private void Edit(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Text or KeyKind.Paste:
                _buffer.Insert(key.Text);
                break;
            case KeyKind.Enter:
                // A backslash before Enter: the message goes on in the next line.
                _buffer.DeleteLeft();
                _buffer.Insert("\n");
                break;
            case KeyKind.LineBreak:
                _buffer.Insert("\n");
                break;
            case KeyKind.Up when !_buffer.AtFirstLine:
                _buffer.MoveLine(-1);
                break;
            case KeyKind.Down when !_buffer.AtLastLine:
                _buffer.MoveLine(1);
                break;
            case KeyKind.Up:
                _walk.Move(_buffer, -1);
                break;
            case KeyKind.Down:
                _walk.Move(_buffer, 1);
                break;
            case KeyKind.PageUp:
                _walk.Move(_buffer, -_walk.Count - 1);
                break;
            case KeyKind.PageDown:
                _walk.Move(_buffer, _walk.Count + 1);
                break;
            case KeyKind.Control:
                Control(key.Text[0]);
                break;
            case KeyKind.Alt:
                Alt(key.Text[0]);
                break;
            default:
                Move(key.Kind);
                break;
        }
    }

    private void Move(KeyKind key)
    {
        Action act = key switch
        {
            KeyKind.Left => _buffer.Left,
            KeyKind.Right => _buffer.Right,
            KeyKind.WordLeft => _buffer.WordLeft,
            KeyKind.WordRight => _buffer.WordRight,
            KeyKind.Home => _buffer.Home,
            KeyKind.End => _buffer.End,
            KeyKind.Backspace => _buffer.DeleteLeft,
            KeyKind.Delete => _buffer.DeleteRight,
            KeyKind.DeleteWordLeft => _buffer.KillWordLeft,
            KeyKind.DeleteWordRight => _buffer.KillWordRight,
            _ => Nothing,
        };
        act();
    }

    private static void Nothing()
    {
        // A key without a meaning.
    }

    private void Control(char letter)
    {
        Action act = letter switch
        {
            'a' => _buffer.Home,
            'e' => _buffer.End,
            'b' => _buffer.Left,
            'f' => _buffer.Right,
            'd' => _buffer.DeleteRight,
            'k' => _buffer.KillToEnd,
            'u' => _buffer.KillToStart,
            'w' => _buffer.KillToSpace,
            'y' => _buffer.Yank,
            't' => _buffer.Transpose,
            'l' => area.ClearScreen,
            'p' => () => _walk.Move(_buffer, -1),
            'n' => () => _walk.Move(_buffer, 1),
            'r' => () => _search = new HistorySearch(_prompt.History?.Lines ?? [], _buffer),
            _ => Nothing,
        };
        act();
    }

    private void Alt(char letter)
    {
        Action act = char.ToLowerInvariant(letter) switch
        {
            'b' => _buffer.WordLeft,
            'f' => _buffer.WordRight,
            'd' => _buffer.KillWordRight,
            '<' => _buffer.Start,
            '>' => _buffer.Finish,
            _ => Nothing,
        };
        act();
    }

    /// <summary>A key while the history is searched. False: it ends the search, and means what it means elsewhere.</summary>
    private bool Search(Key key)
    {
        if (_search!.Take(key))
        {
            return true;
        }

        _search.Accept();
        var cancelled = key.IsControl('c') || key.IsControl('g');
        if (cancelled)
        {
            _search.Cancel();
        }

        _search = null;
        return cancelled || key.Kind == KeyKind.Escape;
    }

    /// <summary>A key while candidates are shown. False: it ends the choice, and means what it means elsewhere.</summary>
    private bool Choose(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Resized:
                return true;
            case KeyKind.Tab or KeyKind.Down:
                _menu!.Move(1);
                return true;
            case KeyKind.BackTab or KeyKind.Up:
                _menu!.Move(-1);
                return true;
            case KeyKind.Escape:
            case KeyKind.Control when key.IsControl('g') || key.IsControl('c'):
                _menu!.Cancel();
                _menu = null;
                return true;
            case KeyKind.Enter when _menu!.HasSelection:
                _menu.Accept();
                _menu = null;
                return true;
            case KeyKind.Text when key.Text == " " && _menu!.HasSelection:
                _menu.Accept();
                _menu = null;
                return _buffer.Cursor > 0 && _buffer.Text[_buffer.Cursor - 1] == ' ';
            default:
                _menu = null;
                return false;
        }
    }

    private async Task Complete(CancellationToken cancellation)
    {
        if (_prompt.Completer is not { } completer)
        {
            return;
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(CompletionTime);
        Completion found;
        try
        {
            found = await completer(_buffer.Text, _buffer.Cursor, late.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return;
        }

        if (found.Candidates is [var only])
        {
            _buffer.Replace(found.Start, _buffer.Cursor, only.Text + only.Suffix);
        }
        else if (found.Candidates.Count > 1)
        {
            if (found.CommonPrefix.Length > _buffer.Cursor - found.Start)
            {
                _buffer.Replace(found.Start, _buffer.Cursor, found.CommonPrefix);
            }

            _menu = new CompletionMenu(found, _buffer);
        }
    }

    private void Draw(bool isEnd = false)
    {
        var mark = _search?.Mark ?? _prompt.Mark;
        var command = _buffer.Text.StartsWith('/') ? _buffer.Text.AsSpan().IndexOfAny(' ', '\n') is var end and >= 0 ? end : _buffer.Text.Length : 0;
        var prompt = new Row(paint.Good(mark), CellWidth.Of(mark));
        var (rows, cursor) = EditorLayout.Lay(prompt, _buffer.Text, _buffer.Cursor, area.Width, paint, command);
        if (_buffer.Text.Length == 0 && !isEnd && _search is null)
        {
            var hint = CellWidth.Cut(_prompt.Hint, area.Width - prompt.Width);
            rows[0] = new Row(rows[0].Text + paint.Dim(hint), rows[0].Width + CellWidth.Of(hint));
        }

        if (_menu is not null && !isEnd)
        {
            rows.AddRange(_menu.Rows(area.Width, area.Height - 2, paint));
        }

        area.Show("", rows, cursor);
    }
}
