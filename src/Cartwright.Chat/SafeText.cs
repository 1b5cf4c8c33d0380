using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cartwright.Chat;

/// <summary>Makes text of servers and models harmless for a terminal: nothing in it moves the cursor, changes colours or turns the direction.</summary>
internal static class SafeText
{
    // Everything that may need a change; a line break and a tab are looked at again below.
    private static readonly SearchValues<char> Suspects = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Select(code => (char)code),
        .. Enumerable.Range(0x7f, 0x21).Select(code => (char)code),
        '\u061c', '\u200e', '\u200f', '\u2028', '\u2029',
        .. Enumerable.Range(0x202a, 5).Select(code => (char)code),
        .. Enumerable.Range(0x2066, 4).Select(code => (char)code),
        '\ufeff',
    ]);

    /// <summary>
    /// The text with control characters shown as symbols (U+2400 and on), other line ends as \n, marks of direction taken out.
    /// Works on any part of a text by itself, so that streamed pieces can be cleaned one by one.
    /// </summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAny(Suspects) < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '\n' or '\t' => clean.Append(letter),
                '\r' => clean,
                '\u2028' or '\u2029' => clean.Append('\n'),
                < ' ' => clean.Append((char)(0x2400 + letter)),
                '\u007f' => clean.Append('\u2421'),
                _ when char.GetUnicodeCategory(letter) is UnicodeCategory.Control => clean.Append('\ufffd'),
                _ when Suspects.Contains(letter) => clean,
                _ => clean.Append(letter),
            };
        }

        return clean.ToString();
    }

    /// <summary>The same on one line, at most so many characters long.</summary>
    public static string Line(string text, int most = 400)
    {
        var line = Clean(text).Replace('\n', ' ').Replace('\t', ' ').Trim();
        return line.Length <= most ? line : $"{line[..(char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1)]}…";
    }
}
