using System.Text.Json.Nodes;

namespace Cartwright.Mcp;

/// <summary>What one endpoint says of itself and how it treats its callers. All times are real durations; sizes are bytes.</summary>
public sealed class McpOptions
{
    /// <summary>Seconds after which a caller is asked to come back when something is not there for now: what Retry-After says (RFC 9110, 10.2.3).</summary>
    public const string ComeBackAfter = "5";

    /// <summary>Machine name of the server, <c>serverInfo.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the server, <c>serverInfo.version</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Name for people.</summary>
    public string? Title { get; init; }

    /// <summary>Guidance for the model on how to use the server as a whole.</summary>
    public string? Instructions { get; init; }

    /// <summary>Optional capabilities that are declared to clients, by extension name.</summary>
    public JsonObject? Extensions { get; init; }

    /// <summary>
    /// Secret of 32 bytes or more that every instance behind the same address shares: it signs session ids and request states.
    /// </summary>
    public required byte[] SigningKey { get; init; }

    /// <summary>Clock of expiries and keep-alives.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Remembers ended legacy sessions. Without it a DELETE closes the session's streams, and the id stays good until it expires.</summary>
    public SessionEnds? SessionEnds { get; init; }

    /// <summary>Where subscriptions of legacy sessions are kept; null keeps them in this instance, which then has to hold the stream too.</summary>
    public SessionSubscriptions? SessionSubscriptions { get; init; }

    /// <summary>
    /// Tells outages from bugs: what a caller is advised when a handler ends with this exception because something it needs is not there for
    /// now; null for a bug. Whoever throws it has logged it.
    /// </summary>
    public Func<Exception, string?>? DescribeOutage { get; init; }

    /// <summary>How one-shot answers are framed.</summary>
    public AnswerFraming Framing { get; init; } = AnswerFraming.Auto;

    /// <summary>
    /// Host names (without port) under which the endpoint may be addressed; the guard against DNS rebinding. Empty: any.
    /// </summary>
    public IReadOnlyCollection<string> AllowedHosts { get; init; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// Origins (<c>scheme://host[:port]</c>) whose pages may call. A loopback origin without a port stands for every port; <c>*</c>
    /// for every origin. A request without <c>Origin</c> does not come from a page and always passes this guard.
    /// </summary>
    public IReadOnlyCollection<string> AllowedOrigins { get; init; } = ["http://localhost", "http://127.0.0.1", "http://[::1]"];

    /// <summary>Answer CORS preflights of the allowed origins, so that clients in a browser can call.</summary>
    public bool Cors { get; init; }

    /// <summary>Largest request body.</summary>
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Deepest nesting of request JSON.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Most messages in one batch (revision 2025-03-26 only).</summary>
    public int MaxBatch { get; init; } = 50;

    /// <summary>Most notification streams held open at once; the next one is answered 503.</summary>
    public int MaxStreams { get; init; } = 10_000;

    /// <summary>Items per page of the list methods.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>How long a legacy session id is good.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a client may take to bring the input that was asked for (<c>requestState</c>).</summary>
    public TimeSpan RequestStateLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a client may keep lists and the discovery answer (<c>ttlMs</c>).</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether lists and resources are the same for every caller (<c>cacheScope</c>).</summary>
    public bool CachePublic { get; init; } = true;

    /// <summary>Pause between the comments that keep an idle stream open.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Declares the logging capability: handlers send log messages with <see cref="McpCall.Log"/>.</summary>
    public bool Logging { get; init; }

    /// <summary>Declares that resources can be subscribed to; <see cref="McpServer.NotifyResourceUpdated"/> then reaches subscribers.</summary>
    public bool ResourceSubscriptions { get; init; }
}

/// <summary>How one-shot answers are framed.</summary>
public enum AnswerFraming
{
    /// <summary>Plain JSON; an answer that reports progress or logs becomes an event stream.</summary>
    Auto,

    /// <summary>Always plain JSON; progress and logs are left out.</summary>
    Json,

    /// <summary>Always an event stream.</summary>
    Sse,
}

/// <summary>Where ended legacy sessions are remembered, so that every instance refuses them.</summary>
/// <param name="End">Remember that the session (its id) has ended; it expires on its own at the given time.</param>
/// <param name="IsEnded">Whether the session has been ended.</param>
public sealed record SessionEnds(
    Func<string, DateTimeOffset, CancellationToken, ValueTask> End,
    Func<string, CancellationToken, ValueTask<bool>> IsEnded);

/// <summary>
/// Where subscriptions of legacy sessions are kept, so that the instance that holds a session's stream knows of what another one was
/// asked. After a change, <see cref="McpServer.ReloadSubscriptions"/> is to be called on every instance.
/// </summary>
/// <param name="Set">Keep (true) or drop (false) the session's subscription to the URI; the session expires on its own at the given time.</param>
/// <param name="Of">All URIs of the session.</param>
public sealed record SessionSubscriptions(
    Func<string, string, bool, DateTimeOffset, CancellationToken, ValueTask> Set,
    Func<string, CancellationToken, ValueTask<IReadOnlyCollection<string>>> Of);
