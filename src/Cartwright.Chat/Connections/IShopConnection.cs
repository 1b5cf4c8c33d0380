using System.Text.Json.Nodes;

namespace Cartwright.Chat.Connections;

/// <summary>
/// What a shop, or any other MCP server, offers to a program: the same members over MCP and over plain HTTP.
/// Safe for concurrent calls. Every member throws <see cref="ConnectionProblem"/> when the server cannot be asked or refuses, with one
/// line of advice; a tool that fails is no such problem, but a <see cref="ToolOutcome"/>.
/// </summary>
public interface IShopConnection : IAsyncDisposable
{
    /// <summary>The list of tools, prompts or resources is another one: list again. Raised on any thread.</summary>
    event EventHandler<OfferChangedEventArgs>? Changed;

    /// <summary>The endpoint, such as http://localhost:3000/sales/mcp.</summary>
    Uri Address { get; }

    /// <summary>"MCP" or "REST".</summary>
    string Transport { get; }

    /// <summary>What the server calls itself; its address where the transport tells no name.</summary>
    string ServerName { get; }

    /// <summary>What the server tells models about its use; null where it does not.</summary>
    string? Instructions { get; }

    /// <summary>All tools, whatever the number of pages.</summary>
    Task<IReadOnlyList<ToolInfo>> ListTools(CancellationToken cancellation = default);

    /// <summary>Calls a tool. A tool that fails, is unknown, or does not take the arguments gives a failed outcome with the server's advice.</summary>
    Task<ToolOutcome> CallTool(string name, JsonObject arguments, CancellationToken cancellation = default);

    Task<IReadOnlyList<PromptInfo>> ListPrompts(CancellationToken cancellation = default);

    /// <summary>The messages of a prompt, filled in.</summary>
    Task<IReadOnlyList<PromptMessage>> GetPrompt(
        string name, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellation = default);

    Task<IReadOnlyList<ResourceInfo>> ListResources(CancellationToken cancellation = default);

    Task<IReadOnlyList<ResourceTemplateInfo>> ListResourceTemplates(CancellationToken cancellation = default);

    /// <summary>What is at a URI: usually one piece.</summary>
    Task<IReadOnlyList<ResourceText>> ReadResource(string uri, CancellationToken cancellation = default);

    /// <summary>Values for an argument of a prompt or of a resource template, best first. Empty where there are none, or the transport has none.</summary>
    /// <param name="reference">What the argument belongs to.</param>
    /// <param name="argument">Name of the argument.</param>
    /// <param name="prefix">What is typed already.</param>
    /// <param name="others">Arguments that have their values already.</param>
    Task<IReadOnlyList<string>> Complete(
        CompletionReference reference,
        string argument,
        string prefix,
        IReadOnlyDictionary<string, string>? others = null,
        CancellationToken cancellation = default);
}
