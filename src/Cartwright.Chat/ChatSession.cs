using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;

namespace Cartwright.Chat;

/// <summary>A connected chat: what the screen and the one-shot mode work on.</summary>
internal sealed class ChatSession(IShopConnection connection, ChatSettings settings, TimeProvider time) : IAsyncDisposable
{
    public IShopConnection Connection { get; } = connection;

    public ChatSettings Settings { get; } = settings;

    public TimeProvider Time { get; } = time;

    /// <summary>The tools that are offered, listed again when the server says that they changed.</summary>
    public ToolList Tools { get; } = new(connection);

    /// <summary>Null in tools-only mode, which is when there is no key for a model.</summary>
    public Conversation? Conversation { get; init; }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
