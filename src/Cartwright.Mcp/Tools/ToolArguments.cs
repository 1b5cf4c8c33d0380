using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cartwright.Mcp;

/// <summary>
/// Reads arguments that fit their schema. A whole number is one to JSON Schema however it is written (<c>5.0</c>, <c>5e0</c>; 2020-12
/// validation, 6.1.1), but not to the reader of types.
/// </summary>
internal static class ToolArguments
{
    /// <summary>The request; null when the schema let through what the type cannot hold, e.g. a number beyond its range.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class => TryRead(json, type) ?? TryRead(Plain(json), type);

    /// <summary>Whether a number, however it is written, is a whole one of 64 bits.</summary>
    public static bool IsWhole(ref Utf8JsonReader number) => number.TryGetInt64(out _) || TryGetWhole(ref number, out _);

    /// <summary>The same JSON with every whole number written as digits alone.</summary>
    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + 16);
        var reader = new Utf8JsonReader(json);
        var copied = 0;
        Span<byte> digits = stackalloc byte[20];
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && !reader.TryGetInt64(out _) && TryGetWhole(ref reader, out var whole))
            {
                var start = (int)reader.TokenStartIndex;
                buffer.Write(json[copied..start]);
                copied = start + reader.ValueSpan.Length;
                whole.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
                buffer.Write(digits[..length]);
            }
        }

        buffer.Write(json[copied..]);
        return buffer.WrittenSpan;
    }

    private static bool TryGetWhole(ref Utf8JsonReader number, out long whole)
    {
        var fits = number.TryGetDecimal(out var value) && value == decimal.Truncate(value) && value is >= long.MinValue and <= long.MaxValue;
        whole = fits ? (long)value : 0;
        return fits;
    }

    private static T? TryRead<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
