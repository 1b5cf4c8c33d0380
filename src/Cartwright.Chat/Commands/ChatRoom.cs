using Cartwright.Chat.Connections;
using Cartwright.Chat.Terminal;

namespace Cartwright.Chat.Commands;

/// <summary>What commands work on.</summary>
internal sealed class ChatRoom(ChatSession session, Screen screen, ILineSource lines, Attention attention)
{
    public ChatSession Session { get; } = session;

    public Screen Screen { get; } = screen;

    public ILineSource Lines { get; } = lines;

    public Attention Attention { get; } = attention;

    public Offers Offers { get; } = new(session.Connection);

    public IShopConnection Connection => Session.Connection;

    /// <summary>The calls of the last turn that had some, or of the last /call.</summary>
    public IReadOnlyList<CallRecord> LastCalls { get; set; } = [];

    /// <summary>The file of the last /save or /load.</summary>
    public string? File { get; set; }

    /// <summary>Asks for one line of its own, such as a missing argument; nothing when it is not given, or nobody is there to give it.</summary>
    /// <param name="mark">May come from a server: it is made harmless here, as the hint is.</param>
    public async Task<string?> Ask(string mark, string hint, Completer? completer, CancellationToken cancellation)
    {
        if (!Lines.CanAsk)
        {
            return null;
        }

        var prompt = new EditorPrompt($"{SafeText.Line(mark)} ", SafeText.Line(hint), completer);
        var entry = await Attention.Pause(() => Lines.Read(prompt, cancellation));
        return entry.Kind == EntryKind.Line && entry.Text.Trim() is { Length: > 0 } text ? text : null;
    }
}
