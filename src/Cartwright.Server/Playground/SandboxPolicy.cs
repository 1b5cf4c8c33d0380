using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Server.Playground;

/// <summary>
/// The content security policy of a widget's frame, made of the domains that its resource declares (MCP Apps 2026-01-26, "Content
/// Security Policy"): what is not declared is refused, except for the widget's own inline script and style, and pictures in <c>data:</c>.
/// </summary>
internal static partial class SandboxPolicy
{
    private const int MaxSources = 50;

    private static readonly string[] Names = ["connect", "resource", "frame", "base"];

    /// <summary>
    /// Reads <c>connect</c>, <c>resource</c>, <c>frame</c> and <c>base</c>, each any number of times. The values end up in a header, so that
    /// anything but an origin is refused.
    /// </summary>
    public static Result<string> Of(IQueryCollection query)
    {
        // By the lookup that is also used below: it ignores the case of the name.
        var all = Names.SelectMany(name => query[name]).ToList();
        if (all.Count > MaxSources)
        {
            return Problem.Invalid($"{all.Count} sources, but a policy may have {MaxSources}: declare fewer domains.");
        }

        if (all.Find(source => source is null || !Source().IsMatch(source)) is { } wrong)
        {
            return Problem.Invalid($"\"{wrong}\" is not a source: use scheme://host or scheme://host:port, such as https://cdn.example.com.");
        }

        string Sources(string name) => string.Concat(query[name].Select(source => $" {source}"));
        string SourcesOrNone(string name) => query[name].Count == 0 ? " 'none'" : Sources(name);
        var resources = Sources("resource");
        return
            $"default-src 'none'; script-src 'unsafe-inline'{resources}; style-src 'unsafe-inline'{resources}; img-src data:{resources}; "
            + $"font-src data:{resources}; media-src data:{resources}; connect-src{SourcesOrNone("connect")}; "
            + $"frame-src{SourcesOrNone("frame")}; base-uri{SourcesOrNone("base")}; object-src 'none'; form-action 'none'; "
            + "frame-ancestors 'self'";
    }

    // \z and not $, which would let a line break through at the end.
    [GeneratedRegex(@"^(https?|wss?)://(\*\.)?[a-z0-9]([a-z0-9.-]{0,252})(:[0-9]{1,5})?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Source();
}
