namespace Cartwright.Server.Sales;

/// <summary>Suggests values of arguments while somebody types them.</summary>
internal sealed class SalesCompletion(SalesBook book)
{
    private const int MostProducts = 50;

    private static readonly string[] Languages =
    [
        "English", "German", "French", "Spanish", "Italian", "Portuguese", "Dutch", "Danish", "Swedish", "Norwegian", "Finnish", "Polish",
        "Czech", "Greek", "Turkish", "Ukrainian", "Arabic", "Hebrew", "Hindi", "Chinese", "Japanese", "Korean", "Vietnamese", "Indonesian",
    ];

    /// <summary>A <see cref="Mcp.Completer"/> for every prompt and template of the back office: arguments of one name mean the same everywhere.</summary>
    public async ValueTask<IReadOnlyList<string>> Complete(string argument, string typed, IReadOnlyDictionary<string, string> resolved) => argument switch
    {
        "date_start" or "compare_start" => Starts(await book.Facts(CancellationToken.None), typed),
        "date_end" => Ends(await book.Facts(CancellationToken.None), typed, resolved.GetValueOrDefault("date_start")),
        "compare_end" => Ends(await book.Facts(CancellationToken.None), typed, resolved.GetValueOrDefault("compare_start")),
        "month" => Months(await book.Facts(CancellationToken.None), typed),
        "category" => Matching(await book.Categories(CancellationToken.None), typed),
        "product_id" or "id" => [.. (await book.Find(typed, MostProducts, CancellationToken.None)).Select(product => product.ProductId)],
        "language" => Matching(Languages, typed),
        _ => [],
    };

    /// <summary>Months with sales and all since, the latest first.</summary>
    private static List<string> Months(SalesFacts facts, string typed)
    {
        var first = facts.FirstDay is { } day && day < facts.Today ? day : facts.Today;
        var months = new List<string>();
        for (var month = FirstOfMonth(facts.Today); month >= FirstOfMonth(first); month = month.AddMonths(-1))
        {
            months.Add(SalesPeriods.Iso(month)[..7]);
        }

        return months.FindAll(month => month.StartsWith(typed, StringComparison.Ordinal));
    }

    private static List<string> Starts(SalesFacts facts, string typed)
    {
        var today = facts.Today;
        var (month, year) = (FirstOfMonth(today), new DateOnly(today.Year, 1, 1));
        var quarter = month.AddMonths(-((month.Month - 1) % 3));
        DateOnly[] usual =
        [
            month, today, today.AddDays(-1), today.AddDays(-6), today.AddDays(-29), month.AddMonths(-1), quarter, quarter.AddMonths(-3), year,
            year.AddYears(-1),
        ];
        return Days(facts, typed, [.. usual, .. facts.FirstDay is { } first ? [first] : Array.Empty<DateOnly>()], FirstsOfMonths(facts));
    }

    private static List<string> Ends(SalesFacts facts, string typed, string? start)
    {
        var today = facts.Today;
        var month = FirstOfMonth(today);
        var quarter = month.AddMonths(-((month.Month - 1) % 3));
        DateOnly[] usual = [today, today.AddDays(-1), month.AddDays(-1), quarter.AddDays(-1), new DateOnly(today.Year, 1, 1).AddDays(-1)];
        var days = Days(facts, typed, usual, FirstsOfMonths(facts).Select(first => first.AddMonths(1).AddDays(-1)));

        // Days as they are written sort like days.
        return start is { Length: 10 } ? days.FindAll(day => string.CompareOrdinal(day, start) >= 0) : days;
    }

    /// <summary>The usual days; once a month has been typed, its days; else the others that fit.</summary>
    private static List<string> Days(SalesFacts facts, string typed, IEnumerable<DateOnly> usual, IEnumerable<DateOnly> others)
    {
        var ofMonth = typed.Length >= 7 && SalesPeriods.ReadMonth(typed[..7]) is { Year: >= 1970 } month
            ? Enumerable.Range(0, DateTime.DaysInMonth(month.Year, month.Month)).Select(month.AddDays)
            : [];
        var more = typed.Length == 0 ? [] : ofMonth.Concat(others);
        return
        [
            .. usual.Concat(more)
                .Where(day => day <= facts.Today)
                .Select(SalesPeriods.Iso)
                .Where(day => day.StartsWith(typed.Trim(), StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<DateOnly> FirstsOfMonths(SalesFacts facts) =>
        Enumerable.Range(0, 36).Select(back => FirstOfMonth(facts.Today).AddMonths(-back));

    private static DateOnly FirstOfMonth(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>What begins so, then what has it anywhere.</summary>
    private static List<string> Matching(IReadOnlyList<string> values, string typed) =>
    [
        .. values.Where(value => value.StartsWith(typed, StringComparison.OrdinalIgnoreCase)),
        .. values.Where(value => !value.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && value.Contains(typed, StringComparison.OrdinalIgnoreCase)),
    ];
}
