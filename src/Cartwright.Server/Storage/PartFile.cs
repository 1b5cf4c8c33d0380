using System.Runtime.InteropServices;

namespace Cartwright.Server.Storage;

/// <summary>
/// A file, its owner's alone, that is written as <c>NAME.part</c> and gets its name when it is whole and on the disk. Until then it is
/// locked, and it is gone if it comes to nothing; what a killed process left behind is replaced by the next.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private readonly string _name;
    private readonly FileStream _lock;
    private bool _isPublished;

    private PartFile(string name, string path, FileStream held) => (_name, Path, _lock) = (name, path, held);

    /// <summary>Where to write to, until <see cref="Publish"/>.</summary>
    public string Path { get; }

    public static Result<PartFile> Create(string name)
    {
        var path = name + ".part";
        try
        {
            // Whoever holds the lock of the old one may replace it: nobody else writes to it, or will.
            using var old = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null;
            DeleteAll(path);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return new PartFile(name, path, new FileStream(path, options));
        }
        catch (Exception error) when (error is UnauthorizedAccessException or DirectoryNotFoundException or ArgumentException or NotSupportedException)
        {
            return Problem.Unavailable($"{name} cannot be written: choose a folder that exists and is writable.");
        }
        catch (IOException error)
        {
            return Problem.Unavailable($"{path} cannot be made ({error.Message.TrimEnd('.')}): is another one at work on the same file?");
        }
    }

    /// <summary>Has everything on the disk, then gives the file its name. Nobody may have it open.</summary>
    public Result<long> Publish(bool overwrites)
    {
        try
        {
            _lock.Flush(flushToDisk: true);
            var bytes = RandomAccess.GetLength(_lock.SafeFileHandle);
            if (bytes == 0)
            {
                return Problem.Unavailable($"{_name} would be empty, nothing was written to it: there is no such file. Please report this.");
            }

            // A second name is given only where there is none, whoever else comes at that moment; a move looks first, and then moves.
            if (overwrites || OperatingSystem.IsWindows() || Link(Path, _name) != 0)
            {
                File.Move(Path, _name, overwrites);
            }
            else
            {
                File.Delete(Path);
            }

            _isPublished = true;
            SyncFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(_name))!);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"{_name} cannot be written ({error.Message.TrimEnd('.')}): nothing was kept.");
        }
    }

    public void Dispose()
    {
        if (!_isPublished)
        {
            DeleteAll(Path);
        }

        _lock.Dispose();
    }

    private static void DeleteAll(string path)
    {
        // SQLite's own beside it.
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"])
        {
            File.Delete(path + suffix);
        }
    }

    /// <summary>A name is on the disk when its folder is, which .NET has no call for. Best effort: not every file system can.</summary>
    private static void SyncFolder(string folder)
    {
        const int readOnly = 0;
        if (!OperatingSystem.IsWindows() && Open(folder, readOnly) is >= 0 and var handle)
        {
            _ = Sync(handle);
            _ = Close(handle);
        }
    }

#pragma warning disable SYSLIB1054 // Generated marshalling would need unsafe code in the whole project, for four calls.
    [DllImport("libc", EntryPoint = "link")]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int handle);
#pragma warning restore SYSLIB1054
}
