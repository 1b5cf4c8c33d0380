using Cartwright.Chat.Connections;
using Cartwright.Chat.Models;

namespace Cartwright.Chat.Conversations;

/// <summary>What happens in a turn, in the order in which it is to be shown. Texts are as they came: clean them before a terminal sees them.</summary>
internal abstract record ChatEvent;

/// <summary>A piece of the answer.</summary>
internal sealed record TextDelta(string Text) : ChatEvent;

/// <summary>The model asks for these calls, numbered from the count of calls of the turn on.</summary>
internal sealed record CallsAsked(IReadOnlyList<ToolCall> Calls) : ChatEvent;

/// <summary>A call begins (approved, where that was needed).</summary>
/// <param name="Number">From 1, within the turn.</param>
/// <param name="Arguments">JSON as the model wrote it.</param>
internal sealed record CallStarted(int Number, string Id, string Tool, string Arguments) : ChatEvent;

/// <summary>A call is over, one way or the other; also those that were not allowed or not possible.</summary>
/// <param name="Bytes">Size of the result, UTF-8.</param>
/// <param name="CutTo">Size of the part that the model gets, where that is not all.</param>
internal sealed record CallFinished(int Number, ToolOutcome Outcome, TimeSpan Took, int Bytes, int? CutTo = null) : ChatEvent;

/// <summary>The model went on calling tools: the turn ends here.</summary>
internal sealed record RoundLimitReached(int Rounds) : ChatEvent;

/// <summary>The endpoint of the model is busy; it is asked again after the wait.</summary>
internal sealed record RetryWaiting(TimeSpan Wait, string Reason) : ChatEvent;

/// <summary>The turn ends without an answer, or with a part of one. One line that says what to do.</summary>
internal sealed record TurnFailed(string Advice) : ChatEvent;

/// <summary>The last event of every turn that was not cancelled, failed ones included. Null where the endpoint told no usage.</summary>
internal sealed record TurnEnded(TokenUsage? Usage) : ChatEvent;
