using System.Diagnostics;
using Cartwright.Server.Storage;

namespace Cartwright.Tests.Process;

/// <summary>Sees every commit that others make to a database file, and strikes after the one it waits for.</summary>
internal sealed class CommitWatch : IDisposable
{
    // After so long without a commit it looks less often, so that two cores are left for those who work.
    private static readonly TimeSpan Haste = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly DbSession _session;
    private readonly ManualResetEventSlim _stopped = new();

    public CommitWatch(string file, int commits, TimeSpan delay, Action strike)
    {
        _session = Sqlite.Connect(file, readOnly: true);
        var version = Version();
        _thread = new Thread(() => Watch(version, commits, delay, strike)) { IsBackground = true, Name = "commit watch" };
        _thread.Start();
    }

    /// <summary>Ends when it has struck.</summary>
    public Task Struck => _struck.Task;

    /// <summary>Stops watching, and lets go of the file: whoever opens it next finds it as the dead left it.</summary>
    public void Dispose()
    {
        _stopped.Set();
        _thread.Join();
        _session.Dispose();
    }

    private void Watch(long version, int commits, TimeSpan delay, Action strike)
    {
        var quiet = Stopwatch.StartNew();
        while (!_stopped.IsSet)
        {
            var now = Version();
            if (now == version)
            {
                if (quiet.Elapsed > Haste)
                {
                    _stopped.Wait(1);
                }
                else
                {
                    Thread.Yield();
                }

                continue;
            }

            (version, commits) = (now, commits - 1);
            quiet.Restart();
            if (commits == 0)
            {
                while (quiet.Elapsed < delay)
                {
                    Thread.SpinWait(20);
                }

                strike();
                _struck.SetResult();
                return;
            }
        }
    }

    // Changes with every commit of another connection.
    private long Version() => _session.Integer("pragma data_version").AsTask().GetAwaiter().GetResult()!.Value;
}
