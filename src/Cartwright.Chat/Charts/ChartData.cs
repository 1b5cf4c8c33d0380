namespace Cartwright.Chat.Charts;

/// <summary>Numbers with labels, of one currency at most.</summary>
/// <param name="Title">Where they were found.</param>
/// <param name="Measure">What is counted, such as net.</param>
/// <param name="Currency">ISO 4217 when the numbers are money, in its units; else null.</param>
/// <param name="IsSeries">In the order of time; else in the order of rank.</param>
internal sealed record ChartData(string Title, string Measure, string? Currency, bool IsSeries, IReadOnlyList<ChartPoint> Points);

internal sealed record ChartPoint(string Label, decimal Value);
