using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Terminal;

namespace Cartwright.Chat.Scripting;

/// <summary>The one JSON object that --json prints.</summary>
internal static class OneShotJson
{
    public static string Write(OneShot.Told told, string model) => Write(
        told.Answer.Length > 0 ? told.Answer : null,
        told.Error,
        told.Calls.Select(call => Call(call.Started.Tool, call.Started.Arguments, call.Finished)),
        told.Usage is not { } usage ? null : new JsonObject
        {
            ["input_tokens"] = usage.Input,
            ["output_tokens"] = usage.Output,
            ["cost"] = usage.Cost,
        },
        model);

    /// <summary>The same of calls that were made without a model.</summary>
    public static string Write(IEnumerable<CallRecord> calls, string? error) => Write(
        answer: null,
        error,
        calls.Select(call => Call(call.Tool, call.Arguments, new CallFinished(call.Number, call.Outcome, call.Took, call.Bytes))),
        usage: null,
        model: null);

    /// <summary>The same of what failed before a question could be asked.</summary>
    public static string Error(string advice) => Text(new JsonObject { ["error"] = advice });

    private static string Write(string? answer, string? error, IEnumerable<JsonObject> calls, JsonObject? usage, string? model)
    {
        var json = new JsonObject { ["answer"] = answer };
        if (error is not null)
        {
            json["error"] = error;
        }

        json["calls"] = new JsonArray([.. calls]);
        json["usage"] = usage;
        json["model"] = model;
        return Text(json);
    }

    private static JsonObject Call(string tool, string arguments, CallFinished? finished) => new()
    {
        ["tool"] = tool,
        ["arguments"] = (JsonNode?)ModelMessages.Arguments(arguments) ?? arguments,
        ["failed"] = finished?.Outcome.Failed ?? true,
        ["milliseconds"] = finished is null ? null : (long)finished.Took.TotalMilliseconds,
        ["bytes"] = finished?.Bytes,
        ["result"] = finished is null ? null : finished.Outcome.Structured?.DeepClone() ?? finished.Outcome.Text,
    };

    // JSON leaves C1 controls and marks of direction as they are where letters stay readable; a terminal must not see them.
    private static string Text(JsonObject json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteTo(writer);
        }

        return SafeText.Clean(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
