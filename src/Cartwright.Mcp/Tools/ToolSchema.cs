using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Cartwright.Mcp;

/// <summary>
/// JSON Schemas of request and result types. Descriptions and bounds come from the attributes of <c>System.ComponentModel</c> on the
/// properties: Description, Range, AllowedValues; and from <see cref="SizeAttribute"/> and
/// <see cref="ExampleAttribute"/>.
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
        DropOptional(schema, context.TypeInfo);
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

    /// <summary>What may be null is left out of the JSON when it is, so it is not required.</summary>
    private static void DropOptional(JsonObject schema, JsonTypeInfo type)
    {
        if (schema["required"] is not JsonArray required)
        {
            return;
        }

        foreach (var property in type.Properties.Where(property => property.IsGetNullable))
        {
            required.RemoveAll(name => (string?)name == property.Name);
        }

        if (required.Count == 0)
        {
            schema.Remove("required");
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
                case SizeAttribute size:
                    var noun = (string?)schema["type"] == "array" ? "Items" : "Length";
                    if (size.Minimum > 0)
                    {
                        schema[$"min{noun}"] = size.Minimum;
                    }

                    schema[$"max{noun}"] = size.Maximum;
                    break;
                case ExampleAttribute example:
                    schema["examples"] = new JsonArray(example.Value);
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
