using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Mcp.Wire;

/// <summary>Small steps over JSON text that the readers of this library share.</summary>
internal static class JsonText
{
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    /// <summary>The string or property name under the reader.</summary>
    public static string Of(ref Utf8JsonReader reader) => reader.ValueIsEscaped
        ? reader.GetString()!
        : Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);

    /// <summary>
    /// Whether some escape is half of a surrogate pair. Such text has no UTF-8 (I-JSON, RFC 7493 section 2.1, forbids it), and every
    /// reader would throw over it sooner or later.
    /// </summary>
    public static bool HasHalfPair(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var start and >= 0)
        {
            json = json[start..];
            var unit = Unit(json);
            var isLead = unit is >= 0xD800 and < 0xDC00;
            if (isLead ? Unit(json[6..]) is not (>= 0xDC00 and < 0xE000) : unit is >= 0xDC00 and < 0xE000)
            {
                return true;
            }

            json = json[(isLead ? 12 : Math.Min(2, json.Length))..];
        }

        return false;
    }

    /// <summary>The JSON as an object; null when it is empty, no object, or has a property twice.</summary>
    public static JsonObject? AsObject(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? null : JsonNode.Parse(json, documentOptions: NoDuplicates) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Moves from the start of an object to the value of its property; false when there is none.</summary>
    public static bool Enter(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>Skips the value under the reader and gives its text.</summary>
    public static ReadOnlyMemory<byte> Slice(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    /// <summary>The UTF-16 unit of an escape <c>\uXXXX</c>; -1 when the text starts with something else.</summary>
    private static int Unit(ReadOnlySpan<byte> json) =>
        json.Length >= 6 && json.StartsWith("\\u"u8) && Utf8Parser.TryParse(json[2..6], out int unit, out var length, 'x') && length == 4 ? unit : -1;
}
