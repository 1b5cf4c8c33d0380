using System.Globalization;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Charts;

/// <summary>
/// Finds series and rankings in the structured result of a tool: arrays of objects that have a date or a name, and a number of those that
/// are worth a chart. Rows of different currencies become different charts.
/// </summary>
internal static class ChartFinder
{
    private const int MostPoints = 1000;

    private static readonly string[] Dates = ["start", "date", "day", "week", "month", "period", "date_start"];
    private static readonly string[] Names = ["name", "title", "label", "product", "category", "product_id", "id"];
    private static readonly string[] Money = ["net", "revenue", "gross", "sales", "amount", "total"];
    private static readonly string[] Measures = [.. Money, "units", "quantity", "orders", "sold", "count"];

    public static IReadOnlyList<ChartData> Find(JsonNode? result)
    {
        var charts = new List<ChartData>();
        if (result is JsonArray rows)
        {
            Add(charts, "", rows);
        }

        foreach (var (name, value) in result as JsonObject ?? [])
        {
            if (value is JsonArray array)
            {
                Add(charts, name == "rows" ? "" : SafeText.Line(name, 40), array);
            }
        }

        return charts;
    }

    private static void Add(List<ChartData> charts, string title, JsonArray array)
    {
        var rows = array.OfType<JsonObject>().ToList();
        if (rows.Count != array.Count || rows.Count < 2 || rows.Count > MostPoints)
        {
            return;
        }

        foreach (var group in rows.GroupBy(row => Text(row, "currency")))
        {
            var of = group.ToList();
            if ((Series(of) ?? Ranking(of)) is { } found && found.Points.Any(point => point.Value != 0))
            {
                var currency = Money.Contains(found.Measure) ? group.Key : null;
                charts.Add(new ChartData(title, found.Measure, currency is null ? null : SafeText.Line(currency, 8), found.IsSeries, found.Points));
            }
        }
    }

    private static (string Measure, bool IsSeries, IReadOnlyList<ChartPoint> Points)? Series(List<JsonObject> rows)
    {
        var label = Dates.FirstOrDefault(name => rows.All(row => Text(row, name) is { } text && IsDate(text)));
        var measure = Measures.FirstOrDefault(name => rows.All(row => Number(row, name) is not null));
        if (label is null || measure is null || rows.Count < 2)
        {
            return null;
        }

        var points = Points(rows, label, measure);
        var isInOrder = points.Zip(points.Skip(1)).All(pair => string.CompareOrdinal(pair.First.Label, pair.Second.Label) < 0);
        return isInOrder ? (measure, true, rows.Any(row => row["end"] is not null) ? points : WithEmptyDays(points)) : null;
    }

    private static (string Measure, bool IsSeries, IReadOnlyList<ChartPoint> Points)? Ranking(List<JsonObject> rows)
    {
        var label = Names.FirstOrDefault(name => rows.All(row => !string.IsNullOrWhiteSpace(Text(row, name))));
        if (label is null || rows.Count < 2)
        {
            return null;
        }

        foreach (var measure in Measures.Where(name => rows.All(row => Number(row, name) is not null)))
        {
            var points = Points(rows, label, measure);
            if (points.Zip(points.Skip(1)).All(pair => pair.First.Value >= pair.Second.Value))
            {
                return (measure, false, points);
            }
        }

        return null;
    }

    private static List<ChartPoint> Points(List<JsonObject> rows, string label, string measure) =>
        [.. rows.Select(row => new ChartPoint(SafeText.Line(Text(row, label)!, 80), Number(row, measure)!.Value))];

    /// <summary>Days that are left out had nothing.</summary>
    private static List<ChartPoint> WithEmptyDays(List<ChartPoint> points)
    {
        if (!points.All(point => DateOnly.TryParseExact(point.Label, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)))
        {
            return points;
        }

        var (first, last) = (Day(points[0]), Day(points[^1]));
        var known = points.ToDictionary(point => point.Label, StringComparer.Ordinal);
        var days = last.DayNumber - first.DayNumber + 1;
        return days > MostPoints || days > points.Count * 7
            ? points
            : [.. Enumerable.Range(0, days).Select(i => first.AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
                .Select(label => known.GetValueOrDefault(label, new ChartPoint(label, 0)))];
    }

    private static DateOnly Day(ChartPoint point) => DateOnly.ParseExact(point.Label, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>yyyy-mm or yyyy-mm-dd.</summary>
    private static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string? Text(JsonObject row, string name) => row[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static decimal? Number(JsonObject row, string name) => row[name] is JsonValue value && value.TryGetValue<decimal>(out var number) ? number : null;
}
