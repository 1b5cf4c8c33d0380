using System.Text.Json.Nodes;

namespace Cartwright.Chat.Conversations;

/// <summary>Messages as JSON in the form of the chat completions API.</summary>
internal static class MessageJson
{
    public static JsonArray Write(IReadOnlyList<Message> messages) => [.. messages.Select(JsonNode (message) => Write(message))];

    /// <summary>The messages, in an order that a model takes: every call answered, every answer to a call.</summary>
    /// <exception cref="InvalidDataException">They are not; the message is a line of advice.</exception>
    public static IReadOnlyList<Message> Read(JsonNode? json)
    {
        var messages = (json as JsonArray ?? throw Spoilt("has no messages")).Select(One).ToList();
        return Flaw(messages) is { } flaw ? throw Spoilt(flaw) : messages;
    }

    /// <summary>What is wrong with the order of messages, or null: the invariant of a conversation.</summary>
    public static string? Flaw(IReadOnlyList<Message> messages)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (message.Role is "tool" ? !open.Remove(message.CallId ?? "") : open.Count > 0)
            {
                return message.Role is "tool" ? "answers a call that was not made" : "leaves a call unanswered";
            }

            if (message.Calls is { } calls && !calls.All(call => open.Add(call.Id)))
            {
                return "has two calls with one id";
            }
        }

        return open.Count > 0 ? "leaves a call unanswered" : null;
    }

    private static JsonObject Write(Message message)
    {
        var json = new JsonObject { ["role"] = message.Role, ["content"] = message.Text };
        if (message.CallId is { } id)
        {
            json["tool_call_id"] = id;
        }

        if (message.Calls is { Count: > 0 } calls)
        {
            json["tool_calls"] = new JsonArray([.. calls.Select(call => new JsonObject
            {
                ["id"] = call.Id,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Tool, ["arguments"] = call.Arguments },
            })]);
        }

        return json;
    }

    private static Message One(JsonNode? node)
    {
        var calls = node is JsonObject && node["tool_calls"] is JsonArray { Count: > 0 } asked
            ? asked.Select(call => new ToolCall(Text(call, "id"), Text((call as JsonObject)?["function"], "name"), Text((call as JsonObject)?["function"], "arguments"))).ToList()
            : null;
        return Text(node, "role") switch
        {
            "user" => new Message("user", Text(node, "content")),
            "assistant" => new Message("assistant", Text(node, "content"), calls),
            "tool" => new Message("tool", Text(node, "content"), CallId: Text(node, "tool_call_id")),
            _ => throw Spoilt("has a message of nobody"),
        };
    }

    private static string Text(JsonNode? owner, string name) =>
        owner is JsonObject && owner[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Spoilt($"lacks {name} in a message");

    private static InvalidDataException Spoilt(string flaw) => new($"The saved conversation {flaw}: choose another file that /save has written.");
}
