using System.Text.Json;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp.Http;

/// <summary>
/// The HTTP response to one request: plain JSON, or an event stream from the moment the handler has something to tell before its
/// result.
/// </summary>
internal sealed class Answer : NotificationSink, IDisposable
{
    private readonly HttpContext _http;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly bool _mayStream;
    private readonly bool _mustStream;
    private bool _streaming;

    public Answer(HttpContext http, AnswerFraming framing)
    {
        _http = http;
        var accept = http.Request.Headers.Accept.ToString();
        var takesAnything = accept.Length == 0 || accept.Contains("*/*", StringComparison.Ordinal);
        var takesEvents = takesAnything || accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        var takesJson = takesAnything || accept.Contains("json", StringComparison.OrdinalIgnoreCase) || !takesEvents;
        _mayStream = takesEvents && framing != AnswerFraming.Json;
        _mustStream = _mayStream && (framing == AnswerFraming.Sse || !takesJson);
    }

    public override bool IsOpen => _mayStream;

    public override async ValueTask Send(string method, Action<Utf8JsonWriter> writeParams)
    {
        // A handler may report from several tasks at once.
        await _writing.WaitAsync(_http.RequestAborted);
        try
        {
            await WriteEvent(EventStream.Frame(method, writeParams));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sends the response message and ends the answer.</summary>
    /// <param name="message">The whole JSON-RPC response.</param>
    /// <param name="status">HTTP status, as long as none has been sent.</param>
    public async ValueTask Finish(ReadOnlyMemory<byte> message, int status)
    {
        if (_streaming || (_mustStream && status == StatusCodes.Status200OK))
        {
            await WriteEvent(EventStream.Frame(message.Span));
            return;
        }

        await WriteJson(_http, message, status);
    }

    public static async ValueTask WriteJson(HttpContext http, ReadOnlyMemory<byte> message, int status)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = message.Length;
        await response.BodyWriter.WriteAsync(message, http.RequestAborted);
    }

    public static async ValueTask WriteError(HttpContext http, McpError error, int status, ReadOnlyMemory<byte> id = default)
    {
        var output = OutputBuffer.Rent();
        Dispatcher.WriteError(output, id, error);
        await WriteJson(http, output.Written, status);
        output.Return();
    }

    /// <summary>405: the modern era knows only POST.</summary>
    public static ValueTask WriteNotAllowed(HttpContext http, string message)
    {
        http.Response.Headers.Allow = "POST";
        return WriteError(http, McpError.InvalidRequest(message), StatusCodes.Status405MethodNotAllowed);
    }

    public void Dispose() => _writing.Dispose();

    private async ValueTask WriteEvent(byte[] framed)
    {
        if (!_streaming)
        {
            _streaming = true;
            await EventStream.Start(_http);
        }

        await _http.Response.Body.WriteAsync(framed, _http.RequestAborted);
        await _http.Response.Body.FlushAsync(_http.RequestAborted);
    }
}
