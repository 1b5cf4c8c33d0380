using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp.Http;

/// <summary>
/// The streams that legacy clients open with GET: the notification stream of a session (2025-03-26 to 2025-11-25), and, without a
/// session, the whole 2024-11-05 transport, whose answers travel on the stream. That old transport ties a client to the instance that
/// holds its stream; behind a load balancer it needs sticky connections.
/// </summary>
internal sealed class LegacyStreams(McpServer server)
{
    private readonly ConcurrentDictionary<string, EventStream> _oldTransport = new(StringComparer.Ordinal);

    public async Task Open(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers[McpHeaders.ProtocolVersion] == ProtocolVersions.Modern)
        {
            await Answer.WriteNotAllowed(http, "This protocol version has no GET: use subscriptions/listen.");
            return;
        }

        if (!headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await Answer.WriteError(
                http,
                McpError.InvalidRequest("This is an MCP endpoint: point an MCP client at it. GET opens an event stream (Accept: text/event-stream)."),
                StatusCodes.Status406NotAcceptable);
            return;
        }

        var sessionId = headers[McpHeaders.SessionId].ToString();
        if (sessionId.Length == 0)
        {
            await OpenOldTransport(http);
        }
        else if (server.Sessions.Verify(sessionId) is null || await IsEnded(sessionId, http.RequestAborted))
        {
            await Answer.WriteError(
                http,
                McpError.InvalidRequest("The session is unknown, has expired or was ended: start a new one with initialize."),
                StatusCodes.Status404NotFound);
        }
        else
        {
            await Listen(http, new EventStream(), sessionId);
        }
    }

    /// <summary>The open stream of the old transport with this id.</summary>
    public EventStream? Find(string sessionId) => _oldTransport.GetValueOrDefault(sessionId);

    /// <summary>Ends a session: its streams close, and its id is refused from now on.</summary>
    public async ValueTask End(Session session, CancellationToken cancellation)
    {
        server.Streams.Close(session.Id);
        server.Notes.Forget(session.Id);
        if (server.Options.SessionEnds is { } ends)
        {
            await ends.End(session.Id, session.Expires, cancellation);
        }
    }

    public static ValueTask WriteBusy(HttpContext http, ReadOnlyMemory<byte> id = default)
    {
        http.Response.Headers.RetryAfter = "30";
        return Answer.WriteError(
            http, McpError.InvalidRequest("No more streams can be opened now: try again later."), StatusCodes.Status503ServiceUnavailable, id);
    }

    private async Task OpenOldTransport(HttpContext http)
    {
        var sessionId = server.Sessions.Issue();
        var stream = new EventStream();
        var address = $"{(http.Request.PathBase + http.Request.Path).ToUriComponent().TrimEnd('/')}/messages?sessionId={sessionId}";
        stream.Push(EventStream.Frame("endpoint"u8, Encoding.UTF8.GetBytes(address)));

        // Clients of this transport take no notice; a load balancer learns from it which instance has the stream.
        http.Response.Headers[McpHeaders.SessionId] = sessionId;
        _oldTransport[sessionId] = stream;
        try
        {
            await Listen(http, stream, sessionId);
        }
        finally
        {
            _oldTransport.TryRemove(sessionId, out _);
        }
    }

    private async Task Listen(HttpContext http, EventStream stream, string sessionId)
    {
        bool Wants(Notice notice) => notice.Uri is null || server.Notes.IsSubscribed(sessionId, notice.Uri);
        var listener = new Listener(stream, Wants, () => server.Notes.Subscriptions(sessionId), SubscriptionId: default);
        if (!server.Streams.TryAdd(listener, sessionId))
        {
            await WriteBusy(http);
            return;
        }

        try
        {
            await server.ReloadSubscriptions(sessionId, http.RequestAborted);
            await stream.Run(http, server.Options);
        }
        finally
        {
            server.Streams.Remove(listener);
        }
    }

    private async ValueTask<bool> IsEnded(string sessionId, CancellationToken cancellation) =>
        server.Options.SessionEnds is { } ends && await ends.IsEnded(sessionId, cancellation);
}

/// <summary>Notifications of a call that came in over the old transport go to its stream, before the answer.</summary>
internal sealed class StreamSink(EventStream stream) : NotificationSink
{
    public override bool IsOpen => true;

    public override ValueTask Send(string method, Action<Utf8JsonWriter> writeParams)
    {
        stream.Push(EventStream.Frame(method, writeParams));
        return ValueTask.CompletedTask;
    }
}
