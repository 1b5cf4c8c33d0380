using System.Diagnostics;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Deploy;

/// <summary>HAProxy as a process of its own.</summary>
internal sealed class Haproxy : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly System.Diagnostics.Process _process;

    public Haproxy(string configuration, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Program, ["-db", "-q", "-f", _folder.File("haproxy.cfg", configuration)]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = System.Diagnostics.Process.Start(start)!;

        // Its log of requests.
        _process.BeginOutputReadLine();
    }

    /// <summary>With the shipped configuration, or a variant of it, before two instances.</summary>
    public static Haproxy Start(string configuration, int port, int first, int second) =>
        new(configuration, ("LISTEN", $"127.0.0.1:{port}"), ("SHOP1", $"127.0.0.1:{first}"), ("SHOP2", $"127.0.0.1:{second}"));

    public static string Shipped => ReadFile("deploy/haproxy.cfg");

    // Debian keeps it where only root looks.
    public static string Program => File.Exists("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : "haproxy";

    public bool HasExited => _process.HasExited;

    /// <summary>The shipped configuration, with the lines for the old transport taken in.</summary>
    public static string WithStickiness()
    {
        var lines = Shipped.Split('\n').ToList();
        var from = lines.FindIndex(line => line.Contains("#acl old_stream ", StringComparison.Ordinal));
        var to = lines.FindIndex(line => line.Contains("#stick store-response", StringComparison.Ordinal));
        Assert.True(from > 0 && to > from);
        return string.Join('\n', lines.Select((line, i) => i >= from && i <= to ? line.Replace("    #", "    ", StringComparison.Ordinal) : line));
    }

    public static string ReadFile(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Cartwright.slnx")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine(folder.FullName, path));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Dispose();
    }
}
