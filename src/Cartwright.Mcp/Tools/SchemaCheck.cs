using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Mcp;

/// <summary>
/// Checks arguments against the part of JSON Schema that tool inputs use: type, enum, minimum/maximum, minLength/maxLength,
/// properties/required/additionalProperties, items/minItems/maxItems, anyOf. Other keywords are not checked: they are for the
/// client. <c>null</c> counts as absent for an optional property, because models write it so.
/// </summary>
/// <remarks>Answers in words that a model can act on; every mistake is listed, up to a limit.</remarks>
internal sealed class SchemaCheck
{
    private const int MaxMistakes = 10;

    private readonly string[] _types;
    private readonly string[]? _enum;
    private readonly decimal? _minimum;
    private readonly decimal? _maximum;
    private readonly int? _minLength;
    private readonly int? _maxLength;
    private readonly int? _minItems;
    private readonly int? _maxItems;
    private readonly SchemaCheck? _items;
    private readonly Dictionary<string, SchemaCheck> _properties;
    private readonly string[] _required;
    private readonly bool _closed;
    private readonly SchemaCheck[] _anyOf;

    private SchemaCheck(JsonObject schema)
    {
        _types = Strings(schema["type"]);
        _enum = schema["enum"] is JsonArray values && values.All(value => value?.GetValueKind() == JsonValueKind.String)
            ? Strings(values)
            : null;
        _minimum = Number(schema["minimum"]);
        _maximum = Number(schema["maximum"]);
        _minLength = (int?)Number(schema["minLength"]);
        _maxLength = (int?)Number(schema["maxLength"]);
        _minItems = (int?)Number(schema["minItems"]);
        _maxItems = (int?)Number(schema["maxItems"]);
        _items = schema["items"] is JsonObject items ? new SchemaCheck(items) : null;
        _properties = schema["properties"] is JsonObject properties
            ? properties.Where(entry => entry.Value is JsonObject)
                .ToDictionary(entry => entry.Key, entry => new SchemaCheck((JsonObject)entry.Value!), StringComparer.Ordinal)
            : [];
        _required = Strings(schema["required"]);
        _closed = schema["additionalProperties"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.False;
        _anyOf = schema["anyOf"] is JsonArray options ? [.. options.OfType<JsonObject>().Select(option => new SchemaCheck(option))] : [];
    }

    public static SchemaCheck Of(JsonObject schema) => new(schema);

    /// <summary>Null when the JSON fits; else the mistakes in words. The JSON must be one well-formed value.</summary>
    public string? Find(ReadOnlySpan<byte> json)
    {
        var mistakes = new List<string>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Check(ref reader, string.Empty, mistakes);
        return mistakes.Count == 0 ? null : string.Join("; ", mistakes.Take(MaxMistakes)) + ".";
    }

    private void Check(ref Utf8JsonReader reader, string path, List<string> mistakes)
    {
        if (_anyOf.Length > 0)
        {
            CheckAnyOf(ref reader, path, mistakes);
        }
        else if (!IsOfType(ref reader))
        {
            mistakes.Add($"{Name(path)} must be {Expected()}{Instead(ref reader)}");
            reader.Skip();
        }
        else
        {
            CheckValue(ref reader, path, mistakes);
        }
    }

    private void CheckAnyOf(ref Utf8JsonReader reader, string path, List<string> mistakes)
    {
        // The alternatives differ in their type; the one of the right type says best what else is wrong.
        var choice = Array.Find(_anyOf, option => option._types.Length == 0) ?? _anyOf[0];
        foreach (var option in _anyOf)
        {
            var ahead = reader;
            if (option.IsOfType(ref ahead))
            {
                choice = option;
                break;
            }
        }

        choice.Check(ref reader, path, mistakes);
    }

    private void CheckValue(ref Utf8JsonReader reader, string path, List<string> mistakes)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                CheckObject(ref reader, path, mistakes);
                break;
            case JsonTokenType.StartArray:
                CheckArray(ref reader, path, mistakes);
                break;
            case JsonTokenType.String:
                CheckString(ref reader, path, mistakes);
                break;
            case JsonTokenType.Number when !reader.TryGetDecimal(out var number) || number < _minimum || number > _maximum:
                mistakes.Add($"{Name(path)} must be {Expected()}{Instead(ref reader)}");
                break;
        }
    }

    private void CheckObject(ref Utf8JsonReader reader, string path, List<string> mistakes)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var missing = _required.Length == 0 ? null : _required.ToHashSet(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            var known = _properties.TryGetValue(name, out var property);
            if (!seen.Add(name) && mistakes.Count < MaxMistakes)
            {
                mistakes.Add($"{Name(path.Length == 0 ? name : $"{path}.{name}")} is there twice");
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && known)
            {
                continue;
            }

            missing?.Remove(name);
            if (known)
            {
                property!.Check(ref reader, path.Length == 0 ? name : $"{path}.{name}", mistakes);
                continue;
            }

            if (_closed && mistakes.Count < MaxMistakes)
            {
                mistakes.Add($"{Name(path)} has no property {Quote(name)}; it has {string.Join(", ", _properties.Keys)}");
            }

            reader.Skip();
        }

        mistakes.AddRange(missing?.Select(name => $"{Name(path.Length == 0 ? name : $"{path}.{name}")} is required") ?? []);
    }

    private void CheckArray(ref Utf8JsonReader reader, string path, List<string> mistakes)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (_items is null || mistakes.Count >= MaxMistakes)
            {
                reader.Skip();
            }
            else
            {
                _items.Check(ref reader, $"{path}[{count}]", mistakes);
            }

            count++;
        }

        if (count < _minItems || count > _maxItems)
        {
            mistakes.Add($"{Name(path)} must have {_minItems ?? 0} to {_maxItems} entries, not {count}");
        }
    }

    private void CheckString(ref Utf8JsonReader reader, string path, List<string> mistakes)
    {
        if (_enum is null && _minLength is null && _maxLength is null)
        {
            return;
        }

        var text = Text(ref reader);
        if (_enum is not null && !_enum.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            mistakes.Add($"{Name(path)} must be {Expected()}{Instead(ref reader)}");
        }
        else if (text.EnumerateRunes().Count() is var length && (length < _minLength || length > _maxLength))
        {
            // JSON Schema counts Unicode characters, not the units of a string.
            mistakes.Add($"{Name(path)} must have {_minLength ?? 0} to {_maxLength} characters, not {length}");
        }
    }

    private bool IsOfType(ref Utf8JsonReader reader)
    {
        foreach (var type in _types)
        {
            var fits = (type, reader.TokenType) switch
            {
                ("object", JsonTokenType.StartObject) or ("array", JsonTokenType.StartArray) => true,
                ("string", JsonTokenType.String) or ("number", JsonTokenType.Number) or ("null", JsonTokenType.Null) => true,
                ("boolean", JsonTokenType.True or JsonTokenType.False) => true,
                ("integer", JsonTokenType.Number) => ToolArguments.IsWhole(ref reader),
                _ => false,
            };
            if (fits)
            {
                return true;
            }
        }

        return _types.Length == 0;
    }

    /// <summary>What was sent, when it is short enough to repeat.</summary>
    private static string Instead(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => $", not {Quote(Text(ref reader))}",
        JsonTokenType.Number when reader.ValueSpan.Length <= 30 => $", not {Encoding.UTF8.GetString(reader.ValueSpan)}",
        JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null => $", not {Encoding.UTF8.GetString(reader.ValueSpan)}",
        _ => string.Empty,
    };

    private string Expected()
    {
        if (_enum is not null)
        {
            return "one of " + string.Join(", ", _enum.Select(Quote));
        }

        var words = _types.Length == 0 ? "a value" : string.Join(" or ", _types.Select(Word));
        return (_minimum, _maximum) switch
        {
            ({ } minimum, { } maximum) => $"{words} from {minimum} to {maximum}",
            ({ } minimum, null) => $"{words} of at least {minimum}",
            (null, { } maximum) => $"{words} of at most {maximum}",
            _ => words,
        };
    }

    private static string Word(string type) => type switch
    {
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "a text",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        _ => type,
    };

    private static string Name(string path) => path.Length == 0 ? "the arguments object" : path;

    private static string Quote(string text) => text.Length <= 60 ? $"\"{text}\"" : $"\"{text[..60]}…\"";

    private static string Text(ref Utf8JsonReader reader) => Wire.JsonText.Of(ref reader);

    private static decimal? Number(JsonNode? node) =>
        node is JsonValue value && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string[] Strings(JsonNode? node) => node switch
    {
        JsonArray array => [.. array.OfType<JsonValue>().Select(value => value.ToString())],
        JsonValue value => [value.ToString()],
        _ => [],
    };
}
