using System.Globalization;
using System.Text;
using System.Text.Json;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Catalog;

/// <summary>Free-text search, in the dialect of SQLite's FTS5 or of PostgreSQL's tsvector; table product_search.</summary>
internal abstract class ProductSearch
{
    public const string Source = "product_search join product p on p.id = product_search.product_id";

    private static readonly ProductSearch Sqlite = new Fts5();
    private static readonly ProductSearch Postgres = new TsVector();

    /// <summary>True for the products that match <c>@match</c>.</summary>
    public abstract string Condition { get; }

    /// <summary>Whole numbers, smaller is better: a cursor carries the rank exactly.</summary>
    public abstract string Rank { get; }

    public static ProductSearch Of(DbSession session) => session.IsPostgres ? Postgres : Sqlite;

    /// <summary>Adds a product to the index.</summary>
    public ValueTask Add(DbSession session, Product product) => Add(
        session, product.Id, product.Name, product.Category, string.Join(", ", product.Facets.Values.SelectMany(values => values)), product.Description);

    /// <summary>Makes the index anew from the products that are sold.</summary>
    public static async ValueTask Rebuild(DbSession session)
    {
        await session.Execute("delete from product_search");
        var search = Of(session);
        foreach (var (id, name, category, facets, description) in await session.Query(
            "select id, name, category, facets, description from product where retired = 0",
            row => (row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), row.GetString(4))))
        {
            var values = JsonSerializer.Deserialize(facets, CatalogJson.Default.DictionaryStringStringArray)!.Values;
            await search.Add(session, id, name, category, string.Join(", ", values.SelectMany(value => value)), description);
        }
    }

    protected abstract ValueTask Add(DbSession session, string id, string name, string? category, string facets, string description);

    private const int MaxTerms = 16;
    private const int MaxTermLength = 64;

    /// <summary>
    /// The words of a search text: runs of letters, digits and marks, with a letter or digit among them, or nothing would be left of one without its
    /// accents; all else only separates. None means no filter.
    /// </summary>
    public static IReadOnlyList<string> Terms(string? text) => Terms(text, MaxTerms);

    private static List<string> Terms(string? text, int limit)
    {
        var terms = new List<string>();
        var term = new StringBuilder();
        var isWord = false;
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || IsMark(rune))
            {
                if (term.Length < MaxTermLength)
                {
                    isWord |= Rune.IsLetterOrDigit(rune);
                    term.Append(rune.ToString());
                }
            }
            else
            {
                Flush();
            }

            if (terms.Count == limit)
            {
                return terms;
            }
        }

        Flush();
        return terms;

        void Flush()
        {
            if (isWord)
            {
                terms.Add(term.ToString());
            }

            term.Clear();
            isWord = false;
        }
    }

    /// <summary>Products with words that begin with every term.</summary>
    public abstract string MatchAll(IEnumerable<string> terms);

    /// <summary>Products with a word that begins with any of the terms.</summary>
    public abstract string MatchAny(IEnumerable<string> terms);

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private sealed class Fts5 : ProductSearch
    {
        public override string Condition => "product_search match @match";

        // Weights: name, category, facets, description.
        public override string Rank => "cast(bm25(product_search, 10, 4, 4, 1) * 1000000 as bigint)";

        // Quoted, so that no term is taken for FTS5 syntax.
        public override string MatchAll(IEnumerable<string> terms) => string.Join(' ', terms.Select(Prefix));

        public override string MatchAny(IEnumerable<string> terms) => string.Join(" OR ", terms.Select(Prefix));

        protected override ValueTask Add(DbSession session, string id, string name, string? category, string facets, string description) => session.Later(
            """
            insert into product_search (product_id, name, category, facets, description)
            values (@id, @name, @category, @facets, @description)
            """,
            ("@id", id),
            ("@name", name),
            ("@category", category),
            ("@facets", facets),
            ("@description", description));

        private static string Prefix(string term) => $"\"{term}\"*";
    }

    private sealed class TsVector : ProductSearch
    {
        private const string Words = "to_tsvector('cartwright', cartwright_plain(@";
        private const string Asked = "to_tsquery('cartwright', cartwright_plain(@match))";

        public override string Condition => $"product_search.words @@ {Asked}";

        // Weights: description, facets, category, name.
        public override string Rank => $"cast(-1000000 * ts_rank('{{0.1, 0.4, 0.4, 1}}', product_search.words, {Asked}, 1) as bigint)";

        // Quoted, as words of letters and digits: no term is taken for syntax.
        public override string MatchAll(IEnumerable<string> terms) => string.Join(" & ", terms.Select(Prefix));

        public override string MatchAny(IEnumerable<string> terms) => string.Join(" | ", terms.Select(Prefix));

        protected override ValueTask Add(DbSession session, string id, string name, string? category, string facets, string description) => session.Later(
            $"""
            insert into product_search (product_id, words) values (@id, setweight({Words}name)), 'A') || setweight({Words}category)), 'B')
                || setweight({Words}facets)), 'C') || setweight({Words}description)), 'D'))
            """,
            ("@id", id),
            ("@name", Plain(name)),
            ("@category", Plain(category)),
            ("@facets", Plain(facets)),
            ("@description", Plain(description)));

        private static string Prefix(string term) => $"'{term.ToLowerInvariant()}':*";

        // The words are found here, so that both engines, and the search texts, agree on what a word is.
        private static string Plain(string? text) => string.Join(' ', Terms(text, int.MaxValue)).ToLowerInvariant();
    }
}
