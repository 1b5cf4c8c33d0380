using System.Text.RegularExpressions;

namespace Cartwright.Chat.Terminal;

/// <summary>Text with the terminal's escapes in it, written by this program alone.</summary>
internal static partial class AnsiText
{
    public static int Width(string text) => CellWidth.Of(Plain(text));

    public static string Plain(string text) => text.Contains('\e', StringComparison.Ordinal) ? Escapes().Replace(text, "") : text;

    /// <summary>Colours and such (CSI), and links (OSC 8).</summary>
    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]|\e\][^\e\a]*(\e\\|\a)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escapes();
}
