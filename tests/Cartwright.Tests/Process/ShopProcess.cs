using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>The real program as a process of its own, for what only a process can show: being killed, failing to start.</summary>
internal sealed class ShopProcess : IDisposable
{
    public const int Terminate = 15;
    public const int Interrupt = 2;
    public const int Kill9 = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The program: the one that ./run builds, which CARTWRIGHT_EXE names, or the one beside the tests.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("CARTWRIGHT_EXE") ?? Path.Combine(AppContext.BaseDirectory, "cartwright");

    private static int _ports = Environment.ProcessId * 61;

    private readonly System.Diagnostics.Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private ShopProcess(System.Diagnostics.Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Runs the program with these arguments and settings; no setting of this process's own environment reaches it.</summary>
    public static ShopProcess Run(string workingFolder, IEnumerable<string> arguments, params (string Name, string Value)[] settings) =>
        Run(Program, workingFolder, arguments, settings);

    /// <summary>The same with another way to start the program.</summary>
    public static ShopProcess Run(
        string program, string workingFolder, IEnumerable<string> arguments, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
            if (name == "CARTWRIGHT_DATA" && !settings.Any(setting => setting.Name == "CARTWRIGHT_DATABASE") && TestDatabase.Connection(Path.Combine(workingFolder, value)) is { } postgres)
            {
                start.Environment["CARTWRIGHT_DATABASE"] = postgres;
            }
        }

        return new ShopProcess(System.Diagnostics.Process.Start(start)!);
    }

    /// <summary>Serves the groceries (unless the settings name others) on the port, with the folder's data, and waits until it answers.</summary>
    public static async Task<ShopProcess> Serve(TempFolder folder, int port, params (string Name, string Value)[] settings)
    {
        var shop = Run(
            folder.Path,
            ["serve"],
            [
                ("PORT", $"{port}"),
                ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data")),
                ("CARTWRIGHT_CATALOG", ShopServer.SampleFile("groceries")),
                .. settings,
            ]);
        try
        {
            await shop.Until(() => Answers(port));
            return shop;
        }
        catch
        {
            shop.Dispose();
            throw;
        }
    }

    /// <summary>Waits for something to come about while the program runs.</summary>
    public Task Until(Func<bool> isSo) => Until(() => Task.FromResult(isSo()));

    /// <inheritdoc cref="Until(Func{bool})"/>
    public async Task Until(Func<Task<bool>> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.False(HasExited, $"The program has ended: {Errors}");
            Assert.True(waited.Elapsed < Patience, $"It did not come about in {Patience.TotalSeconds} s: {Output}{Errors}");
            await Task.Delay(20);
        }
    }

    /// <summary>
    /// A free port below those that systems give to outgoing connections: one of these could take it while a killed shop starts again.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = 20_000 + ((Interlocked.Increment(ref _ports) & int.MaxValue) % 10_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal and gives the exit code.</summary>
    public async Task<int> Stop(int signal = Terminate)
    {
        Signals.Send(_process.Id, signal);
        return await Exit();
    }

    /// <summary>Waits for the process to end and gives its exit code.</summary>
    public async Task<int> Exit(TimeSpan? patience = null)
    {
        var limit = patience ?? Patience;
        using var late = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The program has not ended in {limit.TotalSeconds} s: {Output}{Errors}");
        }

        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static bool IsSetting(string name) => name is "HOST" or "PORT" or "PAYMENT_PROVIDER" or "CHECKOUT_MODE" or "SANDBOX_WEBHOOK_URL"
        || name.StartsWith("CARTWRIGHT_", StringComparison.Ordinal) || name.StartsWith("GR4VY_", StringComparison.Ordinal);

    /// <summary>Whether a shop answers on the port.</summary>
    public static async Task<bool> Answers(int port)
    {
        try
        {
            using var http = new HttpClient();
            await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health"));
            return true;
        }
        catch (Exception error) when (Network.IsTrouble(error))
        {
            return false;
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
