using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Terminal;

/// <summary>JSON for people to read: indented, with its names in colour.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Pretty(JsonNode? json, Paint paint, string indent = "")
    {
        var text = new StringBuilder();
        Write(text, json, paint, indent);
        return text.ToString();
    }

    /// <summary>On one line, harmless for a terminal.</summary>
    public static string Line(JsonNode? json, int most = 400)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            if (json is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                json.WriteTo(writer);
            }
        }

        return SafeText.Line(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length), most);
    }

    /// <summary>The JSON of a text, or null when it is none.</summary>
    public static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Write(StringBuilder text, JsonNode? json, Paint paint, string indent)
    {
        switch (json)
        {
            case JsonObject { Count: > 0 } members:
                var names = members.Select(member => paint.Accent(Line(JsonValue.Create(member.Key))) + ": ").ToList();
                Write(text, "{}", [.. members.Select(member => member.Value)], names, paint, indent);
                break;
            case JsonArray { Count: > 0 } items:
                Write(text, "[]", [.. items], null, paint, indent);
                break;
            default:
                text.Append(Line(json, int.MaxValue));
                break;
        }
    }

    private static void Write(StringBuilder text, string brackets, List<JsonNode?> values, List<string>? names, Paint paint, string indent)
    {
        text.Append(brackets[0]);
        foreach (var (i, value) in values.Index())
        {
            text.Append(i > 0 ? "," : "").Append('\n').Append(indent).Append("  ").Append(names?[i]);
            Write(text, value, paint, indent + "  ");
        }

        text.Append('\n').Append(indent).Append(brackets[1]);
    }
}
