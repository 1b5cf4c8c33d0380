using System.ClientModel.Primitives;
using System.Text.Json;

namespace Cartwright.Chat.Models;

/// <summary>What an endpoint says of an error: {"error": {"message", "code"}} in most, {"error": "..."} or {"message": "..."} in some.</summary>
internal static class ErrorBody
{
    public static (string? Code, string? Message) Read(PipelineResponse? response)
    {
        try
        {
            if (response is null)
            {
                return default;
            }

            using var document = JsonDocument.Parse(response.Content);
            return Read(document.RootElement.ValueKind is JsonValueKind.Array && document.RootElement.GetArrayLength() > 0 ? document.RootElement[0] : document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    public static (string? Code, string? Message) Read(JsonElement root)
    {
        var error = Member(root, "error") is { ValueKind: JsonValueKind.Object } inner ? inner : root;
        var code = Member(error, "code") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(error, "code");
        return (code, Text(error, "message") ?? Text(root, "error") ?? Text(root, "detail"));
    }

    private static string? Text(JsonElement owner, string name) => Member(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind is JsonValueKind.Object && owner.TryGetProperty(name, out var member) ? member : default;
}
