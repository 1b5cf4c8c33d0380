using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Models;

namespace Cartwright.Chat.Conversations;

/// <summary>
/// The messages between the user, a model and the tools of a server. One turn at a time. Between turns, whatever ended the last one: every
/// tool message answers a call that is there, and every call is answered.
/// </summary>
internal sealed class Conversation(IShopConnection connection, ToolList tools, ModelClient client, TimeProvider time)
{
    private readonly List<Message> _messages = [];
    private readonly List<PromptMessage> _prepared = [];

    /// <summary>Name of the model; setting it counts from the next request on.</summary>
    public string Model { get; set; } = client.Settings.Name;

    /// <summary>Requests to the model within a turn.</summary>
    public int MaxRounds { get; set; } = 10;

    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>Asked before each call of a tool that is not read-only, one question at a time. Says no until somebody answers.</summary>
    public Func<ToolInfo, JsonObject, CancellationToken, ValueTask<bool>> Approve { get; set; } = (_, _, _) => ValueTask.FromResult(false);

    /// <summary>What the model is told of a call that was not allowed.</summary>
    public string NotAllowed { get; set; } = "The user did not allow this call. Do not repeat it; say what you wanted to do, and ask.";

    /// <summary>Messages of a prompt, which go in front of what is said next.</summary>
    public IReadOnlyList<PromptMessage> Prepared => _prepared;

    /// <summary>Puts messages in front of what is said next, instead of those that were prepared before.</summary>
    public void Prepare(IReadOnlyList<PromptMessage> messages)
    {
        _prepared.Clear();
        _prepared.AddRange(messages);
    }

    /// <summary>Forgets everything that was said and prepared.</summary>
    public void Clear()
    {
        _messages.Clear();
        _prepared.Clear();
    }

    /// <summary>Goes on from other messages, which have to be valid: <see cref="ConversationFile"/> gives no others.</summary>
    public void Load(IReadOnlyList<Message> messages)
    {
        Clear();
        _messages.AddRange(messages);
    }

