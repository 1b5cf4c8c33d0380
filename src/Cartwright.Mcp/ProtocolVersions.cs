namespace Cartwright.Mcp;

/// <summary>
/// The protocol revisions that the endpoint speaks. A modern revision carries its metadata in every request; a legacy one opens
/// with <c>initialize</c>. A new revision is a new row here.
/// </summary>
public static class ProtocolVersions
{
    /// <summary>The stateless revision: per-request <c>_meta</c>, no handshake, no session.</summary>
    public const string Modern = "2026-07-28";

    /// <summary>What <c>initialize</c> answers to a client that asks for a version nobody knows.</summary>
    public const string NewestLegacy = "2025-11-25";

    /// <summary>The oldest revision, with its own transport (HTTP+SSE).</summary>
    public const string Oldest = "2024-11-05";

    /// <summary>The only revision that had JSON-RPC batches, and the one that a missing version header stands for.</summary>
    internal const string WithBatches = "2025-03-26";

    /// <summary>Revisions that open with <c>initialize</c>, newest first.</summary>
    public static IReadOnlyList<string> Legacy { get; } = [NewestLegacy, "2025-06-18", WithBatches, Oldest];

    /// <summary>Every revision served, newest first.</summary>
    public static IReadOnlyList<string> All { get; } = [Modern, .. Legacy];

    /// <summary>The version an <c>initialize</c> is answered with: the one asked for when it is served, else the newest legacy one.</summary>
    internal static string Negotiate(string? asked) =>
        asked is not null && Legacy.Contains(asked, StringComparer.Ordinal) ? asked : NewestLegacy;
}
