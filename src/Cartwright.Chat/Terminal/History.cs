using System.Text;
using System.Text.RegularExpressions;

namespace Cartwright.Chat.Terminal;

/// <summary>The lines typed before, oldest first, kept in a file that only its owner can read. Lines with secrets in them stay out of the file.</summary>
internal sealed partial class History
{
    private const int Limit = 1000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string? _file;
    private readonly IReadOnlyList<string> _secrets;
    private readonly List<string> _lines = [];

    /// <summary>Reads the file, if there is one; without a file lines are kept in memory. The secrets, which are the keys in use, are never written.</summary>
    public History(string? file, IReadOnlyList<string> secrets)
    {
        (_file, _secrets) = (file, secrets);
        try
        {
            Load();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _file = null;
        }
    }

    public IReadOnlyList<string> Lines => _lines;

    /// <summary><c>chat_history</c> in the user's folder for state (XDG Base Directory), or none when there is no such folder.</summary>
    public static string? StandardFile(Func<string, string?> environment)
    {
        var state = environment("XDG_STATE_HOME");
        var home = environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (!Path.IsPathRooted(state))
        {
            state = string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".local", "state");
        }

        return state is null ? null : Path.Combine(state, "cartwright", "chat_history");
    }

    /// <summary>Remembers a line. Beginning with a space, or the same as the last one, it is left out.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || line[0] == ' ' || (_lines.Count > 0 && _lines[^1] == line))
        {
            return;
        }

        _lines.Add(line);
        if (_file is null || HasSecret(line))
        {
            return;
        }

        try
        {
            using var writer = Open(_file, FileMode.Append);
            writer.Write(Encode(line));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk takes the history, not the chat.
        }
    }

    private bool HasSecret(string line) =>
        SecretWords().IsMatch(line) || _secrets.Any(secret => secret.Length > 0 && line.Contains(secret, StringComparison.Ordinal));

    private void Load()
    {
        if (_file is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        if (!File.Exists(_file))
        {
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, OwnerOnly);
        }

        var lines = File.ReadAllLines(_file);
        _lines.AddRange(lines.TakeLast(Limit).Where(line => line.Length > 0).Select(Decode));
        if (lines.Length > 2 * Limit)
        {
            var shorter = $"{_file}.{Environment.ProcessId}";
            using (var writer = Open(shorter, FileMode.Create))
            {
                writer.Write(string.Concat(_lines.Select(Encode)));
            }

            File.Move(shorter, _file, overwrite: true);
        }
    }

    private static StreamWriter Open(string file, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
    }

    /// <summary>One line of the file: line breaks as \n, a backslash doubled.</summary>
    private static string Encode(string line) => line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\n";

    private static string Decode(string line) =>
        Escape().Replace(line, match => match.Value == "\\n" ? "\n" : "\\");

    [GeneratedRegex(@"\\[n\\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escape();

    /// <summary>What a key, a password or a token is commonly written with or begins with.</summary>
    [GeneratedRegex(
        @"--key\b|\bbearer\s+\S|\bsk-[A-Za-z0-9_-]{8}|(key|passw(or)?d|secret|token)[""']?\s*[=:]\s*\S",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex SecretWords();
}
