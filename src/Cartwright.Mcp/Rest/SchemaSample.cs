using System.Text.Json.Nodes;

namespace Cartwright.Mcp.Rest;

/// <summary>The least value that fits a schema, for people who look for a place to start.</summary>
internal static class SchemaSample
{
    /// <summary>Arguments with what is required and nothing else.</summary>
    public static JsonNode Of(JsonObject schema) => Members(schema, all: false);

    private static JsonNode? Value(JsonObject schema)
    {
        if ((schema["const"] ?? schema["default"] ?? First(schema["enum"]) ?? First(schema["examples"])) is { } known)
        {
            return known.DeepClone();
        }

        if (schema["anyOf"] is JsonArray { Count: > 0 } choices && choices[0] is JsonObject first)
        {
            return Value(first);
        }

        var type = schema["type"] is JsonArray types ? types[0] : schema["type"];
        return (string?)type switch
        {
            "string" => (string?)schema["format"] == "date" ? "2025-01-01" : "text",
            "integer" or "number" => schema["minimum"]?.DeepClone() ?? 1,
            "boolean" => false,
            "array" => schema["items"] is JsonObject items ? new JsonArray(Value(items)) : new JsonArray(),
            "object" => Members(schema, all: true),
            _ => null,
        };
    }

    private static JsonNode? First(JsonNode? list) => list is JsonArray { Count: > 0 } values ? values[0] : null;

    /// <summary>The required properties; where there are none, the first of all, if asked for: an empty object shows nothing.</summary>
    private static JsonObject Members(JsonObject schema, bool all)
    {
        var sample = new JsonObject();
        var required = schema["required"] as JsonArray ?? [];
        foreach (var (name, member) in schema["properties"] as JsonObject ?? [])
        {
            if (member is JsonObject value && (required.Any(entry => (string?)entry == name) || (all && required.Count == 0 && sample.Count == 0)))
            {
                sample[name] = Value(value);
            }
        }

        return sample;
    }
}
