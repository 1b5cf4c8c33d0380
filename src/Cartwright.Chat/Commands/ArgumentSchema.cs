using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Commands;

/// <summary>One argument of a tool, as its JSON Schema describes it.</summary>
internal sealed class ArgumentSchema
{
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly List<string> _values = [];
    private ArgumentSchema? _items;

    private ArgumentSchema(string name, bool isRequired) => (Name, IsRequired) = (name, isRequired);

    public string Name { get; }

    public bool IsRequired { get; }

    public string Description { get; private set; } = "";

    /// <summary>The values that it may have, where the schema lists them.</summary>
    public IReadOnlyList<string> Values => _values.Count > 0 || !_types.Contains("boolean") ? _values : ["true", "false"];

    public string Types => _types.Count == 0 ? "any" : string.Join(" or ", _types.Where(type => type != "null"));

    /// <summary>All arguments of a tool, in the schema's order.</summary>
    public static IReadOnlyList<ArgumentSchema> Of(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal)
            : [];
        return [.. properties.EnumerateObject().Select(property =>
        {
            var argument = new ArgumentSchema(property.Name, required.Contains(property.Name));
            argument.Learn(property.Value, schema, 0);
            return argument;
        })];
    }

    /// <summary>The value for what was typed, or a line of advice.</summary>
    public (JsonNode? Value, string? Problem) Read(string text)
    {
        if ((_types.Contains("array") || _types.Contains("object")) && text.TrimStart() is ['[' or '{', ..])
        {
            return Json(text);
        }

        if (_types.Contains("boolean") && text is "true" or "false")
        {
            return (text == "true", null);
        }

        if (_types.Contains("integer") && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return (whole, null);
        }

        if (_types.Contains("number") && decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
        {
            return (number, null);
        }

        if (_types.Contains("array") && (!_types.Contains("string") || (text.Contains(',', StringComparison.Ordinal) && !_values.Contains(text, StringComparer.Ordinal))))
        {
            return List(text);
        }

        if (_types.Contains("string") || _types.Count == 0)
        {
            return (text, null);
        }

        return (null, $"{Name} takes {Types}, not \"{SafeText.Line(text, 60)}\"{(Values.Count > 0 ? $": {string.Join(", ", Values.Take(10))}" : "")}.");
    }

    private (JsonNode? Value, string? Problem) Json(string text)
    {
        try
        {
            return (JsonNode.Parse(text), null);
        }
        catch (JsonException)
        {
            return (null, $"{Name} is not right as JSON: write it like {Name}=[{{\"key\": \"value\"}}].");
        }
    }

    /// <summary>Values with commas between them.</summary>
    private (JsonNode? Value, string? Problem) List(string text)
    {
        var list = new JsonArray();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (value, problem) = (_items ?? new ArgumentSchema(Name, false)).Read(part);
            if (problem is not null)
            {
                return (null, _items!._types.Contains("object") ? $"{Name} takes JSON: write it like {Name}=[{{\"key\": \"value\"}}]." : problem);
            }

            list.Add(value);
        }

        return (list, null);
    }

    private void Learn(JsonElement schema, JsonElement root, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > 8)
        {
            return;
        }

        foreach (var property in schema.EnumerateObject())
        {
            switch (property.Name)
            {
                case "type" when property.Value.ValueKind == JsonValueKind.String:
                    _types.Add(property.Value.GetString()!);
                    break;
                case "type" when property.Value.ValueKind == JsonValueKind.Array:
                    _types.UnionWith(property.Value.EnumerateArray().Select(type => type.ToString()));
                    break;
                case "description" when Description.Length == 0:
                    Description = SafeText.Line(property.Value.ToString());
                    break;
                case "const":
                    AddValue(property.Value);
                    break;
                case "enum" when property.Value.ValueKind == JsonValueKind.Array:
                    property.Value.EnumerateArray().ToList().ForEach(AddValue);
                    break;
                case "anyOf" or "oneOf" or "allOf" when property.Value.ValueKind == JsonValueKind.Array:
                    property.Value.EnumerateArray().ToList().ForEach(part => Learn(part, root, depth + 1));
                    break;
                case "items":
                    _items = new ArgumentSchema(Name, false);
                    _items.Learn(property.Value, root, depth + 1);
                    _items._values.Where(value => !_values.Contains(value)).ToList().ForEach(_values.Add);
                    break;
                case "$ref" when Referenced(property.Value.ToString(), root) is { } referenced:
                    Learn(referenced, root, depth + 1);
                    break;
                default:
                    break;
            }
        }
    }

    private void AddValue(JsonElement value)
    {
        var text = value.ToString();
        if (value.ValueKind != JsonValueKind.Null && !_values.Contains(text))
        {
            _values.Add(text);
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            _types.Add("string");
        }
    }

    /// <summary>What a reference within the schema, such as #/$defs/Item, leads to.</summary>
    private static JsonElement? Referenced(string reference, JsonElement root)
    {
        var at = root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at))
            {
                return null;
            }
        }

        return at;
    }
}
