using Cartwright.Chat;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Models;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Chat;

/// <summary>A chat with a scripted model, before a server of the test's choice.</summary>
internal sealed class ChatBench : IAsyncDisposable
{
    private ChatBench(ScriptedModel model, ChatSession session, WaitlessTime time) => (Model, Session, Time) = (model, session, time);

    public ScriptedModel Model { get; }

    public ChatSession Session { get; }

    public WaitlessTime Time { get; }

    public Conversation Conversation => Session.Conversation!;

    public static async Task<ChatBench> Open(Uri server, string? key = null, bool rest = false, Func<ChatSettings, ChatSettings>? change = null)
    {
        var (model, time) = (await ScriptedModel.Start(), new WaitlessTime());
        var settings = new ChatSettings
        {
            Server = server,
            ServerKey = key,
            Rest = rest,
            Model = new ModelSettings(ScriptedModel.Key, "scripted", model.Address, new Prices(2m, 10m)),
        };
        return new ChatBench(model, await ChatSession.Open(change?.Invoke(settings) ?? settings, time, CancellationToken.None), time);
    }

    public static Task<ChatBench> Open(McpHost host) => Open(new Uri(host.Wire.Address, "/mcp"));

    /// <summary>All events of a turn.</summary>
    public async Task<List<ChatEvent>> Say(string text, CancellationToken cancellation = default)
    {
        var events = new List<ChatEvent>();
        await foreach (var happened in Conversation.Say(text, cancellation).WithCancellation(CancellationToken.None))
        {
            events.Add(happened);
        }

        return events;
    }

    /// <summary>A turn in short: texts joined, calls and results on lines of their own.</summary>
    public async Task<string> Transcript(string text) => Transcript(await Say(text));

    public static string Transcript(IEnumerable<ChatEvent> events) => string.Concat(events.Select(happened => happened switch
    {
        TextDelta piece => piece.Text,
        CallsAsked asked => $"[asked {asked.Calls.Count}]\n",
        CallStarted started => $"[{started.Number} {started.Tool} {started.Arguments}]\n",
        CallFinished finished => $"[{finished.Number} {(finished.Outcome.Failed ? "failed" : "done")}]\n",
        RetryWaiting wait => $"[wait {wait.Wait.TotalSeconds}]\n",
        RoundLimitReached limit => $"[limit {limit.Rounds}]\n",
        TurnFailed failed => $"[{failed.Advice}]\n",
        TurnEnded { Usage: { } usage } => $"[{usage.Input}+{usage.Output} {usage.Cost}]",
        TurnEnded => "[end]",
        _ => throw new InvalidOperationException($"{happened}"),
    }));

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await Model.DisposeAsync();
    }
}
