using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Chat.Connections;

namespace Cartwright.Chat.Conversations;

/// <summary>One call of a turn: what is known of it before it runs, and what came of it.</summary>
internal sealed class CallRun(int number, ToolCall call, ToolInfo? tool, IReadOnlyList<string> offered)
{
    // A model can do nothing with more, and pays for it in every further request.
    private const int MostCharacters = 40_000;

    private bool _begun;

    public ToolCall Call => call;

    public ToolInfo? Tool => tool;

    /// <summary>Null when what the model wrote is no JSON object.</summary>
    public JsonObject? Arguments { get; } = ModelMessages.Arguments(call.Arguments);

    /// <summary>Runs at the same time as its neighbours.</summary>
    public bool IsFree => tool is null or { ReadOnly: true } || Arguments is null;

    public CallStarted Started => new(number, call.Id, call.Tool, call.Arguments);

    /// <summary>What the model is told; also of a call that never came to its end.</summary>
    public string Answer { get; private set; } = "Not called: the user stopped the turn.";

    /// <summary>Runs it.</summary>
    /// <param name="notAllowed">What the model is told when it must not run; null where it may.</param>
    public async Task<CallFinished> Run(IShopConnection connection, string? notAllowed, TimeProvider time, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        var outcome = Refusal(notAllowed);
        if (outcome is null)
        {
            (_begun, Answer) = (true, "Interrupted by the user: it is not known whether it took effect.");
            try
            {
                outcome = await connection.CallTool(tool!.Name, Arguments!, cancellation);
            }
            catch (ConnectionProblem problem)
            {
                outcome = new ToolOutcome(failed: true, problem.Advice);
            }
        }

        Debug.Assert(_begun || outcome.Failed, "Only a call can succeed.");
        var whole = outcome.Failed ? $"Error: {outcome.Text}" : outcome.Text;
        Answer = Attachments.Cut(whole, MostCharacters);
        int? cutTo = whole.Length > MostCharacters ? Encoding.UTF8.GetByteCount(Answer) : null;
        return new CallFinished(number, outcome, time.GetElapsedTime(begin), Encoding.UTF8.GetByteCount(whole), cutTo);
    }

    /// <summary>Why it cannot be called, with advice for the model.</summary>
    private ToolOutcome? Refusal(string? notAllowed) =>
        tool is null ? new(true, $"There is no tool {SafeText.Line(call.Tool, 80)}; there are: {string.Join(", ", offered)}.")
        : Arguments is null ? new(true, $"The arguments are no JSON object: {SafeText.Line(call.Arguments, 200)}. Call {call.Tool} again with one object that fits its schema.")
        : notAllowed is not null ? new(true, notAllowed)
        : null;
}
