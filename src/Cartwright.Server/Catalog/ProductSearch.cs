using System.Globalization;
using System.Text;

namespace Cartwright.Server.Catalog;

/// <summary>Free-text search in the dialect of SQLite's FTS5; table product_search.</summary>
internal static class ProductSearch
{
    public const string Source = "product_search join product p on p.id = product_search.product_id";
    public const string Condition = "product_search match @match";

    // Whole numbers, smaller is better: a cursor carries the rank exactly. Weights: name, category, facets, description.
    public const string Rank = "cast(bm25(product_search, 10, 4, 4, 1) * 1000000 as bigint)";

    private const int MaxTerms = 16;
    private const int MaxTermLength = 64;

    /// <summary>
    /// The words of a search text: runs of letters, digits and marks; all else only separates. None means no filter.
    /// </summary>
    public static IReadOnlyList<string> Terms(string? text)
    {
        var terms = new List<string>();
        var term = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || IsMark(rune))
            {
                if (term.Length < MaxTermLength)
                {
                    term.Append(rune.ToString());
                }
            }
            else
            {
                Flush();
            }

            if (terms.Count == MaxTerms)
            {
                return terms;
            }
        }

        Flush();
        return terms;

        void Flush()
        {
            if (term.Length > 0)
            {
                terms.Add(term.ToString());
                term.Clear();
            }
        }
    }

    /// <summary>Products with words that begin with every term. Quoted, so that no term is taken for FTS5 syntax.</summary>
    public static string MatchAll(IEnumerable<string> terms) => string.Join(' ', terms.Select(Prefix));

    /// <summary>Products with a word that begins with any of the terms.</summary>
    public static string MatchAny(IEnumerable<string> terms) => string.Join(" OR ", terms.Select(Prefix));

    private static string Prefix(string term) => $"\"{term}\"*";

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
