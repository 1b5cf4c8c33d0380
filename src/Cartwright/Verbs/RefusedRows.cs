namespace Cartwright;

/// <summary>The rows of a file that were refused: the first for the terminal, all for a file of their own.</summary>
internal sealed class RefusedRows(string? path, int shown) : IAsyncDisposable
{
    private readonly List<(long Line, string Reason)> _first = [];
    private StreamWriter? _file;
    private long _count;

    public void Add(IReadOnlyList<(long Line, string Reason)> rows)
    {
        _count += rows.Count;
        _first.AddRange(rows.Take(shown - _first.Count));
        if (path is null || rows.Count == 0)
        {
            return;
        }

        if (_file is null)
        {
            _file = new StreamWriter(path);
            _file.WriteLine("line,reason");
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
}
