using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Connections;

/// <summary>
/// Tells a server which calls belong together, as ChatGPT does (<c>_meta["openai/session"]</c>): a shop then finds the cart of this chat,
/// though the protocol itself has no sessions any more. Random, and new with each connection.
/// </summary>
internal sealed class ConversationHint
{
    private readonly string _id = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public JsonObject Meta() => new() { ["openai/session"] = _id };
}
