using System.Text.Json;

namespace Cartwright.Server.Catalog;

/// <summary>A property of a JSON object and where its name stands.</summary>
internal readonly record struct JsonMember(string Name, long Offset, JsonSpot Value);

/// <summary>
/// A JSON value that knows where in the file it begins (a byte offset): what a message with a line number needs, and
/// JsonDocument does not tell. Duplicate properties are kept.
/// </summary>
internal sealed class JsonSpot
{
    private JsonSpot(JsonTokenType kind, long offset)
    {
        Kind = kind;
        Offset = offset;
    }

    public JsonTokenType Kind { get; }

    public long Offset { get; }

    /// <summary>Of a string only. Null when it is not valid Unicode.</summary>
    public string? Text { get; private init; }

    /// <summary>Of a number only; null when it is not a whole number that a long holds.</summary>
    public long? Integer { get; private init; }

    /// <summary>Of an object only.</summary>
    public IReadOnlyList<JsonMember> Members { get; private init; } = [];

    /// <summary>Of an array only.</summary>
    public IReadOnlyList<JsonSpot> Items { get; private init; } = [];

    /// <summary>Reads one document; a syntax error is a <see cref="JsonException"/> with its line.</summary>
    public static JsonSpot Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var spot = Parse(ref reader);
        // Finds whatever follows the document.
        reader.Read();
        return spot;
    }

    private static JsonSpot Parse(ref Utf8JsonReader reader)
    {
        var (kind, offset) = (reader.TokenType, reader.TokenStartIndex);
        switch (kind)
        {
            case JsonTokenType.StartObject:
                var members = new List<JsonMember>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var at = reader.TokenStartIndex;
                    var name = TextOf(ref reader) ?? "\uFFFD";
                    reader.Read();
                    members.Add(new JsonMember(name, at, Parse(ref reader)));
                }

                return new JsonSpot(kind, offset) { Members = members };
            case JsonTokenType.StartArray:
                var items = new List<JsonSpot>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Parse(ref reader));
                }

                return new JsonSpot(kind, offset) { Items = items };
            case JsonTokenType.String:
                return new JsonSpot(kind, offset) { Text = TextOf(ref reader) };
            case JsonTokenType.Number:
                return new JsonSpot(kind, offset) { Integer = reader.TryGetInt64(out var number) ? number : null };
            default:
                return new JsonSpot(kind, offset);
        }
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8, or half of a surrogate pair in an escape.
            return null;
        }
    }
}
