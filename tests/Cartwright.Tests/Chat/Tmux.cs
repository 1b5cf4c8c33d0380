using System.Diagnostics;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>The real program on a real terminal: a server of tmux for each test, with one window whose screen is read and typed into.</summary>
internal sealed class Tmux : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly string _socket;

    private Tmux() => _socket = Path.Combine(_folder.Path, "tmux");

    /// <summary>Runs a command of a shell, with no environment but these settings and what a program needs.</summary>
    public static async Task<Tmux> Run(
        string folder, string command, IEnumerable<(string Name, string Value)> settings, int width = 100, int height = 40, string terminal = "screen-256color")
    {
        var tmux = new Tmux();
        var config = tmux._folder.File("tmux.conf", $"""
            set -g default-terminal {terminal}
            set -g history-limit 5000
            set -s escape-time 0
            set -g status off
            """);
        string[] environment = [$"PATH={Environment.GetEnvironmentVariable("PATH")}", $"HOME={tmux._folder.Path}", "LANG=C.UTF-8", $"TERM={terminal}"];
        string[] dotnet = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root ? [$"DOTNET_ROOT={root}"] : [];
        await tmux.Do(
            [
                "-f", config, "-u", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "-c", folder, "env", "-i",
                .. environment, .. dotnet, .. settings.Select(setting => $"{setting.Name}={setting.Value}"),
                "bash", "-c", $"{command}; echo \"[code $?]\"; exec sleep 1000",
            ]);
        return tmux;
    }

    /// <summary>Types a text as it is.</summary>
    public Task Type(string text) => Do("send-keys", "-l", text);

    /// <summary>Presses keys by tmux's names: Enter, Tab, C-c, Up.</summary>
    public Task Press(params string[] keys) => Do(["send-keys", .. keys]);

    /// <summary>Pastes a text in one go, as a terminal does with a clipboard.</summary>
    public async Task Paste(string text)
    {
        await Do("set-buffer", text);
        await Do("paste-buffer", "-p");
    }

    public Task Resize(int width, int height) => Do("resize-window", "-x", $"{width}", "-y", $"{height}");

    /// <summary>The screen's lines, and those that have scrolled out of it.</summary>
    public async Task<string> Screen(bool colors = false) =>
        (await Do(["capture-pane", "-p", "-S", "-", .. colors ? new[] { "-e" } : []])).TrimEnd('\n');

    /// <summary>Waits until the screen is as it should be, and gives it.</summary>
    public async Task<string> Until(Func<string, bool> isSo)
    {
        var waited = Stopwatch.StartNew();
        string screen;
        while (!isSo(screen = await Screen()))
        {
            Assert.True(waited.Elapsed < Patience, $"The screen has not become what it should:\n{screen}");
            await Task.Delay(20);
        }

        return screen;
    }

    /// <summary>Waits until the text is on the screen.</summary>
    public Task<string> Until(string text) => Until(screen => screen.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for an empty line to type into, below everything else.</summary>
    public Task<string> Prompt() => Until(screen => $"\n{screen}".EndsWith("\n❯", StringComparison.Ordinal));

    /// <summary>Waits for the program's end, and gives its exit code.</summary>
    public async Task<int> Exit()
    {
        var screen = await Until("[code ");
        return int.Parse(screen.Split("[code ")[1].Split(']')[0]);
    }

    /// <summary>The id of the process that the window's shell has started last.</summary>
    public async Task<int> ChildId()
    {
        var shell = (await Do("display-message", "-p", "#{pane_pid}")).Trim();
        return int.Parse((await File.ReadAllTextAsync($"/proc/{shell}/task/{shell}/children")).Trim().Split(' ')[^1]);
    }

    public void Dispose()
    {
        using var end = Start(["kill-server"]);
        end.WaitForExit();
        _folder.Dispose();
    }

    private Task<string> Do(params string[] arguments) => Do((IEnumerable<string>)arguments);

    private async Task<string> Do(IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tmux: {await errors}");
        return output;
    }

    private System.Diagnostics.Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("tmux") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(_socket).Prepend("-S"))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("TMUX");
        return System.Diagnostics.Process.Start(start)!;
    }
}
