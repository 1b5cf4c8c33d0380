using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// Members of what others sent: null when there is none, or when it is of another type. Invalid Unicode is another type.
/// </summary>
internal static class JsonMembers
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>The document, which the caller disposes; null when it is no JSON in UTF-8, too deep, or names a member twice.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> json)
    {
        // The parser does not look into strings, and whoever reads one later gets an exception.
        if (!Utf8.IsValid(json.Span))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(json, Strict);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The second: a name that is half a surrogate pair, which stops the search for duplicates.
            return null;
        }
    }

    public static JsonElement? Member(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement parent, string name) => parent.Member(name)?.Text();

    /// <summary>A whole number that a long holds, written without fraction and exponent.</summary>
    public static long? Integer(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    /// <summary>A time in ISO 8601; without an offset it is UTC.</summary>
    public static DateTimeOffset? Time(this JsonElement parent, string name) =>
        parent.Text(name) is { Length: > 10 } text
        && text[4] == '-' && text[10] is 'T' or 't'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>An object of texts. Values of other types are left out.</summary>
    public static IReadOnlyDictionary<string, string>? Texts(this JsonElement parent, string name)
    {
        if (parent.Member(name) is not { ValueKind: JsonValueKind.Object } map)
        {
            return null;
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.Text() is { } text)
            {
                texts[entry.Name] = text;
            }
        }

        return texts;
    }

    public static string? Text(this JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }
}
