namespace Cartwright.Server.Sales;

/// <summary>
/// Times as ISO 8601 writes them: a date, or a date and a time ("2025-03-31T14:05", a space instead of the T is fine), with an offset or
/// "Z", or without: then it is the shop's clock. Read by hand, because the framework's parser takes longer than all else of a row.
/// </summary>
internal static class HistoryTime
{
    // A date alone is its noon in UTC and a millisecond: so it is told from a time, and stays on its day when the shop's zone is changed.
    private const long DateMark = (12 * 60 * 60 * 1000) + 1;
    private const long DayLength = 24 * 60 * 60 * 1000;
    private static readonly int FirstDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The shop's day of a time that was read here; its own where it is a date alone.</summary>
    public static int DayOf(long at, SalesCalendar calendar) => at % DayLength == DateMark ? FirstDay + (int)(at / DayLength) : calendar.DayOf(at);

    /// <summary>The moment, Unix milliseconds, and the shop's day of it; false when it is no time.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, SalesCalendar calendar, out long at, out int day)
    {
        var isTime = TryParse(text, calendar, out at, out day);
        at += text.Length > 10 && at % DayLength == DateMark ? 1 : 0;
        return isTime;
    }

    private static bool TryParse(ReadOnlySpan<char> text, SalesCalendar calendar, out long at, out int day)
    {
        (at, day) = (0, 0);
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || Number(text[..4]) is not (>= 1 and var year)
            || Number(text[5..7]) is not (>= 1 and <= 12 and var month) || Number(text[8..10]) is not (>= 1 and var date) || date > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        if (text.Length == 10)
        {
            day = new DateOnly(year, month, date).DayNumber;
            at = ((day - FirstDay) * DayLength) + DateMark;
            return true;
        }

        var rest = text[11..];
        if (text[10] is not ('T' or 't' or ' ') || rest.Length < 5 || rest[2] != ':' || Number(rest[..2]) is not (>= 0 and <= 23 and var hour)
            || Number(rest[3..5]) is not (>= 0 and <= 59 and var minute))
        {
            return false;
        }

        rest = rest[5..];
        var (second, milliseconds) = (0, 0);
        if (rest is [':', _, _, ..])
        {
            second = Number(rest[1..3]);
            rest = rest[3..];
            if (second is < 0 or > 59 || !TryReadFraction(ref rest, out milliseconds))
            {
                return false;
            }
        }

        var local = new DateTime(year, month, date, hour, minute, second, milliseconds, DateTimeKind.Unspecified);
        if (rest.IsEmpty)
        {
            (at, day) = (calendar.MomentOf(local), DateOnly.FromDateTime(local).DayNumber);
            return true;
        }

        if (!TryReadOffset(rest.TrimStart(' '), out var offset) || local.Ticks - offset.Ticks is < 0 or > 3_155_378_975_999_999_999)
        {
            return false;
        }

        var moment = new DateTimeOffset(local, offset);
        (at, day) = (moment.ToUnixTimeMilliseconds(), calendar.DayOf(moment));
        return true;
    }

    // Digits beyond the third say nothing of the day.
    private static bool TryReadFraction(ref ReadOnlySpan<char> rest, out int milliseconds)
    {
        milliseconds = 0;
        if (rest is not ['.' or ',', ..])
        {
            return true;
        }

        var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? rest.Length - 1 : digits;
        for (var i = 0; i < 3; i++)
        {
            milliseconds = (10 * milliseconds) + (i < digits ? rest[1 + i] - '0' : 0);
        }

        rest = rest[(1 + digits)..];
        return digits > 0;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is ['Z' or 'z'])
        {
            return true;
        }

        if (text is not ['+' or '-', _, _, ..])
        {
            return false;
        }

        var hours = Number(text[1..3]);
        var minutes = text[3..] switch
        {
            [] => 0,
            [':', _, _] => Number(text[4..]),
            [_, _] => Number(text[3..]),
            _ => -1,
        };
        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return hours is >= 0 and <= 13 && minutes is >= 0 and <= 59 || (hours == 14 && minutes == 0);
    }

    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return -1;
            }

            number = (10 * number) + digit - '0';
        }

        return number;
    }
}
