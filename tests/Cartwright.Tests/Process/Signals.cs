using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cartwright.Tests.Process;

/// <summary>The operating system's signals, as far as .NET does not have them.</summary>
internal static partial class Signals
{
    private const int Interrupt = 2;
    private const ulong InterruptBit = 1UL << (Interrupt - 1);
    private const nint Default = 0;

    public static void Send(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    /// <summary>
    /// A shell that runs the tests in the background makes them ignore SIGINT, and every program they start would inherit that. Before anything
    /// else runs: .NET puts back the handler that it found when the first one registered for the signal.
    /// </summary>
    [ModuleInitializer]
    internal static void ListenToInterrupts()
    {
        if (OperatingSystem.IsLinux() && IgnoresInterrupts)
        {
            SetHandler(Interrupt, Default);
        }
    }

    /// <summary>Whether programs started now would ignore SIGINT.</summary>
    private static bool IgnoresInterrupts => (Ignored() & InterruptBit) != 0;

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
