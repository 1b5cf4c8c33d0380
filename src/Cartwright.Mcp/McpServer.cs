using Cartwright.Mcp.Http;
using Cartwright.Mcp.Wire;

namespace Cartwright.Mcp;

/// <summary>
/// One MCP server: what it offers and what it needs to answer. It knows nothing of what its tools do. Serve it under a route with
/// <see cref="McpRoutes.MapMcp"/>.
/// </summary>
public sealed class McpServer
{
    private volatile EncodedFeatures _encoded;

    public McpServer(McpOptions options, McpFeatures features)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.SigningKey.Length < 32)
        {
            throw new ArgumentException("The signing key must have 32 bytes or more.", nameof(options));
        }

        Options = options;
        Sessions = new SignedSessions(options);
        States = new SealedState(options);
        Notes = new SessionNotes();
        Streams = new StreamHub(options);
        _encoded = new EncodedFeatures(options, features);
    }

    public McpOptions Options { get; }

    /// <summary>What is offered now.</summary>
    public McpFeatures Features => _encoded.Features;

    internal EncodedFeatures Encoded => _encoded;

    internal SignedSessions Sessions { get; }

    internal SealedState States { get; }

    internal SessionNotes Notes { get; }

    internal StreamHub Streams { get; }

    /// <summary>Replaces what is offered and tells every open notification stream which lists have changed.</summary>
    public void Publish(McpFeatures features)
    {
        var before = _encoded;
        var after = new EncodedFeatures(Options, features);
        _encoded = after;
        foreach (var list in EncodedFeatures.ChangedLists(before, after))
        {
            Streams.Send(new Notice(list, Uri: null));
        }
    }

    /// <summary>Tells the streams that subscribed to the resource that it has changed.</summary>
    public void NotifyResourceUpdated(string uri) => Streams.Send(new Notice(NoticeKind.ResourceUpdated, uri));

    /// <summary>Tells each stream that whatever it subscribed to under this beginning of a URI may have changed.</summary>
    public void NotifyResourcesUpdated(string prefix) => Streams.SendUpdates(prefix);

    /// <summary>
    /// Takes over what a legacy session subscribed to, from <see cref="McpOptions.SessionSubscriptions"/>; null for all sessions that have
    /// a stream here. Those that have none here cost nothing.
    /// </summary>
    public async ValueTask ReloadSubscriptions(string? sessionId, CancellationToken cancellation)
    {
        if (Options.SessionSubscriptions is not { } kept)
        {
            return;
        }

        foreach (var id in sessionId is null ? Streams.Sessions() : Streams.Has(sessionId) ? [sessionId] : [])
        {
            Notes.SetSubscriptions(id, await kept.Of(id, cancellation));
        }
    }
}
