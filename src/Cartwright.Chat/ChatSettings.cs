using Cartwright.Chat.Models;

namespace Cartwright.Chat;

/// <summary>What the user chose, checked.</summary>
internal sealed record ChatSettings
{
    /// <summary>The endpoint whose tools are used.</summary>
    public required Uri Server { get; init; }

    /// <summary>Its key, secret; null for none.</summary>
    public string? ServerKey { get; init; }

    /// <summary>Use the REST twin instead of MCP.</summary>
    public bool Rest { get; init; }

    /// <summary>Null without a key for a model: tools-only mode.</summary>
    public ModelSettings? Model { get; init; }

    /// <summary>Requests to the model within a turn.</summary>
    public int MaxRounds { get; init; } = 10;

    /// <summary>Tools that write are called without asking.</summary>
    public bool Yes { get; init; }

    /// <summary>No charts, no lines about tools, no usage: the answers alone.</summary>
    public bool Quiet { get; init; }
}
