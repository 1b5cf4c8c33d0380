using System.Text.Json;
using System.Text.Unicode;

namespace Cartwright.Mcp.Wire;

internal enum MessageKind
{
    Request,
    Notification,
    Response,
}

/// <summary>
/// One JSON-RPC 2.0 message, read in a single pass. Its parts are slices of the body, which has to outlive it; nothing is copied but
/// the few short strings that every request needs.
/// </summary>
internal sealed class Message
{
    public MessageKind Kind { get; private set; }

    /// <summary>The id exactly as it was sent: a JSON string or integer. Answers echo it byte for byte.</summary>
    public ReadOnlyMemory<byte> Id { get; private set; }

    public string Method { get; private set; } = string.Empty;

    /// <summary><c>params</c> as a whole; empty when absent.</summary>
    public ReadOnlyMemory<byte> Params { get; private set; }

    /// <summary><c>params.name</c>.</summary>
    public string? Name { get; private set; }

    /// <summary><c>params.uri</c>.</summary>
    public string? Uri { get; private set; }

    /// <summary><c>params.cursor</c>.</summary>
    public string? Cursor { get; private set; }

    /// <summary><c>params.arguments</c>, an object; empty when absent.</summary>
    public ReadOnlyMemory<byte> Arguments { get; private set; }

    /// <summary><c>params.inputResponses</c>, an object; empty when absent.</summary>
    public ReadOnlyMemory<byte> InputResponses { get; private set; }

    /// <summary><c>params.requestState</c>.</summary>
    public string? RequestState { get; private set; }

    /// <summary><c>params._meta</c>.</summary>
    public RequestMeta Meta { get; private set; }

    /// <summary>Reads one message. <paramref name="message"/> carries the id, when there was one, even if the message is refused.</summary>
    public static McpError? TryRead(ReadOnlyMemory<byte> json, int maxDepth, out Message message)
    {
        message = new Message();
        return message.Read(json, maxDepth, hasEnvelope: true);
    }

    /// <summary>Reads what would be the <c>params</c> of a message from a body that has no envelope: a call of the REST twin.</summary>
    public static McpError? TryReadParams(ReadOnlyMemory<byte> json, int maxDepth, string method, out Message message)
    {
        message = new Message { Kind = MessageKind.Request, Method = method };
        return message.Read(json, maxDepth, hasEnvelope: false);
    }

    /// <summary>The message that reads a resource.</summary>
    public static Message OfResource(string uri) => new() { Kind = MessageKind.Request, Method = Methods.ReadResource, Uri = uri };

    private McpError? Read(ReadOnlyMemory<byte> json, int maxDepth, bool hasEnvelope)
    {
        if (!Utf8.IsValid(json.Span))
        {
            return new McpError(ErrorCodes.ParseError, "The body is not UTF-8.");
        }

        if (JsonText.HasHalfPair(json.Span))
        {
            return new McpError(ErrorCodes.ParseError, "A text has half of a surrogate pair: a letter was cut in two. Send whole letters.");
        }

        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = maxDepth });
            reader.Read();
            var error = hasEnvelope ? ReadEnvelope(ref reader, json) : ReadParams(ref reader, json);
            return reader.Read() ? new McpError(ErrorCodes.ParseError, "The body holds more than one JSON value.") : error;
        }
        catch (JsonException)
        {
            return new McpError(ErrorCodes.ParseError, $"The body is not JSON, or nested deeper than {maxDepth}.");
        }
    }

    private McpError? ReadEnvelope(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return McpError.InvalidRequest("A JSON-RPC message is an object.");
        }

        McpError? error = null;
        var (isVersion2, hasId, hasMethod, hasOutcome) = (false, false, false, false);
        var seen = default(Seen);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("jsonrpc"u8))
            {
                reader.Read();
                error ??= seen.Twice(1, "jsonrpc");
                isVersion2 = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("2.0"u8);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                hasId = true;
                error ??= seen.Twice(2, "id");
                if (reader.TokenType == JsonTokenType.String || (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out _)))
                {
                    Id = JsonText.Slice(ref reader, json);
                }
                else
                {
                    error ??= McpError.InvalidRequest("id must be a string or an integer.");
                    reader.Skip();
                }
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                error ??= seen.Twice(4, "method");
                hasMethod = reader.TokenType == JsonTokenType.String;
                Method = hasMethod ? Methods.Intern(ref reader) : string.Empty;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                reader.Read();
                error ??= seen.Twice(8, "params");
                error = ReadParams(ref reader, json) is { } mistake ? error ?? mistake : error;
            }
            else
            {
                hasOutcome |= reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("error"u8);
                reader.Read();
                reader.Skip();
            }
        }

        Kind = (hasMethod, hasId) switch
        {
            (true, true) => MessageKind.Request,
            (true, false) => MessageKind.Notification,
            _ => MessageKind.Response,
        };
        return error
            ?? (isVersion2 ? null : McpError.InvalidRequest("jsonrpc must be \"2.0\"."))
            ?? (hasMethod || hasOutcome ? null : McpError.InvalidRequest("method is missing."));
    }

    private McpError? ReadParams(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return McpError.InvalidParams("params must be an object.");
        }

        var start = (int)reader.TokenStartIndex;
        McpError? error = null;
        var seen = default(Seen);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                error ??= seen.Twice(1, "params.name");
                Name = ReadString(ref reader, "name", ref error);
            }
            else if (reader.ValueTextEquals("uri"u8))
            {
                error ??= seen.Twice(2, "params.uri");
                Uri = ReadString(ref reader, "uri", ref error);
            }
            else if (reader.ValueTextEquals("cursor"u8))
            {
                error ??= seen.Twice(4, "params.cursor");
                Cursor = ReadString(ref reader, "cursor", ref error);
            }
            else if (reader.ValueTextEquals("requestState"u8))
            {
                error ??= seen.Twice(8, "params.requestState");
                RequestState = ReadString(ref reader, "requestState", ref error);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                error ??= seen.Twice(16, "params.arguments");
                Arguments = ReadObject(ref reader, json, "arguments", ref error);
            }
            else if (reader.ValueTextEquals("inputResponses"u8))
            {
                error ??= seen.Twice(32, "params.inputResponses");
                InputResponses = ReadObject(ref reader, json, "inputResponses", ref error);
            }
            else if (reader.ValueTextEquals("_meta"u8))
            {
                error ??= seen.Twice(64, "params._meta");
                Meta = new RequestMeta(ReadObject(ref reader, json, "_meta", ref error));
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        Params = json[start..(int)reader.BytesConsumed];
        return error;
    }

    private static string? ReadString(ref Utf8JsonReader reader, string name, ref McpError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return JsonText.Of(ref reader);
        }

        if (reader.TokenType != JsonTokenType.Null)
        {
            error ??= McpError.InvalidParams($"params.{name} must be a string.");
        }

        reader.Skip();
        return null;
    }

    private static ReadOnlyMemory<byte> ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, ref McpError? error)
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
        {
            error ??= McpError.InvalidParams($"params.{name} must be an object.");
        }

        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var slice = JsonText.Slice(ref reader, json);
        return isObject ? slice : default;
    }

    /// <summary>
    /// The members that were read. One that comes twice is refused: whoever stands between client and server could read the other.
    /// </summary>
    private struct Seen
    {
        private int _bits;

        public McpError? Twice(int bit, string name)
        {
            var isTwice = (_bits & bit) != 0;
            _bits |= bit;
            return isTwice ? McpError.InvalidRequest($"{name} is there twice.") : null;
        }
    }
}
