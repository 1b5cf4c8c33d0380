using System.Text;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Models;
using Cartwright.Chat.Terminal;

namespace Cartwright.Chat.Scripting;

/// <summary>One question and its answer, for scripts: the answer goes to the output, everything else to the error output.</summary>
internal sealed class OneShot(ChatSession session, TextWriter output, TextWriter errors)
{
    private readonly List<CallRecord> _calls = [];

    /// <summary>The question was answered.</summary>
    public const int Answered = 0;

    /// <summary>It was not; a line on the error output says why.</summary>
    public const int Failed = 1;

    private const string NobodyToAsk =
        "Not called: this tool may change something, and nobody can be asked here. Do not repeat the call; tell the user that --yes allows it.";

    /// <summary>The calls of the last answer.</summary>
    public IReadOnlyList<CallRecord> Calls => _calls;

    /// <summary>Asks, and shows the answer as text while it comes.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<int> Ask(string question, CancellationToken cancellation)
    {
        var told = new Told();
        var tools = new Dictionary<int, CallStarted>();
        _calls.Clear();
        var isFresh = true;
        try
        {
            await foreach (var happened in Conversation().Say(question, cancellation))
            {
                told.Add(happened);
                switch (happened)
                {
                    case TextDelta piece:
                        var clean = SafeText.Clean(piece.Text);
                        isFresh = clean.Length > 0 ? clean[^1] == '\n' : isFresh;
                        await output.WriteAsync(clean);
                        await output.FlushAsync(cancellation);
                        break;
                    case CallStarted started:
                        tools[started.Number] = started;
                        break;
                    case CallFinished finished:
                        // What was said before a call is a paragraph of its own.
                        await EndLine();
                        Note(Line(tools[finished.Number], finished));
                        _calls.Add(new CallRecord(finished.Number, tools[finished.Number].Tool, tools[finished.Number].Arguments, finished.Outcome, finished.Took, finished.Bytes, finished.CutTo));
                        break;
                    case RetryWaiting wait:
                        Note($"waiting {Math.Ceiling(wait.Wait.TotalSeconds):0} s: {SafeText.Line(wait.Reason, 200)}");
                        break;
                    case TurnEnded { Usage: { } usage }:
                        await EndLine();
                        Note($"{usage.Input} + {usage.Output} tokens{(usage.Cost is { } cost ? $", cost {cost:0.######}" : "")}");
                        break;
                }
            }
        }
        finally
        {
            await EndLine();
        }

        if (told.Error is { } error)
        {
            await errors.WriteLineAsync($"cartwright: {SafeText.Line(error, 600)}");
        }

        return told.Error is null ? Answered : Failed;

        async Task EndLine()
        {
            if (!isFresh)
            {
                await output.WriteLineAsync();
                await output.FlushAsync(CancellationToken.None);
                isFresh = true;
            }
        }
    }

    /// <summary>Asks, and writes one JSON object, see docs/chat.md. Nothing goes to the error output.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<int> AskForJson(string question, CancellationToken cancellation)
    {
        var told = new Told();
        await foreach (var happened in Conversation().Say(question, cancellation))
        {
            told.Add(happened);
        }

        await output.WriteLineAsync(OneShotJson.Write(told, session.Conversation!.Model));
        return told.Error is null ? Answered : Failed;
    }

    /// <summary>A call that is over; a failed one with the reason.</summary>
    private static string Line(CallStarted started, CallFinished finished)
    {
        var call = $"{SafeText.Line(started.Tool, 80)} {SafeText.Line(started.Arguments, 160)} ({finished.Took.TotalMilliseconds:0} ms, {finished.Bytes} bytes{(finished.CutTo is { } part ? $", of which the model got {part}" : "")})";
        return finished.Outcome.Failed ? $"failed {call}: {SafeText.Line(finished.Outcome.Text, 300)}" : $"called {call}";
    }

    /// <summary>The conversation, in which a call that is not allowed says why: nobody is there to allow it.</summary>
    private Conversation Conversation()
    {
        session.Conversation!.NotAllowed = NobodyToAsk;
        return session.Conversation;
    }

    private void Note(string note)
    {
        if (!session.Settings.Quiet)
        {
            errors.WriteLine($"· {note}");
        }
    }

    /// <summary>What a turn brought.</summary>
    internal sealed class Told
    {
        private readonly StringBuilder _answer = new();

        /// <summary>What the model wrote after its last calls.</summary>
        public string Answer => _answer.ToString();

        public List<(CallStarted Started, CallFinished? Finished)> Calls { get; } = [];

        public TokenUsage? Usage { get; private set; }

        public string? Error { get; private set; }

        public void Add(ChatEvent happened)
        {
            switch (happened)
            {
                case TextDelta piece:
                    _answer.Append(piece.Text);
                    break;
                case CallsAsked:
                    _answer.Clear();
                    break;
                case CallStarted started:
                    Calls.Add((started, null));
                    break;
                case CallFinished finished:
                    var index = Calls.FindIndex(call => call.Started.Number == finished.Number);
                    Calls[index] = (Calls[index].Started, finished);
                    break;
                case RoundLimitReached limit:
                    Error = $"The model called tools {limit.Rounds} times over without an answer: ask for less, or allow more with --max-rounds.";
                    break;
                case TurnFailed failed:
                    Error = failed.Advice;
                    break;
                case TurnEnded ended:
                    Usage = ended.Usage;
                    break;
            }
        }
    }
}
