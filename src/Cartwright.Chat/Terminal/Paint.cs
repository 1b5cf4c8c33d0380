namespace Cartwright.Chat.Terminal;

/// <summary>The few colours of the chat, of the terminal's own palette so that they suit dark and light ones. Switched off, it leaves text as it is.</summary>
internal readonly record struct Paint(bool IsOn)
{
    public string Bold(string text) => With("1", text);

    public string Dim(string text) => With("2", text);

    public string Accent(string text) => With("36", text);

    public string Good(string text) => With("32", text);

    public string Warning(string text) => With("33", text);

    public string Bad(string text) => With("31", text);

    public string Selected(string text) => With("7", text);

    private string With(string code, string text) => IsOn && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
