using Cartwright.Chat.Terminal;

namespace Cartwright.Chat.Charts;

/// <summary>Draws bars for rankings and columns for series, in text.</summary>
internal static class Chart
{
    private const string Eighths = " ▏▎▍▌▋▊▉█";
    private const string Levels = " ▁▂▃▄▅▆▇█";

    /// <summary>The chart's lines.</summary>
    /// <param name="most">So many bars at most; a series is so many lines high.</param>
    public static IEnumerable<string> Draw(ChartData data, int width, int most, Canvas canvas) =>
        data.IsSeries ? Series(data, width, most, canvas) : Bars(data, width, most, canvas);

    /// <summary>An amount with its currency: 1,234.50 USD.</summary>
    public static string Amount(decimal value, string? currency) =>
        value.ToString($"N{value.Scale}") + (currency is null ? "" : $" {currency}");

    private static IEnumerable<string> Bars(ChartData data, int width, int most, Canvas canvas)
    {
        var paint = canvas.Paint;
        var shown = data.Points.Take(most).ToList();
        var largest = shown.Max(point => point.Value);
        var name = Math.Min(width / 3, shown.Max(point => CellWidth.Of(point.Label)));
        var amounts = shown.ConvertAll(point => Amount(point.Value, data.Currency));
        var amount = amounts.Max(text => text.Length);
        var room = Math.Clamp(width - name - amount - 3, 4, 40);
        foreach (var (i, point) in shown.Index())
        {
            var length = largest > 0 && point.Value > 0 ? (int)(point.Value * room * 8 / largest) : 0;
            var bar = canvas.Unicode
                ? new string('█', length / 8) + (length % 8 > 0 ? Eighths[length % 8] : "")
                : new string('#', (length + 4) / 8);
            yield return $"{CellWidth.Pad(CellWidth.Cut(point.Label, name), name)} {paint.Accent(bar)}{new string(' ', room - bar.Length)} {amounts[i].PadLeft(amount)}";
        }

        if (data.Points.Count > shown.Count)
        {
            yield return paint.Dim($"and {data.Points.Count - shown.Count} more");
        }
    }

    private static IEnumerable<string> Series(ChartData data, int width, int height, Canvas canvas)
    {
        var paint = canvas.Paint;
        var values = Fit([.. data.Points.Select(point => point.Value)], Math.Max(8, Math.Min(width, 100)));
        var largest = Math.Max(values.Max(), 0);
        for (var line = height - 1; line >= 0; line--)
        {
            yield return paint.Accent(new string([.. values.Select(value => Cell(value, largest, line, height, canvas.Unicode))]).TrimEnd());
        }

        var best = data.Points.MaxBy(point => point.Value)!;
        var worst = data.Points.MinBy(point => point.Value)!;
        var caption = AnsiText.Wrap(
            $"{data.Measure}{(data.Currency is null ? "" : $" in {data.Currency}")}, {data.Points[0].Label} to {data.Points[^1].Label}; "
            + $"most {Amount(best.Value, null)} ({best.Label}), least {Amount(worst.Value, null)} ({worst.Label})",
            width);
        foreach (var line in caption.Split('\n'))
        {
            yield return paint.Dim(line);
        }
    }

    /// <summary>A value's part in one line of the chart.</summary>
    private static char Cell(decimal value, decimal largest, int line, int height, bool unicode)
    {
        var eighths = largest <= 0 || value <= 0 ? 0 : Math.Max(1, (int)(value * height * 8 / largest));
        var here = Math.Clamp(eighths - (line * 8), 0, 8);
        return unicode ? Levels[here] : " ..::-=+#"[here];
    }

    /// <summary>Where there are more values than columns, a column is the mean of its neighbours.</summary>
    private static decimal[] Fit(decimal[] values, int columns) => values.Length <= columns
        ? values
        : [.. Enumerable.Range(0, columns).Select(i => values[(i * values.Length / columns)..((i + 1) * values.Length / columns)].Average())];
}
