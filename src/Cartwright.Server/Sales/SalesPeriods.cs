using System.Globalization;

namespace Cartwright.Server.Sales;

/// <summary>Reads the days that a question is about, and says what is wrong with them.</summary>
internal static class SalesPeriods
{
    /// <summary>Ten years, leap days included.</summary>
    public const int MaxDays = 3653;

    /// <summary>The period of questions that name none.</summary>
    public const int UsualDays = 30;

    // Nothing was sold over the internet before, so an earlier year is a slip of the pen. Also keeps the period before it on the calendar.
    private static readonly DateOnly Earliest = new(1970, 1, 1);

    public static Period Last(int days, DateOnly today) => new(today.AddDays(1 - days), today);

    /// <summary>A period that may be left out, wholly (the last 30 days) or at one end (30 days up to the end; up to today).</summary>
    public static Result<Period> ReadOrUsual(string? start, string? end, SalesFacts facts)
    {
        if (start is null && end is null)
        {
            return Last(UsualDays, facts.Today);
        }

        if (start is not null)
        {
            return Read(start, end ?? Iso(facts.Today), facts);
        }

        var last = ReadDay("date_end", end!, facts);
        if (!last.Ok)
        {
            return last.Problem;
        }

        // A start that nobody gave is not wrong.
        var first = Math.Max(Math.Min(last.Value.DayNumber, facts.Today.DayNumber) + 1 - UsualDays, Earliest.DayNumber);
        return Checked(new Period(DateOnly.FromDayNumber(first), last.Value), facts, "date_start", "date_end");
    }

    /// <summary>The period, or what is wrong with it and how to put it right.</summary>
    public static Result<Period> Read(string start, string end, SalesFacts facts, string startName = "date_start", string endName = "date_end")
    {
        var (first, last) = (ReadDay(startName, start, facts), ReadDay(endName, end, facts));
        if (!first.Ok || !last.Ok)
        {
            return Problem.Invalid(string.Join(' ', new[] { first.Problem, last.Problem }.OfType<Problem>().Select(problem => problem.Advice)));
        }

        return Checked(new Period(first.Value, last.Value), facts, startName, endName);
    }

    /// <summary>Whether the days right before can be asked for, too.</summary>
    public static bool HasBefore(Period period) => period.Before.Start >= Earliest;

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A month as <c>yyyy-mm</c>; null when it is no month.</summary>
    public static DateOnly? ReadMonth(string text) =>
        text.Length == 7 && DateOnly.TryParseExact($"{text}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month : null;

    /// <summary>The days of a month, of the running one up to today; else NotFound with what to write.</summary>
    public static Result<Period> ReadMonth(string text, SalesFacts facts)
    {
        var running = Iso(facts.Today)[..7];
        if (ReadMonth(text) is not { } first)
        {
            return Problem.NotFound($"{Quote(text)} is no month: write it as yyyy-mm, such as {running}.");
        }

        if (first < Earliest)
        {
            return Problem.NotFound($"The month {text} is before {Iso(Earliest)[..7]}: check the year.");
        }

        if (first > facts.Today)
        {
            return Problem.NotFound($"The month {text} is in the future ({TodayIs(facts)}): ask for months up to {running}.");
        }

        var last = first.AddMonths(1).AddDays(-1);
        return new Period(first, last < facts.Today ? last : facts.Today);
    }

    private static string TodayIs(SalesFacts facts) => $"today is {Iso(facts.Today)} in {facts.Zone.Id}";

    private static Result<Period> Checked(Period period, SalesFacts facts, string startName, string endName) =>
        Check(period, facts, startName, endName) is { } advice ? Problem.Invalid(advice) : period;

    private static string? Check(Period period, SalesFacts facts, string startName, string endName)
    {
        var (start, end) = (Iso(period.Start), Iso(period.End));
        if (period.Start < Earliest || period.End < Earliest)
        {
            return $"{(period.Start < Earliest ? $"{startName} {start}" : $"{endName} {end}")} is before {Iso(Earliest)}: check the year.";
        }

        var today = TodayIs(facts);
        if (period.Start > facts.Today)
        {
            return $"{startName} {start} is in the future ({today}): ask for days up to today.";
        }

        if (period.Start > period.End)
        {
            return $"{startName} {start} is after {endName} {end}: swap them ({startName} {end}, {endName} {start}).";
        }

        if (period.End > facts.Today)
        {
            return $"{endName} {end} is in the future ({today}): ask with {endName} {Iso(facts.Today)}.";
        }

        return period.Days > MaxDays
            ? $"{start} to {end} are {period.Days} days, and at most {MaxDays} (10 years) can be asked for at once: "
                + $"ask with {startName} {Iso(period.End.AddDays(1 - MaxDays))} or later, or in parts."
            : null;
    }

    private static Result<DateOnly> ReadDay(string name, string text, SalesFacts facts)
    {
        var trimmed = text.Trim();
        if (string.Equals(trimmed, "today", StringComparison.OrdinalIgnoreCase))
        {
            return facts.Today;
        }

        if (string.Equals(trimmed, "yesterday", StringComparison.OrdinalIgnoreCase))
        {
            return facts.Today.AddDays(-1);
        }

        return DateOnly.TryParseExact(trimmed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : Problem.Invalid($"{name} {Quote(text)} is no day of the calendar: write it as yyyy-mm-dd, such as {Iso(facts.Today)}, or as today or yesterday.");
    }

    /// <summary>What was sent, short enough to repeat and on one line.</summary>
    public static string Quote(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length <= 60 ? $"\"{line}\"" : $"\"{line[..60]}…\"";
    }
}
