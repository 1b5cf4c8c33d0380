using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>Which day of the shop a moment belongs to. A day is its <see cref="DateOnly.DayNumber"/>.</summary>
internal sealed record SalesCalendar(TimeZoneInfo Zone)
{
    /// <summary>In the zone of the loaded catalogue; in UTC before the first.</summary>
    public static async ValueTask<SalesCalendar> Of(DbSession session)
    {
        var names = await session.Query("select time_zone from store", row => row.GetString(0));
        return new SalesCalendar(names is [var name] && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc);
    }

    public int DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, Zone).DateTime).DayNumber;

    public int DayOf(long unixMilliseconds) => DayOf(DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));

    /// <summary>The moment of a time on the shop's clock. One that the clock jumps over counts as if it had not jumped.</summary>
    public long MomentOf(DateTime local) => new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUnixTimeMilliseconds();

    /// <summary>First days of the months that a range of days touches.</summary>
    public static int MonthOf(int day)
    {
        var date = DateOnly.FromDayNumber(day);
        return day - date.Day + 1;
    }

    public static int NextMonth(int month) => DateOnly.FromDayNumber(month).AddMonths(1).DayNumber;
}
