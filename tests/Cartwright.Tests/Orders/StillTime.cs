namespace Cartwright.Tests.Orders;

/// <summary>
/// A clock that moves only when it is told to, for servers too: what they do again and again never begins by itself, so that a test does
/// it when it is its turn. Waits between tries are short, limits on a try are real.
/// </summary>
internal sealed class StillTime : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    private long _ticks = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>Instead of the real limits on a try.</summary>
    public TimeSpan? TryLimit { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var due = period != Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan
            : dueTime == Timeout.InfiniteTimeSpan ? dueTime
            : dueTime <= LongestWait ? TimeSpan.FromMilliseconds(1)
            : TryLimit ?? dueTime;
        return base.CreateTimer(callback, state, due, Timeout.InfiniteTimeSpan);
    }
}
