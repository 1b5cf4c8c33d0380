using System.Text;
using System.Text.RegularExpressions;

namespace Cartwright.Chat.Terminal;

/// <summary>Text with the terminal's escapes in it, written by this program alone.</summary>
internal static partial class AnsiText
{
    public static int Width(string text) => CellWidth.Of(Plain(text));

    public static string Plain(string text) => text.Contains('\e', StringComparison.Ordinal) ? Escapes().Replace(text, "") : text;

    /// <summary>The text with line breaks between words, so that none is broken by the terminal unless it is wider than that.</summary>
    public static string Wrap(string text, int columns)
    {
        var wrapped = new StringBuilder(text.Length + 8);
        foreach (var (number, line) in text.Split('\n').Index())
        {
            wrapped.Append(number > 0 ? "\n" : "");
            var column = 0;
            foreach (var (place, word) in line.Split(' ').Index())
            {
                var width = Width(word);
                var breaks = column > 0 && column + 1 + width > columns;
                wrapped.Append(place == 0 ? "" : breaks ? "\n" : " ").Append(word);
                column = place == 0 || breaks ? width : column + 1 + width;
            }
        }

        return wrapped.ToString();
    }

    /// <summary>Colours and such (CSI), and links (OSC 8).</summary>
    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]|\e\][^\e\a]*(\e\\|\a)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escapes();
}
