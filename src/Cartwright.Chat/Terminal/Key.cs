namespace Cartwright.Chat.Terminal;

internal enum KeyKind
{
    /// <summary>A character (one code point) to insert.</summary>
    Text,

    /// <summary>Text pasted in one go; its lines end with \n.</summary>
    Paste,

    /// <summary>Ctrl and a lower-case letter or sign.</summary>
    Control,

    /// <summary>Alt and a character.</summary>
    Alt,
    Enter,

    /// <summary>Alt-Enter or Ctrl-J: a line break within the text.</summary>
    LineBreak,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Escape,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    WordLeft,
    WordRight,
    DeleteWordLeft,
    DeleteWordRight,

    /// <summary>The terminal has another size.</summary>
    Resized,

    /// <summary>The program was stopped and goes on: others have written to the screen.</summary>
    Resumed,

    /// <summary>The terminal is gone, or input has come to its end.</summary>
    EndOfInput,

    /// <summary>A key that means nothing here.</summary>
    Other,
}

/// <summary>One key press, or what else comes from the terminal.</summary>
internal readonly record struct Key(KeyKind Kind, string Text = "")
{
    public static Key Of(string text) => new(KeyKind.Text, text);

    public static Key Control(char letter) => new(KeyKind.Control, letter.ToString());

    public bool IsControl(char letter) => Kind == KeyKind.Control && Text[0] == letter;
}
