using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Tests.Shop;

/// <summary>Whether a value fits a JSON Schema, as far as output schemas use it; written apart from the product's own check.</summary>
internal static class JsonFit
{
    public static void Assert(JsonNode schema, JsonNode? value, string path = "$")
    {
        if (schema is not JsonObject rules)
        {
            return;
        }

        foreach (var keyword in rules.Select(rule => rule.Key).Except(["type", "properties", "required", "items", "additionalProperties", "description", "enum", "default"]))
        {
            throw new NotSupportedException($"{path}: the keyword {keyword} is not checked here.");
        }

        if (rules["type"] is { } type)
        {
            Xunit.Assert.True(IsOf((string)type!, value), $"{path} is not of type {type}: {value?.ToJsonString()}");
        }

        foreach (var name in rules["required"]?.AsArray() ?? [])
        {
            Xunit.Assert.True(value!.AsObject().ContainsKey((string)name!), $"{path}.{name} is missing");
        }

        foreach (var (name, member) in value as JsonObject ?? [])
        {
            if ((rules["properties"]?[name] ?? rules["additionalProperties"]) is { } inner)
            {
                Xunit.Assert.False(inner is JsonValue && !(bool)inner, $"{path}.{name} is not allowed");
                Assert(inner, member, $"{path}.{name}");
            }
        }

        foreach (var (index, entry) in (value as JsonArray ?? []).Index())
        {
            Assert(rules["items"] ?? new JsonObject(), entry, $"{path}[{index}]");
        }
    }

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", null) => true,
        ("integer", JsonValueKind.Number) => (decimal)value! % 1 == 0,
        _ => false,
    };
}
