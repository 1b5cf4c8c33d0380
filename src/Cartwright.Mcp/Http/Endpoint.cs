using System.Text.Json;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cartwright.Mcp.Http;

// Longer than most: the paths of one POST through both eras are read against each other, so they stay in one file.

/// <summary>
/// The Streamable HTTP endpoint of all eras: decides which era a request belongs to, holds it to that era's rules, and has it answered.
/// </summary>
internal sealed class Endpoint(McpServer server, ILogger logger)
{
    private readonly McpOptions _options = server.Options;
    private readonly Guard _guard = new(server.Options, logger, (http, error, status) => Answer.WriteError(http, error, status));
    private readonly Dispatcher _dispatcher = new(server, logger);
    private readonly LegacyStreams _streams = new(server);

    /// <summary>Lets the request through to <paramref name="handle"/> when the gate allows it.</summary>
    public Task Guard(HttpContext http, Func<HttpContext, Task> handle) => _guard.Run(http, handle);

    public async Task Post(HttpContext http)
    {
        using var body = await RequestBody.Read(http.Request, _options.MaxBodyBytes, http.RequestAborted);
        if (body is null)
        {
            await WriteTooLarge(http);
        }
        else if (body.Bytes.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..])
        {
            await PostBatch(http, body.Bytes);
        }
        else if (Message.TryRead(body.Bytes, _options.MaxDepth, out var message) is { } error)
        {
            await Answer.WriteError(http, error, StatusCodes.Status400BadRequest, message.Id);
        }
        else if (IsModern(http, message))
        {
            await PostModern(http, message);
        }
        else
        {
            await PostLegacy(http, message);
        }
    }

    public Task Get(HttpContext http) => _streams.Open(http);

    public async Task Delete(HttpContext http)
    {
        if (http.Request.Headers[McpHeaders.ProtocolVersion] == ProtocolVersions.Modern)
        {
            await Answer.WriteNotAllowed(http, "This protocol version has no sessions to end.");
            return;
        }

        var (session, error) = await server.Sessions.Find(http);
        if (error is not null || session is null)
        {
            await Answer.WriteError(
                http,
                error ?? McpError.InvalidRequest($"The {McpHeaders.SessionId} header is required."),
                error is null ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound);
            return;
        }

        await _streams.End(session.Value, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>A message of the 2024-11-05 transport: accepted here, answered on the stream that gave out the address.</summary>
    public async Task PostToStream(HttpContext http)
    {
        using var body = await RequestBody.Read(http.Request, _options.MaxBodyBytes, http.RequestAborted);
        if (body is null)
        {
            await WriteTooLarge(http);
            return;
        }

        if (_streams.Find(http.Request.Query["sessionId"].ToString()) is not { } stream)
        {
            await Answer.WriteError(
                http, McpError.InvalidRequest("No open stream has this sessionId: open one with GET."), StatusCodes.Status404NotFound);
            return;
        }

        if (Message.TryRead(body.Bytes, _options.MaxDepth, out var message) is { } error)
        {
            await Answer.WriteError(http, error, StatusCodes.Status400BadRequest, message.Id);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
        if (message.Kind == MessageKind.Request)
        {
            var caller = new Caller(http, VersionOf(message, ProtocolVersions.Oldest), http.Request.Query["sessionId"]);
            var output = OutputBuffer.Rent();
            await _dispatcher.Answer(new McpCall(server, message, caller, new StreamSink(stream)), output);
            stream.Push(EventStream.Frame(output.Written.Span));
            output.Return();
        }
    }

    private static bool IsModern(HttpContext http, Message message) =>
        http.Request.Headers[McpHeaders.ProtocolVersion] == ProtocolVersions.Modern || message.Meta.Has(RequestMeta.VersionKey);

    private async Task PostModern(HttpContext http, Message message)
    {
        if (message.Kind != MessageKind.Request)
        {
            // No notification is defined for this revision over HTTP, and clients send no responses: nothing to do.
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        if (http.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            await Answer.WriteError(
                http, McpError.InvalidRequest("Content-Type must be application/json."), StatusCodes.Status415UnsupportedMediaType, message.Id);
            return;
        }

        if (ModernRules.Check(http.Request, message, server.Features) is { } error)
        {
            await Answer.WriteError(http, error, StatusCodes.Status400BadRequest, message.Id);
            return;
        }

        var caller = new Caller(http, ProtocolVersions.Modern, SessionId: null);
        if (message.Method == Methods.Listen)
        {
            await Subscription.Run(http, message, server);
            return;
        }

        await Run(http, message, caller);
    }

    private async Task PostLegacy(HttpContext http, Message message)
    {
        var version = http.Request.Headers[McpHeaders.ProtocolVersion].ToString();
        if (version.Length > 0 && !ProtocolVersions.Legacy.Contains(version, StringComparer.Ordinal) && message.Method != Methods.Initialize)
        {
            await Answer.WriteError(http, McpError.UnsupportedVersion(version), StatusCodes.Status400BadRequest, message.Id);
            return;
        }

        var isOpening = message.Method == Methods.Initialize;
        var (session, error) = isOpening ? (null, null) : await server.Sessions.Find(http);
        if (error is not null)
        {
            await Answer.WriteError(http, error, StatusCodes.Status404NotFound, message.Id);
            return;
        }

        if (message.Kind != MessageKind.Request)
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        if (isOpening)
        {
            http.Response.Headers[McpHeaders.SessionId] = server.Sessions.Issue();
        }

        await Run(http, message, new Caller(http, VersionOf(message, version), session?.Id));
    }

    /// <summary>A batch of JSON-RPC messages: revision 2025-03-26 had them, no other.</summary>
    private async Task PostBatch(HttpContext http, ReadOnlyMemory<byte> body)
    {
        var version = http.Request.Headers[McpHeaders.ProtocolVersion].ToString();
        var (session, error) = await server.Sessions.Find(http);
        if (error is not null)
        {
            await Answer.WriteError(http, error, StatusCodes.Status404NotFound);
            return;
        }

        var mayBatch = version is "" or ProtocolVersions.WithBatches or ProtocolVersions.Oldest;
        if (!mayBatch || Split(body) is not { } parts)
        {
            await Answer.WriteError(
                http,
                McpError.InvalidRequest(mayBatch
                    ? $"A batch must be a JSON array of 1 to {_options.MaxBatch} messages."
                    : "Batches are not part of this protocol version: send one message."),
                StatusCodes.Status400BadRequest);
            return;
        }

        var output = OutputBuffer.Rent();
        var all = OutputBuffer.Rent();
        foreach (var part in parts)
        {
            output.Clear();
            if (Message.TryRead(part, _options.MaxDepth, out var message) is { } mistake)
            {
                Dispatcher.WriteError(output, message.Id, mistake);
            }
            else if (message.Kind == MessageKind.Request)
            {
                var caller = new Caller(http, ProtocolVersions.WithBatches, session?.Id);
                await _dispatcher.Answer(new McpCall(server, message, caller, NotificationSink.None), output);
            }
            else
            {
                continue;
            }

            all.Append(all.Written.IsEmpty ? "["u8 : ","u8);
            all.Append(output.Written.Span);
        }

        if (all.Written.IsEmpty)
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        else
        {
            all.Append("]"u8);
            await Answer.WriteJson(http, all.Written, StatusCodes.Status200OK);
        }

        output.Return();
        all.Return();
    }

    private async Task Run(HttpContext http, Message message, Caller caller)
    {
        using var answer = new Answer(http, _options.Framing);
        var output = OutputBuffer.Rent();
        var error = await _dispatcher.Answer(new McpCall(server, message, caller, answer), output);
        await answer.Finish(output.Written, caller.IsModern && error is not null ? error.ModernStatus : StatusCodes.Status200OK);
        output.Return();
    }

    private static string VersionOf(Message message, string header)
    {
        if (message.Method == Methods.Initialize)
        {
            return ProtocolVersions.Negotiate(new RequestMeta(message.Params).GetString("protocolVersion"));
        }

        return header.Length > 0 ? header : ProtocolVersions.WithBatches;
    }

    private List<ReadOnlyMemory<byte>>? Split(ReadOnlyMemory<byte> body)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = _options.MaxDepth + 1 });
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                parts.Add(JsonText.Slice(ref reader, body));
            }

            reader.Read();
        }
        catch (JsonException)
        {
            return null;
        }

        return parts.Count > 0 && parts.Count <= _options.MaxBatch ? parts : null;
    }

    private ValueTask WriteTooLarge(HttpContext http) => Answer.WriteError(
        http, McpError.InvalidRequest($"The body is larger than {_options.MaxBodyBytes} bytes."), StatusCodes.Status413PayloadTooLarge);
}
