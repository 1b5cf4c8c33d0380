using Cartwright.Server;

namespace Cartwright;

/// <summary>The rows of a file that were refused: the first for the terminal, all for a file of their own.</summary>
internal sealed class RefusedRows : IAsyncDisposable
{
    private readonly List<(long Line, string Reason)> _first = [];
    private readonly int _shown;
    private readonly StreamWriter? _file;
    private long _count;

    private RefusedRows(int shown, StreamWriter? file) => (_shown, _file) = (shown, file);

    /// <summary>What is wrong with a path for them, if the rows come from an input; looked at before anything is opened.</summary>
    public static Problem? Unfit(string? path, string input) => path switch
    {
        null => null,
        "" => Problem.Invalid("--refused needs the name of a file."),
        _ when Target(path) == Target(input) => Problem.Invalid($"--refused {path} is the file to be loaded: give the list of refused rows a name of its own."),
        _ => null,
    };

    /// <summary>Makes the file, if there is to be one, with its header alone: a list from before is not left to be taken for this one's.</summary>
    public static Result<RefusedRows> Open(string? path, int shown, string input)
    {
        if (path is null)
        {
            return new RefusedRows(shown, null);
        }

        try
        {
            // Locks are the file's, whatever its names: while the input has one, a hard link to it is neither opened nor emptied.
            using var held = new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.Read);
            var file = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None));
            file.WriteLine("line,reason");
            file.Flush();
            return new RefusedRows(shown, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Problem.Invalid($"--refused {path} cannot be written: check that its folder is there and writable, and that it is neither in use nor a link to the file to be loaded.");
        }
    }

    public void Add(IReadOnlyList<(long Line, string Reason)> rows)
    {
        _count += rows.Count;
        _first.AddRange(rows.Take(_shown - _first.Count));
        if (_file is null || rows.Count == 0)
        {
            return;
        }

        foreach (var (line, reason) in rows)
        {
            _file.WriteLine($"{line},\"{reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }

        _file.Flush();
    }

    /// <summary>On standard error.</summary>
    public void Show()
    {
        foreach (var (line, reason) in _first)
        {
            Console.Error.WriteLine($"line {line}: {reason}");
        }

        if (_count > _first.Count)
        {
            Console.Error.WriteLine($"... and {_count - _first.Count:N0} more");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    private static string Target(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // There is no such file yet.
            return full;
        }
    }
}
