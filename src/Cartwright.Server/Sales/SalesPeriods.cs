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

        var last = end is null ? facts.Today : ReadDay("date_end", end, facts);
        if (!last.Ok)
        {
            return last.Problem;
        }

        return start is null && last.Value >= Earliest
            ? Read(Iso(last.Value.AddDays(1 - UsualDays)), Iso(last.Value), facts)
            : Read(start ?? Iso(last.Value), Iso(last.Value), facts);
    }

    /// <summary>The period, or what is wrong with it and how to put it right.</summary>
    public static Result<Period> Read(string start, string end, SalesFacts facts, string startName = "date_start", string endName = "date_end")
    {
        var (first, last) = (ReadDay(startName, start, facts), ReadDay(endName, end, facts));
        if (!first.Ok || !last.Ok)
        {
            return Problem.Invalid(string.Join(' ', new[] { first.Problem, last.Problem }.OfType<Problem>().Select(problem => problem.Advice)));
        }

        return Check(new Period(first.Value, last.Value), facts, startName, endName) is { } advice
            ? Problem.Invalid(advice)
            : new Period(first.Value, last.Value);
    }

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A month as <c>yyyy-mm</c>; null when it is no month.</summary>
    public static DateOnly? ReadMonth(string text) =>
        text.Length == 7 && DateOnly.TryParseExact($"{text}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) && month >= Earliest
            ? month
            : null;

    private static string? Check(Period period, SalesFacts facts, string startName, string endName)
    {
        var (start, end) = (Iso(period.Start), Iso(period.End));
        if (period.Start < Earliest)
        {
            return $"{startName} {start} is before {Iso(Earliest)}: check the year.";
        }

        var today = $"today is {Iso(facts.Today)} in {facts.Zone.Id}";
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
