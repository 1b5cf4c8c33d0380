using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Cartwright.Tests.Process;

/// <summary>
/// Counts the commits that are written to a database, and strikes after the one it waits for. It reads the write-ahead log itself (SQLite,
/// "WAL file format"), since a connection only learns that there were commits, not how many. The record is in the log a moment before the
/// one who commits is told.
/// </summary>
internal sealed class CommitWatch : IDisposable
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;

    // After so long without a commit it looks less often, so that two cores are left for those who work.
    private static readonly TimeSpan Haste = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _stopped = new();
    private readonly SafeFileHandle _log;
    private readonly Thread _thread;
    private ulong _salt;
    private long _position;
    private int _commits;

    /// <summary>Watches from now on.</summary>
    /// <param name="database">The file of a database that a program has open.</param>
    /// <param name="commits">How many from now on.</param>
    /// <param name="delay">How much later than the last of them.</param>
    /// <param name="strike">What is done then.</param>
    public CommitWatch(string database, int commits, TimeSpan delay, Action strike)
    {
        _log = File.OpenHandle($"{database}-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Count();
        var last = _commits + commits;
        _thread = new Thread(() => Watch(last, delay, strike)) { IsBackground = true, Name = "commit watch" };
        _thread.Start();
    }

    /// <summary>Ends when it has struck.</summary>
    public Task Struck => _struck.Task;

    /// <summary>Afterwards it does not strike any more.</summary>
    public void Dispose()
    {
        _stopped.Set();
        _thread.Join();
        _log.Dispose();
    }

    private void Watch(int last, TimeSpan delay, Action strike)
    {
        var quiet = Stopwatch.StartNew();
        while (!_stopped.IsSet)
        {
            if (Count())
            {
                quiet.Restart();
                if (_commits >= last)
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
            else if (quiet.Elapsed > Haste)
            {
                _stopped.Wait(1);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Takes in the frames that were added; whether there was a commit among them.</summary>
    private bool Count()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (RandomAccess.Read(_log, header, 0) < HeaderSize)
        {
            return false;
        }

        var before = _commits;
        var pageSize = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        var salt = BinaryPrimitives.ReadUInt64BigEndian(header[16..]);
        if (salt != _salt)
        {
            // The log begins anew, over what it was before.
            (_salt, _position) = (salt, HeaderSize);
        }

        Span<byte> frame = stackalloc byte[FrameHeaderSize];
        while (RandomAccess.Read(_log, frame, _position) == FrameHeaderSize
            && BinaryPrimitives.ReadUInt64BigEndian(frame[8..]) == _salt
            && RandomAccess.GetLength(_log) >= _position + FrameHeaderSize + pageSize)
        {
            // The last frame of a transaction tells the size of the database, the others tell 0.
            _commits += BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) == 0 ? 0 : 1;
            _position += FrameHeaderSize + pageSize;
        }

        return _commits > before;
    }
}
