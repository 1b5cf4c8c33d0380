using System.Text.RegularExpressions;

namespace Cartwright.Server.Catalog;

/// <summary>The facets of a catalogue file while it is checked.</summary>
internal static partial class CatalogFacets
{
    public const string Category = "category";

    // Facets become properties of the tools' inputs and of products, next to these.
    private static readonly string[] Reserved =
    [
        "id", "name", "price", "currency", "description", "image", "in_stock", "product_id",
        "search", "min_price", "max_price", "sort", "limit", "cursor",
    ];

    public static IReadOnlyList<Facet> Check(CatalogFields file, CatalogMistakes mistakes)
    {
        var facets = new List<Facet>();
        foreach (var (i, spot) in file.Items("facets", 0, 16).Index())
        {
            var fields = new CatalogFields(spot, $"facets[{i}]", mistakes, ["key", "title", "values"]);
            var key = fields.RequiredText("key", 150);
            if (key is not null)
            {
                CheckKey(fields, key, facets);
            }

            var title = fields.RequiredText("title", 150);
            fields.Required("values");
            facets.Add(new Facet(key ?? "", title ?? "", CheckValues(fields, mistakes)));
        }

        return facets;
    }

    private static void CheckKey(CatalogFields fields, string key, List<Facet> before)
    {
        if (!KeyPattern().IsMatch(key))
        {
            fields.Mistake("key", $"\"{key}\" is not a key: use up to 32 small letters, digits and underscores, beginning with a letter");
        }
        else if (Reserved.Contains(key))
        {
            fields.Mistake("key", $"\"{key}\" is taken by the tools themselves; use another key");
        }
        else if (before.Exists(facet => facet.Key == key))
        {
            fields.Mistake("key", $"\"{key}\" is the key of two facets");
        }
    }

    private static List<string> CheckValues(CatalogFields fields, CatalogMistakes mistakes)
    {
        var values = new List<string>();
        foreach (var (i, spot) in fields.Items("values", 1, 100).Index())
        {
            var what = CatalogFields.CheckText(spot, 100);
            if (what is null && values.Contains(spot.Text!, StringComparer.OrdinalIgnoreCase))
            {
                what = $"\"{spot.Text}\" is there twice (capital letters make no difference)";
            }

            if (what is null)
            {
                values.Add(spot.Text!);
            }
            else
            {
                mistakes.Add(spot.Offset, $"{fields.Field("values")}[{i}]", what);
            }
        }

        return values;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,31}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyPattern();
}
