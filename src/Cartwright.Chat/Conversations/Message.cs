namespace Cartwright.Chat.Conversations;

/// <summary>One message of a conversation, as it is kept, saved and sent. The system prompt is not among them: it is made anew for each request.</summary>
/// <param name="Role">"user", "assistant" or "tool".</param>
/// <param name="Calls">Of an assistant: the tools it asks for, each answered by one of the tool messages that follow.</param>
/// <param name="CallId">Of a tool message: the call that it answers.</param>
internal sealed record Message(string Role, string Text, IReadOnlyList<ToolCall>? Calls = null, string? CallId = null);

/// <summary>A call that a model asks for.</summary>
/// <param name="Tool">Name of the tool as the server offers it.</param>
/// <param name="Arguments">JSON as the model wrote it, which may be malformed.</param>
internal sealed record ToolCall(string Id, string Tool, string Arguments);