    /// <summary>
    /// Runs a turn. Resources named as @uri in the text are read and attached. A turn of which nothing came leaves no trace in the messages.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled; what was shown until then is kept.</exception>
    public async IAsyncEnumerable<ChatEvent> Say(string text, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var turn = new Turn(_messages, [.. _prepared]);
        var usage = new UsageSum(client.Settings.Prices);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            if (await turn.Begin(text, connection, stop.Token) is { } unreadable)
            {
                yield return new TurnFailed(unreadable);
                yield return new TurnEnded(null);
                yield break;
            }

            _prepared.Clear();
            for (var round = 1; ; round++)
            {
                var (names, problem) = await Functions(stop.Token);
                if (names is null)
                {
                    yield return new TurnFailed(problem!);
                    break;
                }

                ModelReply? reply = null;
                var request = ModelMessages.Of(ModelMessages.Introduction(connection, time.GetLocalNow()), _messages, names);
                await foreach (var happened in client.Ask(Model, request, names.Functions, stop.Token))
                {
                    if (happened is ModelText piece)
                    {
                        turn.Partial.Append(piece.Text);
                    }

                    reply = happened as ModelReply;
                    if (Told(happened) is { } told)
                    {
                        yield return told;
                    }
                }

                if (reply is null)
                {
                    break;
                }

                usage.Add(reply);
                if (reply.Calls.Count == 0)
                {
                    break;
                }

                var asked = turn.Ask(reply.Calls, names);
                yield return new CallsAsked([.. asked.Select(run => run.Call)]);
                for (var next = 0; next < asked.Count;)
                {
                    // Reads side by side; a write by itself, after those before it and before those after it.
                    var free = asked.Skip(next).TakeWhile(run => run.IsFree).ToList();
                    var group = free.Count > 0 ? free : [asked[next]];
                    var allowed = free.Count > 0 || await Approve(group[0].Tool!, group[0].Arguments!, stop.Token);
                    foreach (var run in group)
                    {
                        yield return run.Started;
                    }

                    await foreach (var finished in Task.WhenEach(group.Select(run => run.Run(connection, allowed ? null : NotAllowed, time, stop.Token)).ToList()))
                    {
                        yield return await finished;
                    }

                    next += group.Count;
                }

                turn.Answer();
                if (round >= MaxRounds)
                {
                    yield return new RoundLimitReached(round);
                    break;
                }
            }

            yield return new TurnEnded(usage.Sum);
        }
        finally
        {
            await stop.CancelAsync();
            if (!turn.End())
            {
                Prepare(turn.Prepared);
            }
        }
    }

    private static ChatEvent? Told(ModelEvent happened) => happened switch
    {
        ModelText piece => new TextDelta(piece.Text),
        ModelWaits wait => new RetryWaiting(wait.Wait, wait.Reason),
        ModelFailed failed => new TurnFailed(failed.Advice),
        ModelReply { Remark: { } remark } => new TurnFailed(remark),
        _ => null,
    };

    private async Task<(FunctionNames? Names, string? Problem)> Functions(CancellationToken cancellation)
    {
        try
        {
            return (new FunctionNames(await tools.Get(cancellation)), null);
        }
        catch (ConnectionProblem problem)
        {
            return (null, problem.Advice);
        }
    }

    /// <summary>What a turn adds to the messages.</summary>
    private sealed class Turn(List<Message> messages, IReadOnlyList<PromptMessage> prepared)
    {
        private readonly int _start = messages.Count;
        private List<CallRun> _open = [];
        private int _calls;
        private int _questions;

        public IReadOnlyList<PromptMessage> Prepared => prepared;

        /// <summary>What the model has written since its last message.</summary>
        public StringBuilder Partial { get; } = new();

        /// <summary>Adds what was prepared and said. Gives advice when a resource cannot be read.</summary>
        public async Task<string?> Begin(string text, IShopConnection connection, CancellationToken cancellation)
        {
            try
            {
                text = await Attachments.Attach(text, connection, cancellation);
            }
            catch (ConnectionProblem problem)
            {
                return problem.Advice;
            }

            // One message of the user, not two in a row, which some models do not take.
            foreach (var message in prepared.SkipLast(1))
            {
                messages.Add(new Message(message.Role, message.Text));
            }

            if (prepared is [.., { Role: not "user" } last])
            {
                messages.Add(new Message(last.Role, last.Text));
            }

            messages.Add(new Message("user", prepared is [.., { Role: "user" } instruction] ? $"{instruction.Text}\n\n{text}" : text));
            _questions = messages.Count - _start;
            return null;
        }

        /// <summary>Adds what the model asks for.</summary>
        public List<CallRun> Ask(IReadOnlyList<ToolCall> calls, FunctionNames names)
        {
            var offered = names.Functions.Select(function => function.FunctionName).ToList();
            var used = messages.SelectMany(message => message.Calls ?? []).Select(call => call.Id).ToHashSet(StringComparer.Ordinal);
            _open = [.. calls.Select(call =>
            {
                var tool = names.Find(call.Tool);
                return new CallRun(++_calls, call with { Id = Unused(call.Id, used), Tool = tool?.Name ?? call.Tool }, tool, offered);
            })];
            messages.Add(new Message("assistant", Partial.ToString(), [.. _open.Select(run => run.Call)]));
            Partial.Clear();
            return _open;
        }

        /// <summary>Adds the answers to all calls that are open.</summary>
        public void Answer()
        {
            messages.AddRange(_open.Select(run => new Message("tool", run.Answer, CallId: run.Call.Id)));
            _open = [];
        }

        /// <summary>Leaves the messages valid. False when nothing came of the turn, which is then as if it had not been.</summary>
        public bool End()
        {
            Answer();
            if (Partial.Length > 0)
            {
                messages.Add(new Message("assistant", Partial.ToString()));
            }

            if (messages.Count > _start + _questions)
            {
                return true;
            }

            messages.RemoveRange(_start, messages.Count - _start);
            return false;
        }

        // Endpoints that count their calls anew in each answer would otherwise have one answer two calls.
        private static string Unused(string id, HashSet<string> used)
        {
            var unused = id;
            for (var next = 2; !used.Add(unused); next++)
            {
                unused = $"{id}_{next}";
            }

            return unused;
        }
    }
}
