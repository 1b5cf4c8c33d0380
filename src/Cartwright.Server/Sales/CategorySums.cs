namespace Cartwright.Server.Sales;

/// <summary>The categories of one currency, highest gross first; in a short list the last row sums up the smallest.</summary>
internal sealed class CategorySums
{
    public const string None = "(no category)";
    public const string Others = "(other categories)";
    public const string Together = "(all categories)";

    private readonly Currency _currency;
    private readonly List<(string Category, int Products, SalesFigures Sum)> _sums;
    private readonly long _gross;

    private CategorySums(Currency currency, List<(string, int, SalesFigures)> sums) =>
        (_currency, _sums, _gross) = (currency, sums, sums.Sum(sum => sum.Item3.GrossMinor));

    public static CategorySums Of(Currency currency, IReadOnlyList<ProductFigures> products) => new(
        currency,
        [
            .. products
                .Where(product => product.Currency == currency)
                .GroupBy(product => product.Category ?? None, StringComparer.Ordinal)
                .Select(group => (Category: group.Key, Products: group.Count(product => product.Figures.Units > 0), Sum: Add(group.Select(product => product.Figures))))
                .OrderByDescending(group => group.Sum.GrossMinor)
                .ThenBy(group => group.Category, StringComparer.Ordinal),
        ]);

    /// <summary>At most so many rows, but one of each currency that has any; and a note on what is summed up.</summary>
    public static (List<CategoryRow> Rows, string? Note) Fit(IReadOnlyList<CategorySums> currencies, int most, Period period)
    {
        // The longest lists give up rows first.
        var each = Math.Max(1, currencies.Max(one => one._sums.Count));
        while (each > 1 && currencies.Sum(one => Math.Min(one._sums.Count, each)) > most)
        {
            each--;
        }

        var left = currencies.Where(one => one._sums.Count > each).Select(one => one._sums.Count - each + 1).ToList();
        var which = left is [var count] && currencies.Count == 1 ? $"the {count} smallest categories" : "the smallest categories of each currency";
        return (
            [.. currencies.SelectMany(one => one.Rows(each))],
            left.Count == 0 ? null : $"One row, \"{(each == 1 ? Together : Others)}\", sums up {which}, which do not fit: find_products with the name of a category finds its products"
                + (period.Days > 1 ? ", and a shorter period has fewer categories." : "."));
    }

    private IEnumerable<CategoryRow> Rows(int most) => _sums.Count <= most
        ? _sums.Select(Row)
        : _sums.Take(most - 1)
            .Append((most == 1 ? Together : Others, _sums.Skip(most - 1).Sum(sum => sum.Products), Add(_sums.Skip(most - 1).Select(sum => sum.Sum))))
            .Select(Row);

    private CategoryRow Row((string Category, int Products, SalesFigures Sum) one)
    {
        var row = new FiguresRow(_currency, one.Sum);
        var share = _gross == 0 ? (decimal?)null : SalesComparison.Round(100m * one.Sum.GrossMinor / _gross, 1);
        return new CategoryRow(one.Category, row.Currency, one.Products, row.Units, row.Gross, row.Refunds, row.Net, share);
    }

    private static SalesFigures Add(IEnumerable<SalesFigures> figures) => figures.Aggregate(SalesFigures.Nothing, (sum, one) => sum.Add(one));
}
