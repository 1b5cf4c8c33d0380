using System.Runtime.InteropServices;

namespace Cartwright.Chat.Terminal;

/// <summary>
/// Switches a Unix terminal between its usual modes and the raw one, in which keys come as they are pressed. The layout of termios differs
/// between systems; all that is known of it here is where the output flags are, which stay as they were.
/// </summary>
internal static partial class TerminalModes
{
    private const int Input = 0;
    private const int Now = 0;

    /// <summary>More than termios has anywhere.</summary>
    private const int TermiosBytes = 256;

    private static readonly Lock Gate = new();
    private static byte[]? _usual;

    /// <summary>Switches to raw; false when the input is no terminal.</summary>
    public static bool TryEnterRaw()
    {
        lock (Gate)
        {
            var usual = new byte[TermiosBytes];
            if (tcgetattr(Input, ref usual[0]) != 0)
            {
                return false;
            }

            var raw = (byte[])usual.Clone();
            cfmakeraw(ref raw[0]);

            // tcflag_t is a long on macOS, an int elsewhere; the output flags are the second of them.
            var flag = OperatingSystem.IsMacOS() ? 8 : 4;
            usual.AsSpan(flag, flag).CopyTo(raw.AsSpan(flag));
            if (tcsetattr(Input, Now, ref raw[0]) != 0)
            {
                return false;
            }

            _usual ??= usual;
            return true;
        }
    }

    /// <summary>Back to the modes from before the first switch.</summary>
    public static void Leave()
    {
        lock (Gate)
        {
            if (_usual is { } usual)
            {
                _ = tcsetattr(Input, Now, ref usual[0]);
                _usual = null;
            }
        }
    }

    /// <summary>Stops this process and those it shares the job with, as Ctrl-Z does; returns when it goes on.</summary>
    public static void Stop() => _ = kill(0, OperatingSystem.IsMacOS() ? 18 : 20);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int tcgetattr(int terminal, ref byte termios);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int tcsetattr(int terminal, int when, ref byte termios);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void cfmakeraw(ref byte termios);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int kill(int process, int signal);
}
