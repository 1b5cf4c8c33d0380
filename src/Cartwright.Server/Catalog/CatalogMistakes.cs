namespace Cartwright.Server.Catalog;

/// <summary>Every mistake of a catalogue file, by line and field.</summary>
internal sealed class CatalogMistakes(byte[] file)
{
    // A file with more than this is wrong as a whole; the list says where to begin.
    private const int MaxListed = 100;

    private readonly List<(long Offset, string Text)> _mistakes = [];
    private readonly List<long> _lineStarts = LineStarts(file);

    public bool None => _mistakes.Count == 0;

    /// <summary>Field as a path, such as <c>products[3].price</c>; empty for the file itself.</summary>
    public void Add(long offset, string field, string what) =>
        _mistakes.Add((offset, field.Length == 0 ? what : $"{field}: {what}"));

    public Problem AsProblem(string path)
    {
        var lines = _mistakes.OrderBy(mistake => mistake.Offset).Take(MaxListed).Select(mistake => $"line {Line(mistake.Offset)}, {mistake.Text}");
        var more = _mistakes.Count > MaxListed ? $"\nand {_mistakes.Count - MaxListed} more" : "";
        var count = _mistakes.Count == 1 ? "one mistake" : $"{_mistakes.Count} mistakes";
        return Problem.Invalid($"{path} has {count}, nothing of it was loaded:\n{string.Join('\n', lines)}{more}");
    }

    private static List<long> LineStarts(byte[] file)
    {
        var starts = new List<long> { 0 };
        for (var i = 0; i < file.Length; i++)
        {
            if (file[i] == (byte)'\n')
            {
                starts.Add(i + 1);
            }
        }

        return starts;
    }

    private int Line(long offset)
    {
        var found = _lineStarts.BinarySearch(offset);
        return found >= 0 ? found + 1 : ~found;
    }
}
