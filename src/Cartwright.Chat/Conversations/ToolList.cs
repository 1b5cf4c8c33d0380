using Cartwright.Chat.Connections;

namespace Cartwright.Chat.Conversations;

/// <summary>The tools that a connection offers: asked for once, and again after the server said that they changed.</summary>
internal sealed class ToolList
{
    private readonly IShopConnection _connection;
    private readonly Lock _gate = new();
    private Task<IReadOnlyList<ToolInfo>>? _listing;

    public ToolList(IShopConnection connection)
    {
        _connection = connection;
        connection.Changed += (_, changed) =>
        {
            if (changed.Kinds.HasFlag(OfferKinds.Tools))
            {
                lock (_gate)
                {
                    _listing = null;
                }
            }
        };
    }

    /// <summary>All tools. A listing that failed is tried again by the next caller.</summary>
    /// <exception cref="ConnectionProblem">The server cannot be asked.</exception>
    public async Task<IReadOnlyList<ToolInfo>> Get(CancellationToken cancellation)
    {
        Task<IReadOnlyList<ToolInfo>> listing;
        lock (_gate)
        {
            // Whoever gives up waiting does not spoil it for the others.
            listing = _listing is null or { IsFaulted: true } or { IsCanceled: true } ? _listing = _connection.ListTools(CancellationToken.None) : _listing;
        }

        return await listing.WaitAsync(cancellation);
    }
}
