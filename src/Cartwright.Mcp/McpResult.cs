using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Mcp;

/// <summary>
/// Outcome of the three calls that a handler answers (tools/call, prompts/get, resources/read): a finished result, a request for
/// more input, or a protocol error.
/// </summary>
public abstract class McpResult
{
    internal McpError? Error { get; init; }

    internal InputRequired? Input { get; init; }

    /// <summary>Writes the result's own members into the object that the caller has opened.</summary>
    internal abstract void WriteMembers(Utf8JsonWriter writer);

    /// <summary>Writes the result's own <c>_meta</c> entries into the <c>_meta</c> object that the caller has opened.</summary>
    internal virtual void WriteMeta(Utf8JsonWriter writer)
    {
    }

    internal virtual bool HasMeta => false;
}

/// <summary>
/// Asks the client for input before the call can finish (2026-07-28, "Multi Round-Trip Requests"). The client repeats the call with
/// the responses and the state; nothing is kept on the server in between.
/// </summary>
/// <param name="Requests">What is asked, by a key of the handler's choice.</param>
/// <param name="State">
/// What the handler wants back with the repeated call. It is signed and bound to this call's method, name and arguments, and expires;
/// it can be read by the client, and it can be replayed until it expires: a handler that must act once needs its own guard.
/// </param>
public sealed record InputRequired(IReadOnlyDictionary<string, InputRequest> Requests, string? State = null);

/// <summary>One question to the client.</summary>
/// <param name="Method">The request that the client is asked to perform.</param>
/// <param name="Parameters">Its params.</param>
public sealed record InputRequest(string Method, JsonObject Parameters)
{
    /// <summary>The client capability without which the question must not be asked.</summary>
    internal string Capability => Method switch
    {
        "elicitation/create" => "elicitation",
        "sampling/createMessage" => "sampling",
        "roots/list" => "roots",
        _ => throw new InvalidOperationException($"{Method} cannot be asked of a client"),
    };

    /// <summary>Asks the user to fill a form.</summary>
    public static InputRequest Elicitation(string message, JsonObject requestedSchema) => new(
        "elicitation/create",
        new JsonObject { ["mode"] = "form", ["message"] = message, ["requestedSchema"] = requestedSchema });
}

/// <summary>What <c>prompts/get</c> answers.</summary>
public sealed class PromptResult : McpResult
{
    private readonly string? _description;
    private readonly IReadOnlyList<PromptMessage> _messages;

    public PromptResult(IReadOnlyList<PromptMessage> messages, string? description = null)
    {
        (_messages, _description) = (messages, description);
    }

    public static PromptResult Ask(InputRequired input) => new([]) { Input = input };

    public static PromptResult Fail(McpError error) => new([]) { Error = error };

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        if (_description is not null)
        {
            writer.WriteString("description"u8, _description);
        }

        writer.WriteStartArray("messages"u8);
        foreach (var message in _messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, message.FromAssistant ? "assistant"u8 : "user"u8);
            writer.WritePropertyName("content"u8);
            message.Content.Write(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}

/// <summary>One message of a prompt.</summary>
public sealed record PromptMessage(Content Content, bool FromAssistant = false);

/// <summary>What <c>resources/read</c> answers.</summary>
public sealed class ReadResult(params IReadOnlyList<ResourceContents> contents) : McpResult
{
    /// <summary>True for what only this caller may see, or what changes at any time: clients are told not to keep it.</summary>
    public bool IsLive { get; init; }

    public static ReadResult Fail(McpError error) => new() { Error = error };

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("contents"u8);
        foreach (var item in contents)
        {
            item.Write(writer);
        }

        writer.WriteEndArray();
    }
}
