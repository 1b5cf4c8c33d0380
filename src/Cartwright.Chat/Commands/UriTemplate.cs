using System.Text.RegularExpressions;

namespace Cartwright.Chat.Commands;

/// <summary>A template of URIs with simple variables (RFC 6570, level 1), such as shop://report/{month}, and what of it is typed.</summary>
internal static partial class UriTemplate
{
    /// <summary>Where in the template a beginning of a URI ends, if it fits.</summary>
    /// <param name="Before">What is typed before the variable.</param>
    /// <param name="Name">The variable that is being typed.</param>
    /// <param name="Prefix">What is typed of it.</param>
    /// <param name="After">The literal that follows it.</param>
    /// <param name="Others">Variables that are complete.</param>
    internal sealed record Place(string Before, string Name, string Prefix, string After, IReadOnlyDictionary<string, string> Others);

    /// <summary>The literal up to the first variable.</summary>
    public static string Literal(string template) => template.IndexOf('{', StringComparison.Ordinal) is var at and >= 0 ? template[..at] : template;

    public static Place? Find(string template, string typed)
    {
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        var rest = typed;
        var parts = Variable().Matches(template);
        var at = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var literal = template[at..parts[i].Index];
            if (!rest.StartsWith(literal, StringComparison.Ordinal))
            {
                return null;
            }

            rest = rest[literal.Length..];
            at = parts[i].Index + parts[i].Length;
            var next = i + 1 < parts.Count ? parts[i + 1].Index : template.Length;
            var after = template[at..next];
            var end = after.Length == 0 ? -1 : rest.IndexOf(after, StringComparison.Ordinal);
            var name = parts[i].Groups["name"].Value;
            if (end < 0)
            {
                return new Place(typed[..^rest.Length], name, rest, after, others);
            }

            others[name] = rest[..end];
            rest = rest[end..];
        }

        return null;
    }

    [GeneratedRegex(@"\{[+#./;?&]?(?<name>[A-Za-z0-9_.]+)\*?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
