using System.Threading.Channels;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cartwright.Mcp.Http;

/// <summary>
/// A server-sent event stream that stays open: events are queued by whoever has news, and written by the request that opened it.
/// </summary>
internal sealed class EventStream
{
    /// <summary>A client that lets this many events pile up is gone or too slow; its stream is closed.</summary>
    private const int MaxQueued = 256;

    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    private readonly Channel<byte[]> _events = Channel.CreateBounded<byte[]>(MaxQueued);

    /// <summary>Queues one event; false when the stream is closed, or just closed itself because nobody reads it.</summary>
    public bool Push(byte[] framed)
    {
        var queued = _events.Writer.TryWrite(framed);
        if (!queued)
        {
            Close();
        }

        return queued;
    }

    /// <summary>Lets the stream end after what is queued.</summary>
    public void Close() => _events.Writer.TryComplete();

    /// <summary>Writes events until the stream is closed or the client goes; keeps the connection alive in between.</summary>
    public async Task Run(HttpContext http, McpOptions options)
    {
        await Start(http);
        var aborted = http.RequestAborted;

        // The client waits for the headers before it calls the stream open, and the first event may be hours away.
        await http.Response.Body.FlushAsync(aborted);
        try
        {
            while (true)
            {
                var waiting = _events.Reader.WaitToReadAsync(aborted).AsTask();
                while (await Task.WhenAny(waiting, Task.Delay(options.KeepAlive, options.Time, aborted)) != waiting)
                {
                    await http.Response.Body.WriteAsync(Comment, aborted);
                    await http.Response.Body.FlushAsync(aborted);
                }

                if (!await waiting)
                {
                    return;
                }

                while (_events.Reader.TryRead(out var framed))
                {
                    await http.Response.Body.WriteAsync(framed, aborted);
                }

                await http.Response.Body.FlushAsync(aborted);
            }
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The client closed the stream: the normal end.
        }
        finally
        {
            Close();
        }
    }

    /// <summary>Sends the headers of an event stream, and keeps everything on the way from buffering it.</summary>
    public static Task Start(HttpContext http)
    {
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache, no-transform";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return http.Response.StartAsync(http.RequestAborted);
    }

    /// <summary>One event of type <c>message</c> with this JSON, which has no line breaks.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> json) => Frame("message"u8, json);

    public static byte[] Frame(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data) =>
        [.. "event: "u8, .. type, .. "\ndata: "u8, .. data, .. "\n\n"u8];

    /// <summary>One notification as a framed event.</summary>
    public static byte[] Frame(string method, Action<System.Text.Json.Utf8JsonWriter> writeParams)
    {
        var output = OutputBuffer.Rent();
        NotificationSink.Write(output, method, writeParams);
        var framed = Frame(output.Written.Span);
        output.Return();
        return framed;
    }
}
