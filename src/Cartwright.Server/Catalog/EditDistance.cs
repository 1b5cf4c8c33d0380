namespace Cartwright.Server.Catalog;

/// <summary>How many typing mistakes lie between two words.</summary>
internal static class EditDistance
{
    // Rows of the table live on the stack.
    private const int MaxLength = 255;

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that turn one text into the
    /// other. Beyond the limit any larger number is returned, without counting to the end.
    /// </summary>
    public static int Between(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit || a.Length > MaxLength || b.Length > MaxLength)
        {
            return int.MaxValue;
        }

        Span<int> beforeLast = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var smallest = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var edits = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits = Math.Min(edits, beforeLast[j - 2] + 1);
                }

                current[j] = edits;
                smallest = Math.Min(smallest, edits);
            }

            if (smallest > limit)
            {
                return int.MaxValue;
            }

            var spare = beforeLast;
            beforeLast = last;
            last = current;
            current = spare;
        }

        return last[b.Length];
    }

    /// <summary>The candidate nearest to a mistyped word; null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates) => candidates
        .Select(candidate => (Candidate: candidate, Distance: Between(word.ToLowerInvariant(), candidate.ToLowerInvariant(), Math.Max(2, word.Length / 3))))
        .Where(pair => pair.Distance <= Math.Max(2, word.Length / 3))
        .OrderBy(pair => pair.Distance)
        .Select(pair => pair.Candidate)
        .FirstOrDefault();
}
