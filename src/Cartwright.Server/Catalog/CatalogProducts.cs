using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cartwright.Server.Catalog;

/// <summary>The products of a catalogue file while it is checked. Without a currency, prices cannot be.</summary>
internal sealed partial class CatalogProducts(Currency? currency, IReadOnlyList<Facet> declared, CatalogImages images, CatalogMistakes mistakes)
{
    private const long MaxStock = 1_000_000_000;

    // In minor units: 50 lines of 99 such prices are still a whole number that every JSON reader holds (below 2^53).
    private const long MaxPrice = 1_000_000_000_000;

    private static readonly string[] Known = ["id", "name", "price", "description", "image", "category", "stock", "facets"];
    // A key that is there twice is noted already, and not again with every product.
    private readonly List<Facet> _facets = [.. declared.DistinctBy(facet => facet.Key)];
    private readonly Facet? _categories = declared.FirstOrDefault(facet => facet.Key == CatalogFacets.Category);
    private readonly string[] _facetKeys = [.. declared.Select(facet => facet.Key).Distinct()];

    public IReadOnlyList<Product> Check(IReadOnlyList<JsonSpot> spots)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return [.. spots.Select((spot, i) => CheckProduct(new CatalogFields(spot, $"products[{i}]", mistakes, Known), ids))];
    }

    private Product CheckProduct(CatalogFields fields, HashSet<string> ids)
    {
        var id = fields.RequiredText("id", 150) ?? "";
        if (id.Length > 0 && !IdPattern().IsMatch(id))
        {
            fields.Mistake("id", $"\"{id}\" is not an id: use up to 64 small letters, digits, points, dashes and underscores, beginning with a letter or digit");
        }
        else if (id.Length > 0 && !ids.Add(id))
        {
            fields.Mistake("id", $"\"{id}\" is the id of two products");
        }

        return new Product(
            id,
            fields.RequiredText("name", 150) ?? "",
            CheckPrice(fields),
            CheckDescription(fields),
            CheckImage(fields),
            CheckCategory(fields),
            CheckStock(fields),
            fields["facets"] is { } spot ? CheckFacets(new CatalogFields(spot, fields.Field("facets"), mistakes, _facetKeys)) : []);
    }

    private Money CheckPrice(CatalogFields fields)
    {
        if (fields.Required("price") is { Kind: JsonTokenType.Number })
        {
            fields.Mistake("price", "is a number, which readers may round: write it as text in quotes, such as \"14.99\"");
        }
        else if (fields.Text("price", 50) is { } text && currency is not null)
        {
            var price = Money.Parse(text, currency);
            if (price is { Ok: true, Value.Minor: <= MaxPrice })
            {
                return price.Value;
            }

            fields.Mistake("price", price.Ok ? $"\"{text}\" is above the limit of {new Money(MaxPrice, currency)}" : price.Problem.Advice);
        }

        return default;
    }

    private static string CheckDescription(CatalogFields fields) => fields["description"] is { Kind: JsonTokenType.String, Text: "" }
        ? ""
        : fields.Text("description", 5000, allowLines: true) ?? "";

    private string? CheckImage(CatalogFields fields)
    {
        if (fields.Text("image", 500) is not { } image)
        {
            return null;
        }

        if (images.Check(image) is { } what)
        {
            fields.Mistake("image", what);
        }

        return image;
    }

    private string? CheckCategory(CatalogFields fields)
    {
        var category = fields.Text("category", 100);
        if (category is not null && _categories is not null && !_categories.Values.Contains(category))
        {
            fields.Mistake("category", NotAValue(category, _categories));
        }

        return category;
    }

    private static long? CheckStock(CatalogFields fields)
    {
        if (fields["stock"] is { } stock && stock.Integer is not (>= 0 and <= MaxStock))
        {
            fields.Mistake("stock", $"is not a whole number from 0 to {MaxStock}; leave it out when stock is not limited");
        }

        return fields["stock"]?.Integer;
    }

    private Dictionary<string, string[]> CheckFacets(CatalogFields fields)
    {
        var chosen = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var facet in _facets.Where(facet => fields[facet.Key] is not null))
        {
            if (facet == _categories)
            {
                fields.Mistake(facet.Key, "is not a facet here: write it as the product's own category");
            }
            else
            {
                chosen[facet.Key] = CheckValues(fields, facet, fields[facet.Key]!);
            }
        }

        return chosen;
    }

    private string[] CheckValues(CatalogFields fields, Facet facet, JsonSpot spot)
    {
        var isList = spot.Kind == JsonTokenType.StartArray;
        var values = new List<string>();
        foreach (var (i, value) in (isList ? fields.Items(facet.Key, 1, 100) : [spot]).Index())
        {
            var what = CatalogFields.CheckText(value, 100)
                ?? (!facet.Values.Contains(value.Text!) ? NotAValue(value.Text!, facet) : null)
                ?? (values.Contains(value.Text!) ? $"\"{value.Text}\" is there twice" : null);
            if (what is null)
            {
                values.Add(value.Text!);
            }
            else
            {
                mistakes.Add(value.Offset, isList ? $"{fields.Field(facet.Key)}[{i}]" : fields.Field(facet.Key), what);
            }
        }

        return [.. values];
    }

    private static string NotAValue(string value, Facet facet) => EditDistance.Nearest(value, facet.Values) is { } near
        ? $"\"{value}\" is not a value of the facet {facet.Key}; did you mean \"{near}\"?"
        : $"\"{value}\" is not a value of the facet {facet.Key} (it has {string.Join(", ", facet.Values)})";

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdPattern();
}
