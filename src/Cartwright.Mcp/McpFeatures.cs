using System.Collections.Frozen;

namespace Cartwright.Mcp;

/// <summary>
/// Everything an endpoint offers at one moment. Immutable: to change it, publish another one (<see cref="McpServer.Publish"/>).
/// Lists keep the given order.
/// </summary>
public sealed class McpFeatures
{
    public McpFeatures(
        IReadOnlyList<McpTool>? tools = null,
        IReadOnlyList<McpResource>? resources = null,
        IReadOnlyList<McpResourceTemplate>? templates = null,
        IReadOnlyList<McpPrompt>? prompts = null)
    {
        Tools = tools ?? [];
        Resources = resources ?? [];
        Templates = templates ?? [];
        Prompts = prompts ?? [];
        ToolsByName = Tools.ToFrozenDictionary(tool => tool.Declaration.Name, StringComparer.Ordinal);
        PromptsByName = Prompts.ToFrozenDictionary(prompt => prompt.Name, StringComparer.Ordinal);
        ResourcesByUri = Resources
            .SelectMany(resource => resource.Aliases.Prepend(resource.Uri), (resource, uri) => (resource, uri))
            .ToFrozenDictionary(pair => pair.uri, pair => pair.resource, StringComparer.Ordinal);
    }

    public IReadOnlyList<McpTool> Tools { get; }

    public IReadOnlyList<McpResource> Resources { get; }

    public IReadOnlyList<McpResourceTemplate> Templates { get; }

    public IReadOnlyList<McpPrompt> Prompts { get; }

    internal FrozenDictionary<string, McpTool> ToolsByName { get; }

    internal FrozenDictionary<string, McpPrompt> PromptsByName { get; }

    internal FrozenDictionary<string, McpResource> ResourcesByUri { get; }

    internal bool HasResources => Resources.Count + Templates.Count > 0;

    internal bool HasCompletion => Prompts.Any(prompt => prompt.Complete is not null) || Templates.Any(template => template.Complete is not null);
}
