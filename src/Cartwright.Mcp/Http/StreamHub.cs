using System.Collections.Concurrent;
using System.Text.Json;

namespace Cartwright.Mcp.Http;

internal enum NoticeKind
{
    ToolsChanged,
    PromptsChanged,
    ResourcesChanged,
    ResourceUpdated,
}

/// <summary>News for whoever listens.</summary>
internal readonly record struct Notice(NoticeKind Kind, string? Uri)
{
    public string Method => Kind switch
    {
        NoticeKind.ToolsChanged => "notifications/tools/list_changed",
        NoticeKind.PromptsChanged => "notifications/prompts/list_changed",
        NoticeKind.ResourcesChanged => "notifications/resources/list_changed",
        _ => "notifications/resources/updated",
    };
}

/// <summary>One open notification stream.</summary>
/// <param name="Stream">Where news goes.</param>
/// <param name="Wants">Which news.</param>
/// <param name="Uris">The resources it subscribed to.</param>
/// <param name="SubscriptionId">Id of the <c>subscriptions/listen</c> request as JSON; empty on a legacy stream.</param>
internal sealed record Listener(EventStream Stream, Func<Notice, bool> Wants, Func<IEnumerable<string>> Uris, ReadOnlyMemory<byte> SubscriptionId)
{
    public void WriteMeta(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("_meta"u8);
        writer.WritePropertyName("io.modelcontextprotocol/subscriptionId"u8);
        writer.WriteRawValue(SubscriptionId.Span, skipInputValidation: true);
        writer.WriteEndObject();
    }
}

/// <summary>The notification streams that are open on this instance, of all eras.</summary>
internal sealed class StreamHub(McpOptions options)
{
    private readonly ConcurrentDictionary<Listener, string?> _listeners = new();
    private volatile bool _closed;

    /// <summary>Streams open now.</summary>
    public int Count => _listeners.Count;

    /// <summary>False when no more streams are taken: too many are open, or the server is stopping.</summary>
    public bool TryAdd(Listener listener, string? sessionId)
    {
        if (_closed || _listeners.Count >= options.MaxStreams)
        {
            return false;
        }

        _listeners[listener] = sessionId;
        if (!_closed)
        {
            return true;
        }

        // The server began to stop in between, and may not have seen this one.
        Remove(listener);
        return false;
    }

    public void Remove(Listener listener) => _listeners.TryRemove(listener, out _);

    public void Send(Notice notice)
    {
        foreach (var listener in _listeners.Keys.Where(listener => listener.Wants(notice)))
        {
            Push(listener, notice);
        }
    }

    /// <summary>Tells everybody that everything they subscribed to under this prefix may have changed.</summary>
    public void SendUpdates(string prefix)
    {
        foreach (var listener in _listeners.Keys)
        {
            foreach (var uri in listener.Uris().Where(uri => uri.StartsWith(prefix, StringComparison.Ordinal)))
            {
                Push(listener, new Notice(NoticeKind.ResourceUpdated, uri));
            }
        }
    }

    /// <summary>The sessions that have a stream here.</summary>
    public IReadOnlyList<string> Sessions() => [.. _listeners.Values.OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Whether the session has a stream here.</summary>
    public bool Has(string sessionId) => _listeners.Values.Contains(sessionId, StringComparer.Ordinal);

    private static void Push(Listener listener, Notice notice) => listener.Stream.Push(EventStream.Frame(notice.Method, writer =>
    {
        if (!listener.SubscriptionId.IsEmpty)
        {
            listener.WriteMeta(writer);
        }

        if (notice.Uri is not null)
        {
            writer.WriteString("uri"u8, notice.Uri);
        }
    }));

    /// <summary>Ends the streams of a session.</summary>
    public void Close(string sessionId)
    {
        foreach (var (listener, _) in _listeners.Where(entry => entry.Value == sessionId))
        {
            listener.Stream.Close();
        }
    }

    /// <summary>Ends every stream, the modern ones with the closing result, and takes no more: the server is stopping.</summary>
    public void CloseAll()
    {
        _closed = true;
        foreach (var listener in _listeners.Keys)
        {
            if (!listener.SubscriptionId.IsEmpty)
            {
                listener.Stream.Push(ClosingResult(listener));
            }

            listener.Stream.Close();
        }
    }

    private static byte[] ClosingResult(Listener listener)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(listener.SubscriptionId.Span, skipInputValidation: true);
            writer.WriteStartObject("result"u8);
            writer.WriteString("resultType"u8, "complete"u8);
            listener.WriteMeta(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return EventStream.Frame(json.ToArray());
    }
}
