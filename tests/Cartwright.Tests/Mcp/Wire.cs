using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cartwright.Tests.Mcp;

/// <summary>Plain HTTP to one endpoint, so that a test says every byte and header itself.</summary>
internal sealed class Wire(Uri address) : IDisposable
{
    /// <summary>Fails a test that would hang; nothing waits for it to pass.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = address, Timeout = Patience };

    public Uri Address { get; } = address;

    public Task<Reply> Post(string body, params (string Name, string Value)[] headers) => Send("POST", "/mcp", Json(body), headers);

    public Task<Reply> Get(string path, params (string Name, string Value)[] headers) => Send("GET", path, null, headers);

    public Task<Reply> Delete(params (string Name, string Value)[] headers) => Send("DELETE", "/mcp", null, headers);

    public async Task<Reply> Send(string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, content, headers);
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new Reply((int)response.StatusCode, body, AllHeaders(response));
    }

    /// <summary>Opens a response that stays open.</summary>
    public async Task<EventReader> Open(string method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, body is null ? null : Json(body), headers);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventReader(response, await response.Content.ReadAsStreamAsync());
    }

    public Task<EventReader> OpenGet(params (string Name, string Value)[] headers) =>
        Open("GET", "/mcp", null, [("Accept", "text/event-stream"), .. headers]);

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(string method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.Remove(name);
                if (value.Length > 0)
                {
                    request.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private static Dictionary<string, string> AllHeaders(HttpResponseMessage response) =>
        response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
}

/// <summary>A whole response.</summary>
internal sealed record Reply(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsStream => Header("Content-Type") == "text/event-stream";

    /// <summary>Every message of the response in its order: one when it is plain JSON.</summary>
    public IReadOnlyList<JsonNode> Messages => IsStream
        ? [.. Body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)]
        : [JsonNode.Parse(Body)!];

    /// <summary>The JSON-RPC response.</summary>
    public JsonNode Answer => Messages[^1];

    public JsonNode Result => Answer["result"] ?? throw new InvalidOperationException($"No result: {Status} {Body}");

    public int? Code => (int?)Answer["error"]?["code"];

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public override string ToString() => $"{Status} {Body}";
}

/// <summary>One event as it came over an open stream; a comment has the type ":".</summary>
internal sealed record ServerEvent(string Type, string Data)
{
    public JsonNode Json => JsonNode.Parse(Data)!;
}

/// <summary>Reads an open event stream, one event at a time.</summary>
internal sealed class EventReader(HttpResponseMessage response, Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream);

    public int Status => (int)response.StatusCode;

    public HttpResponseHeaders Headers => response.Headers;

    /// <summary>Null at the end of the stream.</summary>
    public async Task<ServerEvent?> Next()
    {
        using var late = new CancellationTokenSource(Wire.Patience);
        var (type, data) = ("message", string.Empty);
        while (await _reader.ReadLineAsync(late.Token) is { } line)
        {
            if (line.Length == 0)
            {
                return new ServerEvent(type, data);
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = line[(colon + 1)..].TrimStart();
            (type, data) = line[..colon] switch
            {
                "" => (":", data),
                "event" => (value, data),
                "data" => (type, value),
                _ => (type, data),
            };
        }

        return null;
    }

    /// <summary>The next event that is no comment.</summary>
    public async Task<ServerEvent> NextEvent()
    {
        while (await Next() is { } next)
        {
            if (next.Type != ":")
            {
                return next;
            }
        }

        throw new EndOfStreamException("The stream ended without another event.");
    }

    public async Task<string> Rest()
    {
        using var late = new CancellationTokenSource(Wire.Patience);
        return await _reader.ReadToEndAsync(late.Token);
    }

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}
