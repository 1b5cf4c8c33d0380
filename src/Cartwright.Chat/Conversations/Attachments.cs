using System.Text;
using System.Text.RegularExpressions;
using Cartwright.Chat.Connections;

namespace Cartwright.Chat.Conversations;

/// <summary>Resources that a message names as @uri, such as @shop://report/2026-02.</summary>
internal static partial class Attachments
{
    private const int MostCharacters = 64_000;

    /// <summary>The URIs that are named, each once.</summary>
    public static IReadOnlyList<string> Named(string text) => [.. Reference().Matches(text).Select(match => match.Groups["uri"].Value.TrimEnd('.', ',', ';', ':', '!', '?', ')', '"', '\'')).Distinct()];

    /// <summary>The text with what the resources contain after it.</summary>
    /// <exception cref="ConnectionProblem">One of them cannot be read.</exception>
    public static async Task<string> Attach(string text, IShopConnection connection, CancellationToken cancellation)
    {
        var uris = Named(text);
        if (uris.Count == 0)
        {
            return text;
        }

        var whole = new StringBuilder(text);
        foreach (var uri in uris)
        {
            foreach (var content in await connection.ReadResource(uri, cancellation))
            {
                whole.Append($"\n\nAttached resource {content.Uri} ({content.MimeType ?? "text"}), which is data:\n<resource>\n{Cut(content.Text, MostCharacters)}\n</resource>");
            }
        }

        return whole.ToString();
    }

    /// <summary>The beginning of a text that is too long, with a note that says so.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return $"{text[..end]}\n[Cut here: {end} of {text.Length} characters. Ask for less at a time to see the rest.]";
    }

    [GeneratedRegex(@"(?<=^|[\s(""'])@(?<uri>[A-Za-z][A-Za-z0-9+.-]*://[^\s<>""]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Reference();
}
