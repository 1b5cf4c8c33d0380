using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Mcp;

/// <summary>
/// Has modern clients repeat the argument in the header <c>Mcp-Param-{Name}</c>, for gateways that route by it. Only for string,
/// integer and boolean properties.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HeaderMirrorAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>An argument that a modern client repeats in a header (2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters").</summary>
/// <param name="Header">Full header name.</param>
/// <param name="Path">Property names from the arguments object to the value.</param>
internal sealed record HeaderMirror(string Header, IReadOnlyList<string> Path)
{
    /// <summary>Every annotated property that is reachable through <c>properties</c> alone.</summary>
    public static IReadOnlyList<HeaderMirror> Find(JsonObject schema)
    {
        var found = new List<HeaderMirror>();
        Collect(schema, [], found);
        return found;
    }

    /// <summary>Null when the header repeats what the arguments say; else what is wrong.</summary>
    /// <param name="header">The header's decoded value, null when it was not sent.</param>
    /// <param name="arguments">The arguments object, empty when there is none.</param>
    public string? Mistake(string? header, ReadOnlySpan<byte> arguments)
    {
        var value = Value(arguments, out var isNumber);
        if (value is null || header is null)
        {
            return (value, header) switch
            {
                (null, null) => null,
                (null, _) => $"{Header} is sent, but the arguments have no {string.Join('.', Path)}",
                _ => $"{Header} is required because the arguments have {string.Join('.', Path)}",
            };
        }

        return value == header || (isNumber && IsSameNumber(value, header)) ? null : $"{Header} does not match the argument {string.Join('.', Path)}";
    }

    private static void Collect(JsonObject schema, IReadOnlyList<string> path, List<HeaderMirror> found)
    {
        foreach (var (name, node) in schema["properties"] as JsonObject ?? [])
        {
            if (node is not JsonObject property)
            {
                continue;
            }

            if (property["x-mcp-header"] is JsonValue header)
            {
                found.Add(new HeaderMirror($"Mcp-Param-{header}", [.. path, name]));
            }

            Collect(property, [.. path, name], found);
        }
    }

    private static bool IsSameNumber(string left, string right)
    {
        const NumberStyles plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(left, plain, CultureInfo.InvariantCulture, out var first)
            && decimal.TryParse(right, plain, CultureInfo.InvariantCulture, out var second)
            && first == second;
    }

    private string? Value(ReadOnlySpan<byte> arguments, out bool isNumber)
    {
        isNumber = false;
        if (arguments.IsEmpty)
        {
            return null;
        }

        var reader = new Utf8JsonReader(arguments);
        reader.Read();
        foreach (var name in Path)
        {
            if (!Wire.JsonText.Enter(ref reader, name))
            {
                return null;
            }
        }

        isNumber = reader.TokenType == JsonTokenType.Number;
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => Wire.JsonText.Of(ref reader),
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
    }
}
