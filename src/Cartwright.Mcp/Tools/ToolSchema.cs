using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Cartwright.Mcp;

/// <summary>
/// JSON Schemas of request and result types. Descriptions and bounds come from the attributes of <c>System.ComponentModel</c> on the
/// properties: Description, Range, Length, RegularExpression, AllowedValues.
/// </summary>
internal static class ToolSchema
{
    /// <summary>Schema of arguments: closed objects, and no <c>null</c> among the types (a caller may still send null for "left out").</summary>
    public static JsonObject OfInput(JsonTypeInfo type) => Export(type, closed: true);

    /// <summary>Schema of structured content: open, so that a later version may add properties.</summary>
    public static JsonObject OfOutput(JsonTypeInfo type) => Export(type, closed: false);

    private static JsonObject Export(JsonTypeInfo type, bool closed)
    {
        var options = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => Annotate(context, node, closed),
        };
        return (JsonObject)type.GetJsonSchemaAsNode(options);
    }

    private static JsonNode Annotate(JsonSchemaExporterContext context, JsonNode node, bool closed)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        DropNull(schema);
        var isRecord = context.TypeInfo.Kind == JsonTypeInfoKind.Object;
        var isOpen = context.TypeInfo.Properties.Any(property => property.IsExtensionData);
        if (isRecord && closed && !isOpen)
        {
            schema["additionalProperties"] = false;
        }

        if (context.PropertyInfo?.AttributeProvider is { } attributes)
        {
            Describe(schema, attributes);
        }

        return schema;
    }

    private static void DropNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types && types.Count == 2)
        {
            schema["type"] = types.Select(type => type!.GetValue<string>()).First(type => type != "null");
        }

        // The default null of an optional parameter says nothing.
        if (schema.TryGetPropertyValue("default", out var value) && value is null)
        {
            schema.Remove("default");
        }
    }

    private static void Describe(JsonObject schema, ICustomAttributeProvider attributes)
    {
        foreach (var attribute in attributes.GetCustomAttributes(inherit: false))
        {
            switch (attribute)
            {
                case DescriptionAttribute description:
                    // First in the object: that is where people and models look.
                    schema.Insert(0, "description", description.Description);
                    break;
                case RangeAttribute { Minimum: int minimum, Maximum: int maximum }:
                    schema["minimum"] = minimum;
                    schema["maximum"] = maximum;
                    break;
                case LengthAttribute length when (string?)schema["type"] == "array":
                    schema["minItems"] = length.MinimumLength;
                    schema["maxItems"] = length.MaximumLength;
                    break;
                case LengthAttribute length:
                    schema["minLength"] = length.MinimumLength;
                    schema["maxLength"] = length.MaximumLength;
                    break;
                case AllowedValuesAttribute allowed:
                    schema["enum"] = new JsonArray([.. allowed.Values.Select(value => (JsonNode?)JsonValue.Create((string?)value))]);
                    break;
                case HeaderMirrorAttribute mirror:
                    schema["x-mcp-header"] = mirror.Name;
                    break;
            }
        }
    }
}
