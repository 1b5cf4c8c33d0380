using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace Cartwright.Chat.Terminal;

/// <summary>
/// The terminal in raw mode: its bytes and signals. Whatever ends the program in order, the terminal gets its modes back.
/// </summary>
internal sealed class RawTerminal : IDisposable
{
    private const byte CtrlZ = 0x1A;
    private const int HungUp = 129;
    private const string PasteOn = "\e[?2004h";
    private const string PasteOff = "\e[?2004l\e[?25h";

    private readonly Channel<TerminalInput> _input = Channel.CreateUnbounded<TerminalInput>();
    private readonly CancellationTokenSource _ended = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly TextWriter _output;
    private bool _disposed;

    [UnsupportedOSPlatform("windows")]
    private RawTerminal(TextWriter output)
    {
        _output = output;
        Write(PasteOn);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        On(PosixSignal.SIGWINCH, () => Notice(KeyKind.Resized));
        On(PosixSignal.SIGCONT, Resume);
        On(PosixSignal.SIGINT, () => _input.Writer.TryWrite(TerminalInput.Of(Key.Control('c'))), isHandled: true);
        On(PosixSignal.SIGTERM, () => End(143), isHandled: true);
        On(PosixSignal.SIGHUP, () => End(HungUp), isHandled: true);
        new Thread(ReadAll) { IsBackground = true, Name = "terminal input" }.Start();
    }

    public ChannelReader<TerminalInput> Input => _input.Reader;

    /// <summary>Cancelled when the program is asked to end, or the terminal is closed.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The exit code of a program that ended for this reason: 128 and the signal's number.</summary>
    public int EndCode { get; private set; } = 130;

    /// <summary>Takes the terminal, or gives null where there is none that one can edit lines on.</summary>
    public static RawTerminal? TryOpen(TextWriter output) =>
        !OperatingSystem.IsWindows() && !Console.IsInputRedirected && !Console.IsOutputRedirected
            && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null) && TerminalModes.TryEnterRaw()
            ? new RawTerminal(output)
            : null;

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        _signals.ForEach(signal => signal.Dispose());
        Restore();
        _ended.Dispose();
    }

    private void Restore()
    {
        try
        {
            Write(PasteOff);
        }
        catch (IOException)
        {
            // The terminal is gone.
        }

        TerminalModes.Leave();
    }

    private void End(int code)
    {
        EndCode = code;
        _ended.Cancel();
    }

    private void OnExit(object? sender, EventArgs e) => Restore();

    private void On(PosixSignal signal, Action act, bool isHandled = false) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = isHandled;
        act();
    }));

    private void Notice(KeyKind kind) => _input.Writer.TryWrite(TerminalInput.Of(new Key(kind)));

    private void Resume()
    {
        if (TerminalModes.TryEnterRaw())
        {
            Write(PasteOn);
            Notice(KeyKind.Resumed);
        }
    }

    /// <summary>A thread of its own, because nothing can interrupt a read of a terminal; it ends with the process.</summary>
    private void ReadAll()
    {
        using var terminal = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        var buffer = new byte[4096];
        try
        {
            while (terminal.Read(buffer) is var count and > 0)
            {
                if (count == 1 && buffer[0] == CtrlZ)
                {
                    Restore();
                    TerminalModes.Stop();
                }
                else
                {
                    _input.Writer.TryWrite(new TerminalInput(buffer[..count]));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The terminal is gone.
        }

        _input.Writer.TryComplete();
    }

    private void Write(string text)
    {
        _output.Write(text);
        _output.Flush();
    }
}
