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

    /// <summary>Asks for one line of its own, such as a missing argument; nothing when it is not given.</summary>
    public async Task<string?> Ask(string mark, string hint, Completer? completer, CancellationToken cancellation)
    {
        var entry = await Attention.Pause(() => Lines.Read(new EditorPrompt(mark, hint, completer), cancellation));
        return entry.Kind == EntryKind.Line && entry.Text.Trim() is { Length: > 0 } text ? text : null;
    }
}
