using System.Text.Json;
using System.Text.Json.Nodes;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp;

/// <summary>One call as its handler sees it. Good until the handler has answered.</summary>
public sealed class McpCall
{
    private readonly McpServer _server;
    private readonly NotificationSink _notifications;

    internal McpCall(McpServer server, Message message, Caller caller, NotificationSink notifications)
    {
        (_server, Message, Caller, _notifications) = (server, message, caller, notifications);
    }

    /// <summary>The revision this call is served under.</summary>
    public string ProtocolVersion => Caller.Version;

    /// <summary>Id of the verified legacy session; null in the modern era and for legacy clients that leave it out.</summary>
    public string? SessionId => Caller.SessionId;

    /// <summary>Hints that the client sent along.</summary>
    public RequestMeta Meta => Message.Meta;

    /// <summary>The request that carried the call.</summary>
    public HttpContext Http => Caller.Http;

    /// <summary>Set when the client has gone; work for it can stop.</summary>
    public CancellationToken Aborted => Caller.Http.RequestAborted;

    /// <summary>What the handler left in <see cref="InputRequired.State"/> the round before; null in the first round.</summary>
    public string? State { get; internal set; }

    internal Message Message { get; }

    internal Caller Caller { get; }

    internal string Method => Message.Method;

    /// <summary>What is called: a tool's or prompt's name, a resource's URI.</summary>
    internal string Target => Message.Name ?? Message.Uri ?? string.Empty;

    internal bool IsModern => Caller.IsModern;

    /// <summary>The client's answer to a question of <see cref="InputRequired"/>; null while it has not answered.</summary>
    public JsonObject? GetInput(string key) => JsonText.AsObject(Message.InputResponses.Span)?[key] as JsonObject;

    /// <summary>Whether the client declared a capability in this request (modern era only; legacy calls declare none).</summary>
    public bool ClientSupports(string capability)
    {
        var capabilities = Meta.GetRaw(RequestMeta.CapabilitiesKey);
        if (capabilities.IsEmpty)
        {
            return false;
        }

        var reader = new Utf8JsonReader(capabilities.Span);
        reader.Read();
        return JsonText.Enter(ref reader, capability);
    }

    /// <summary>
    /// Tells the client how far the call has come, when it asked to be told. The first report turns the answer into an event stream.
    /// </summary>
    /// <param name="progress">Must grow from report to report.</param>
    /// <param name="total">Where it ends, when known.</param>
    /// <param name="text">What is being done.</param>
    public ValueTask ReportProgress(decimal progress, decimal? total = null, string? text = null)
    {
        var token = Meta.GetRaw(RequestMeta.ProgressKey);
        if (token.Span is [] or [(byte)'n', ..] || !_notifications.IsOpen)
        {
            return ValueTask.CompletedTask;
        }

        return _notifications.Send("notifications/progress", writer =>
        {
            writer.WritePropertyName("progressToken"u8);
            writer.WriteRawValue(token.Span, skipInputValidation: true);
            writer.WriteNumber("progress"u8, progress);
            if (total is { } end)
            {
                writer.WriteNumber("total"u8, end);
            }

            if (text is not null)
            {
                writer.WriteString("message"u8, text);
            }
        });
    }

    /// <summary>
    /// Sends a log message to the client, when <see cref="McpOptions.Logging"/> is on and the client wants messages of this level: a modern
    /// client says so in the request, a legacy one by <c>logging/setLevel</c> (before that, everything from info on).
    /// </summary>
    public ValueTask Log(McpLogLevel level, string logger, string text)
    {
        if (!_server.Options.Logging || !_notifications.IsOpen || LowestLogLevel() is not { } lowest || level < lowest)
        {
            return ValueTask.CompletedTask;
        }

        return _notifications.Send("notifications/message", writer =>
        {
            writer.WriteString("level"u8, LogLevels.Name(level));
            writer.WriteString("logger"u8, logger);
            writer.WriteString("data"u8, text);
        });
    }

    private McpLogLevel? LowestLogLevel() =>
        IsModern ? LogLevels.Parse(Meta.GetString(RequestMeta.LogLevelKey)) : _server.Notes.LogLevel(SessionId);
}

/// <summary>Who calls: what the transport knows of the request.</summary>
internal sealed record Caller(HttpContext Http, string Version, string? SessionId)
{
    public bool IsModern => Version == ProtocolVersions.Modern;
}

/// <summary>Severities of RFC 5424, least severe first.</summary>
public enum McpLogLevel
{
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}

internal static class LogLevels
{
    private static readonly string[] Names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    public static string Name(McpLogLevel level) => Names[(int)level];

    public static McpLogLevel? Parse(string? name) =>
        Array.IndexOf(Names, name) is var index and >= 0 ? (McpLogLevel)index : null;
}
