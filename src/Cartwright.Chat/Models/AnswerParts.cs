using System.Text;
using Cartwright.Chat.Conversations;
using OpenAI.Chat;

namespace Cartwright.Chat.Models;

/// <summary>Puts together what came of an answer piece by piece.</summary>
internal sealed class AnswerParts
{
    private readonly List<CallParts> _calls = [];
    private ChatFinishReason? _finish;
    private ChatTokenUsage? _usage;

    public bool HasText { get; private set; }

    /// <summary>Whether the endpoint said that it was all.</summary>
    public bool IsWhole => _finish is not null;

    public void Add(StreamingChatCompletionUpdate update)
    {
        HasText |= update.ContentUpdate.Any(part => part.Text is { Length: > 0 }) || update.RefusalUpdate is { Length: > 0 };
        _finish = update.FinishReason ?? _finish;
        _usage = update.Usage ?? _usage;
        foreach (var piece in update.ToolCallUpdates)
        {
            Find(piece).Add(piece);
        }
    }

    public ModelReply Reply(string model)
    {
        // Some endpoints leave ids out; an answer to a call needs one.
        var calls = _calls.Select((call, index) => new ToolCall(call.Id is { Length: > 0 } id ? id : $"call_{index + 1}", call.Name, call.Arguments)).ToList();
        return new ModelReply(calls, _usage?.InputTokenCount, _usage?.OutputTokenCount, _finish switch
        {
            _ when calls.Count > 0 => null,
            ChatFinishReason.Length => $"The answer is cut off: {model} may write no more at a time. Ask it to go on.",
            ChatFinishReason.ContentFilter => "The endpoint's content filter ended the answer: ask in another way.",
            _ when !HasText => $"{model} answered nothing: ask again, or choose another model.",
            _ => null,
        });
    }

    /// <summary>
    /// The call that a piece belongs to: by its index. Endpoints that give every call the index 0 tell calls apart by a new id.
    /// </summary>
    private CallParts Find(StreamingChatToolCallUpdate piece)
    {
        var call = _calls.FindLast(call => call.Index == piece.Index);
        if (call is null || (piece.ToolCallId is { Length: > 0 } id && call.Id is { Length: > 0 } && call.Id != id))
        {
            call = new CallParts(piece.Index);
            _calls.Add(call);
        }

        return call;
    }

    private sealed class CallParts(int index)
    {
        private readonly StringBuilder _arguments = new();

        public int Index => index;

        public string? Id { get; private set; }

        public string Name { get; private set; } = "";

        public string Arguments => _arguments.ToString();

        public void Add(StreamingChatToolCallUpdate piece)
        {
            Id = piece.ToolCallId is { Length: > 0 } id ? id : Id;
            Name = piece.FunctionName is { Length: > 0 } name ? name : Name;
            _arguments.Append(piece.FunctionArgumentsUpdate?.ToString());
        }
    }
}
