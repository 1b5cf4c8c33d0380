using System.Text.Json;

namespace Cartwright.Server.Catalog;

/// <summary>One JSON object of a catalogue file while it is checked: reads its properties and notes what is wrong with them.</summary>
internal sealed class CatalogFields
{
    private readonly Dictionary<string, JsonSpot> _values = new(StringComparer.Ordinal);
    private readonly CatalogMistakes _mistakes;
    private readonly JsonSpot _spot;
    private readonly string _path;

    /// <summary>Notes a value that is no object, and properties that are not known or are there twice.</summary>
    public CatalogFields(JsonSpot spot, string path, CatalogMistakes mistakes, string[] known)
    {
        (_spot, _path, _mistakes) = (spot, path, mistakes);
        IsObject = spot.Kind == JsonTokenType.StartObject;
        if (!IsObject)
        {
            mistakes.Add(spot.Offset, path, $"is {Describe(spot)}, not an object in braces");
        }

        foreach (var (name, offset, value) in spot.Members)
        {
            if (!known.Contains(name))
            {
                var near = EditDistance.Nearest(name, known);
                mistakes.Add(offset, Field(name), near is null
                    ? $"is not known here (known are {string.Join(", ", known)})"
                    : $"is not known here; did you mean {near}?");
            }
            else if (!_values.TryAdd(name, value))
            {
                mistakes.Add(offset, Field(name), "is there twice");
            }
        }
    }

    public bool IsObject { get; }

    public JsonSpot? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The full path of a property, for messages.</summary>
    public string Field(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    public void Mistake(string name, string what) => _mistakes.Add(this[name]?.Offset ?? _spot.Offset, Field(name), what);

    /// <summary>A property that must be there; noted and null when it is not. Of what is no object, nothing is missed.</summary>
    public JsonSpot? Required(string name)
    {
        if (IsObject && this[name] is null)
        {
            Mistake(name, "is missing");
        }

        return this[name];
    }

    public string? RequiredText(string name, int maxLength, bool allowLines = false) =>
        Required(name) is null ? null : Text(name, maxLength, allowLines);

    /// <summary>The text of a property that need not be there; null too when it is wrong, which is noted then.</summary>
    public string? Text(string name, int maxLength, bool allowLines = false)
    {
        if (this[name] is not { } value)
        {
            return null;
        }

        var what = CheckText(value, maxLength, allowLines);
        if (what is not null)
        {
            Mistake(name, what);
        }

        return what is null ? value.Text : null;
    }

    /// <summary>The items of an array that must be there; none when it is wrong or too long or short, which is noted.</summary>
    public IReadOnlyList<JsonSpot> Items(string name, int min, int max)
    {
        if (this[name] is not { } value)
        {
            return [];
        }

        if (value.Kind != JsonTokenType.StartArray)
        {
            Mistake(name, $"is {Describe(value)}, not a list in brackets");
            return [];
        }

        if (value.Items.Count >= min && value.Items.Count <= max)
        {
            return value.Items;
        }

        Mistake(name, $"has {value.Items.Count} entries; {min} to {max} are allowed");
        return value.Items.Count < min ? [] : [.. value.Items.Take(max)];
    }

    /// <summary>What is wrong with a value that should be a text of 1 to so many characters; null when nothing is.</summary>
    public static string? CheckText(JsonSpot value, int maxLength, bool allowLines = false) => value switch
    {
        { Kind: not JsonTokenType.String } => $"is {Describe(value)}, not text in quotes",
        { Text: null } => "is not valid Unicode",
        { Text: var text } when string.IsNullOrWhiteSpace(text) => "is empty",
        { Text: var text } when text.Length > maxLength => $"has {text.Length} characters; at most {maxLength} are allowed",
        { Text: var text } when text.Any(c => char.IsControl(c) && !(allowLines && c is '\n' or '\r' or '\t')) => "has control characters in it",
        _ => null,
    };

    public static string Describe(JsonSpot value) => value.Kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
