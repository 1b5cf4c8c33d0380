using System.Text.Json.Nodes;

namespace Cartwright.Mcp;

/// <summary>What a call of a tool does to the world. The annotations that clients see are made from it, all of them explicit.</summary>
public enum ToolBehaviour
{
    /// <summary>Changes nothing.</summary>
    Reads,

    /// <summary>Adds to what is there; a repeated call adds again.</summary>
    Adds,

    /// <summary>Replaces or removes what is there; a repeated call changes nothing more.</summary>
    Overwrites,
}

internal static class Annotations
{
    /// <summary>Annotations of a tool that acts inside this server's own data (never <c>openWorldHint</c>).</summary>
    public static JsonObject Of(ToolBehaviour behaviour, string title) => new()
    {
        ["title"] = title,
        ["readOnlyHint"] = behaviour == ToolBehaviour.Reads,
        ["destructiveHint"] = behaviour == ToolBehaviour.Overwrites,
        ["idempotentHint"] = behaviour != ToolBehaviour.Adds,
        ["openWorldHint"] = false,
    };
}
