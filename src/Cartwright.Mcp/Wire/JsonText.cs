using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Cartwright.Mcp.Wire;

/// <summary>Small steps over JSON text that the readers of this library share.</summary>
internal static class JsonText
{
    /// <summary>
    /// The string or property name under the reader. An unpaired surrogate escape, which has no UTF-8, becomes U+FFFD instead of
    /// the exception that the reader would throw.
    /// </summary>
    public static string Of(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
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
}
