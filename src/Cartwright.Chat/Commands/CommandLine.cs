using System.Buffers;
using System.Text;

namespace Cartwright.Chat.Commands;

/// <summary>A word of a command line.</summary>
/// <param name="Start">Where it begins in the line.</param>
/// <param name="Text">The word without its quotes.</param>
/// <param name="IsOpen">A quote or a bracket of it is not closed.</param>
internal sealed record Word(int Start, string Text, bool IsOpen);

/// <summary>
/// Splits what follows a command into words. Single or double quotes keep spaces; within double quotes a backslash goes before a quote or a
/// backslash. A value that begins with a bracket, items=[{"product_id": "fern"}], is JSON and goes to its closing bracket as it is.
/// </summary>
internal static class CommandLine
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\"'\\[{");

    public static List<Word> Split(string line)
    {
        var words = new List<Word>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && char.IsWhiteSpace(line[at]))
            {
                at++;
            }

            if (at == line.Length)
            {
                return words;
            }

            words.Add(Next(line, ref at));
        }
    }

    /// <summary>A word written so that it is read as one.</summary>
    public static string Quote(string text) => text.Length > 0 && !text.Any(char.IsWhiteSpace) && text.AsSpan().IndexOfAny(Special) < 0
        ? text
        : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static Word Next(string line, ref int at)
    {
        var start = at;
        var text = new StringBuilder();
        var quote = '\0';
        for (; at < line.Length; at++)
        {
            var letter = line[at];
            if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                break;
            }

            if (quote == '\0' && (letter is '[' or '{') && (text.Length == 0 || text[^1] == '='))
            {
                if (JsonEnd(line, at) is not { } end)
                {
                    text.Append(line, at, line.Length - at);
                    at = line.Length;
                    return new Word(start, text.ToString(), IsOpen: true);
                }

                text.Append(line, at, end - at);
                at = end - 1;
            }
            else if (quote == '\0' && (letter is '"' or '\''))
            {
                quote = letter;
            }
            else if (letter == quote)
            {
                quote = '\0';
            }
            else if (quote == '"' && letter == '\\' && at + 1 < line.Length && (line[at + 1] is '"' or '\\'))
            {
                text.Append(line[++at]);
            }
            else
            {
                text.Append(letter);
            }
        }

        return new Word(start, text.ToString(), quote != '\0');
    }

    /// <summary>The place behind the bracket that closes the one at the start, if there is one.</summary>
    private static int? JsonEnd(string line, int at)
    {
        var (depth, isText) = (0, false);
        for (; at < line.Length; at++)
        {
            var letter = line[at];
            if (isText && letter == '\\')
            {
                at++;
            }
            else if (letter == '"')
            {
                isText = !isText;
            }
            else if (!isText)
            {
                depth += letter is '[' or '{' ? 1 : letter is ']' or '}' ? -1 : 0;
                if (depth == 0)
                {
                    return at + 1;
                }
            }
        }

        return null;
    }
}
