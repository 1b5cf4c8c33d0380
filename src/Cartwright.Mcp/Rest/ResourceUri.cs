using System.Text.RegularExpressions;

namespace Cartwright.Mcp.Rest;

/// <summary>
/// The URI of a resource at the end of a request's address. It comes percent-encoded (<c>ui%3A%2F%2Fwidget%2Fx.html</c>) or as it is
/// (<c>ui://widget/x.html</c>), and proxies make one slash of two on the way.
/// </summary>
internal static partial class ResourceUri
{
    private const string Route = "/resources/read/";

    /// <summary>What the address may mean, likeliest first.</summary>
    /// <param name="target">The request target as it came over the wire: servers decode paths, and leave <c>%2F</c> alone.</param>
    /// <param name="decoded">What the server made of the rest of the path; for targets that hide the route itself in escapes.</param>
    public static IReadOnlyList<string> Candidates(string target, string decoded)
    {
        var start = target.IndexOf(Route, StringComparison.OrdinalIgnoreCase);
        var raw = start < 0 ? decoded : target[(start + Route.Length)..];
        var unescaped = Uri.UnescapeDataString(raw);

        // With a scheme that can be read it is the URI itself, whose own escapes are part of it.
        string[] asSent = Scheme().IsMatch(raw) ? [raw, unescaped] : [unescaped];
        return [.. asSent.SelectMany<string, string>(uri => [uri, OneSlash().Replace(uri, "://")]).Distinct(StringComparer.Ordinal)];
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scheme();

    [GeneratedRegex("(?<=^[A-Za-z][A-Za-z0-9+.-]*):/(?!/)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OneSlash();
}
