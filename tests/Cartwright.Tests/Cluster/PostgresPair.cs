using System.Diagnostics;
using System.Globalization;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;
using Npgsql;

namespace Cartwright.Tests.Cluster;

/// <summary>
/// A PostgreSQL of its own with a hot standby: what the primary has acknowledged is on the standby too. They do not wait for the disk, which
/// is nothing to processes that are killed, only to machines that lose their power.
/// </summary>
internal sealed class PostgresPair : IDisposable
{
    private const string StandbyName = "second";
    private const string Common = "-h 127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=150 -c wal_retrieve_retry_interval=200ms";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly int _first = ShopProcess.FreePort();
    private readonly int _second = ShopProcess.FreePort();

    private PostgresPair()
    {
    }

    /// <summary>As a server is given it: both hosts, of which the one that takes writes is meant.</summary>
    public string Connection => $"Host=127.0.0.1:{_first},127.0.0.1:{_second};Target Session Attributes=primary;Username=postgres;Database=postgres";

    /// <summary>The standby's alone.</summary>
    public string StandbyConnection => $"Host=127.0.0.1;Port={_second};Username=postgres;Database=postgres;Pooling=false";

    private string Primary => Path.Combine(_folder.Path, "first");

    private string Standby => Path.Combine(_folder.Path, "second");

    // Beside the psql that tests/postgres has found.
    private static string Binaries => Path.GetDirectoryName(Environment.GetEnvironmentVariable("CARTWRIGHT_TEST_PSQL"))
        ?? throw new InvalidOperationException("CARTWRIGHT_TEST_PSQL is missing: run the tests with tests/postgres.");

    public static async Task<PostgresPair> Start()
    {
        var pair = new PostgresPair();
        try
        {
            await pair.StartBoth();
            return pair;
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    /// <summary>Ends the primary's sessions, stops it, and starts it again.</summary>
    public Task Restart() => Control(Primary, "restart", "-m", "fast");

    /// <summary>SIGKILL to the primary, all of its processes.</summary>
    public void KillPrimary()
    {
        using var postmaster = System.Diagnostics.Process.GetProcessById(ProcessId(Primary)!.Value);
        postmaster.Kill(entireProcessTree: true);
        postmaster.WaitForExit(Patience);
    }

    /// <summary>Makes a primary of the standby; ends when it takes writes.</summary>
    public Task Promote() => Control(Standby, "promote");

    public void Dispose()
    {
        foreach (var data in new[] { Standby, Primary })
        {
            if (ProcessId(data) is { } id && Directory.Exists($"/proc/{id}"))
            {
                Control(data, "stop", "-m", "immediate").GetAwaiter().GetResult();
            }
        }

        _folder.Dispose();
    }

    private async Task StartBoth()
    {
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL never runs as root.
            await Run("chown", "postgres", _folder.Path);
        }

        await RunBinary("initdb", "-D", Primary, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await Control(Primary, "start", "-o", $"{Common} -p {_first} -k {_folder.Path} -c synchronous_standby_names={StandbyName} -c synchronous_commit=on");
        await RunBinary("pg_basebackup", "-h", "127.0.0.1", "-p", $"{_first}", "-U", "postgres", "-D", Standby, "-R", "-X", "stream", "-c", "fast", "--no-sync");

        // The name of the cluster is the one under which its receiver reports. It waits for no standby itself once it is promoted.
        await Control(Standby, "start", "-o", $"{Common} -p {_second} -k {_folder.Path} -c cluster_name={StandbyName}");
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={_first};Username=postgres;Database=postgres;Pooling=false");
        await using var look = source.CreateCommand("select count(*) from pg_stat_replication where sync_state = 'sync'");
        for (var waited = Stopwatch.StartNew(); await look.ExecuteScalarAsync() is not 1L;)
        {
            Assert.True(waited.Elapsed < Patience, "The standby does not follow.");
            await Task.Delay(50);
        }
    }

    private Task Control(string data, string verb, params string[] arguments) => RunBinary(
        "pg_ctl", ["-D", data, "-w", "-t", $"{Patience.TotalSeconds}", "-s", .. verb is "start" or "restart" ? ["-l", $"{data}.log"] : Array.Empty<string>(), .. arguments, verb]);

    private Task RunBinary(string name, params string[] arguments)
    {
        var program = Path.Combine(Binaries, name);
        return Environment.IsPrivilegedProcess ? Run("runuser", ["-u", "postgres", "--", program, .. arguments]) : Run(program, arguments);
    }

    private async Task Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await output}{await errors}");
    }

    /// <summary>The first line of the file that a server keeps while it runs, and leaves when it is killed.</summary>
    private static int? ProcessId(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        return File.Exists(file) ? int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture) : null;
    }
}
