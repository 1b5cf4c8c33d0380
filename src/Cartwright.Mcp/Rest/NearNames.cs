namespace Cartwright.Mcp.Rest;

/// <summary>Names that someone who got one wrong may have meant.</summary>
internal static class NearNames
{
    private const int Most = 3;

    /// <summary>Of 0 to 1, how much two names must have in common.</summary>
    private const decimal Likeness = 0.3m;

    /// <summary>The candidates most like the name, best first; none when nothing is like it.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> candidates)
    {
        var pairs = Pairs(name);
        return
        [
            .. candidates
                .Select(candidate => (Candidate: candidate, Likeness: LikenessOf(pairs, Pairs(candidate))))
                .Where(near => near.Likeness >= Likeness)
                .OrderByDescending(near => near.Likeness)
                .ThenBy(near => near.Candidate, StringComparer.Ordinal)
                .Take(Most)
                .Select(near => near.Candidate),
        ];
    }

    /// <summary>The Sørensen–Dice coefficient of two sets of pairs of letters: it forgives mistypes, plurals and words in another order.</summary>
    private static decimal LikenessOf(HashSet<(char, char)> a, HashSet<(char, char)> b) =>
        a.Count + b.Count == 0 ? 0 : 2m * a.Count(b.Contains) / (a.Count + b.Count);

    private static HashSet<(char, char)> Pairs(string name)
    {
        // A name of this length is no mistype any more.
        const int longest = 200;
        var text = name[..Math.Min(name.Length, longest)].ToLowerInvariant();
        return [.. text.Zip(text.Skip(1))];
    }
}
