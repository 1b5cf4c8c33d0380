using System.Globalization;
using System.Runtime.InteropServices;

namespace Cartwright.Tests.Process;

/// <summary>The operating system's signals, as far as .NET does not have them.</summary>
internal static partial class Signals
{
    private const int Interrupt = 2;
    private const nint Default = 0;

    public static void Send(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    /// <summary>
    /// A shell that runs the tests in the background makes them ignore SIGINT, and every program they start would inherit that.
    /// </summary>
    public static void ListenToInterrupts()
    {
        if (OperatingSystem.IsLinux() && (Ignored() & (1UL << (Interrupt - 1))) != 0)
        {
            SetHandler(Interrupt, Default);
        }
    }

    private static ulong Ignored()
    {
        const string label = "SigIgn:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(label, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(label.Length), NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
