using Cartwright.Chat.Conversations;

namespace Cartwright.Chat.Models;

/// <summary>What comes of one request to a model. The last one is a reply or a failure.</summary>
internal abstract record ModelEvent;

internal sealed record ModelText(string Text) : ModelEvent;

/// <summary>The request is sent again after the wait.</summary>
internal sealed record ModelWaits(TimeSpan Wait, string Reason) : ModelEvent;

/// <summary>The answer is whole.</summary>
/// <param name="Calls">Tools that the model asks for, by the names that the request gave them.</param>
/// <param name="Input">Tokens; null where the endpoint told none.</param>
/// <param name="Remark">What the user should know of an answer that ended early; null for none.</param>
internal sealed record ModelReply(IReadOnlyList<ToolCall> Calls, long? Input, long? Output, string? Remark) : ModelEvent;

/// <summary>There is no answer, or only the part that came.</summary>
internal sealed record ModelFailed(string Advice) : ModelEvent;
