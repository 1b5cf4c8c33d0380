using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Models;

namespace Cartwright.Chat;

/// <summary>A connected chat: what the screen and the one-shot mode work on.</summary>
internal sealed class ChatSession : IAsyncDisposable
{
    private readonly ModelClient? _model;

    public ChatSession(IShopConnection connection, ChatSettings settings, TimeProvider time)
    {
        (Connection, Settings, Time, Tools) = (connection, settings, time, new ToolList(connection));
        if (settings.Model is { } model)
        {
            _model = new ModelClient(model, time);
            Conversation = new Conversation(connection, Tools, _model, time) { MaxRounds = settings.MaxRounds };
            if (settings.Yes)
            {
                Conversation.Approve = (_, _, _) => ValueTask.FromResult(true);
            }
        }
    }

    public IShopConnection Connection { get; }

    public ChatSettings Settings { get; }

    public TimeProvider Time { get; }

    /// <summary>The tools that are offered, listed again when the server says that they changed.</summary>
    public ToolList Tools { get; }

    /// <summary>Null in tools-only mode, which is when there is no key for a model.</summary>
    public Conversation? Conversation { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="ConnectionProblem">The server cannot be reached, or does not let in.</exception>
    public static async Task<ChatSession> Open(ChatSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        var connection = settings.Rest
            ? await ShopConnection.OpenRest(settings.Server, settings.ServerKey, cancellation)
            : await ShopConnection.OpenMcp(settings.Server, settings.ServerKey, cancellation);
        return new ChatSession(connection, settings, time);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _model?.Dispose();
    }
}
