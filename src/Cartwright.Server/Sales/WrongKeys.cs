using System.Net;
using System.Net.Sockets;

namespace Cartwright.Server.Sales;

/// <summary>
/// Slows down addresses that try wrong keys: after five within a minute, the next tries are refused for 1 second, then 2, 4, up to a minute.
/// </summary>
/// <remarks>
/// It is kept in this process alone and forgets at its bound and at a restart. That is enough: what keeps guessers out is the key's 256 bits;
/// this only spares the log and the machine, and gives a short key of the operator's own some time.
/// A refused try is not looked at and does not prolong the refusal, so nobody is kept out for more than a minute at a stretch. An address
/// from which the right key came within the last day is let in by the right key at any time, so that somebody behind the same proxy who
/// guesses does not lock out those who work there.
/// </remarks>
internal sealed class WrongKeys(TimeProvider time)
{
    public const int FreeTries = 5;

    private const int MaxAddresses = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Trusted = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Tries> _tries = [];
    private readonly Dictionary<IPAddress, DateTimeOffset> _trusted = [];

    /// <summary>Addresses that are remembered for their failures.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _tries.Count;
            }
        }
    }

    /// <summary>How long the address has to wait before its next try; zero when it may try. Not for addresses that proved themselves.</summary>
    public TimeSpan Wait(IPAddress? caller)
    {
        var (address, now) = (Group(caller), time.GetUtcNow());
        lock (_lock)
        {
            return _tries.TryGetValue(address, out var tries) && tries.RefusedUntil > now ? tries.RefusedUntil - now : TimeSpan.Zero;
        }
    }

    /// <summary>Whether the right key came from the address lately.</summary>
    public bool IsTrusted(IPAddress? caller)
    {
        lock (_lock)
        {
            return _trusted.TryGetValue(Group(caller), out var last) && time.GetUtcNow() - last <= Trusted;
        }
    }

    /// <summary>The right key came.</summary>
    public void Right(IPAddress? caller)
    {
        var (address, now) = (Group(caller), time.GetUtcNow());
        lock (_lock)
        {
            Bound(_trusted, last => now - last > Trusted);
            _trusted[address] = now;
        }
    }

    /// <summary>A wrong key came. True when this one makes the address wait from now on.</summary>
    public bool Wrong(IPAddress? caller)
    {
        var (address, now) = (Group(caller), time.GetUtcNow());
        lock (_lock)
        {
            Bound(_tries, tries => now - tries.Last > Forgotten);
            var known = _tries.GetValueOrDefault(address);
            var isOver = known is not null && (known.Count < FreeTries ? now - known.First > Window : now - known.Last > Forgotten);
            var count = known is null || isOver ? 1 : known.Count + 1;
            var wait = count < FreeTries ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, 1L << Math.Min(count - FreeTries, 10)));
            _tries[address] = new Tries(count, count == 1 ? now : known!.First, now, now + wait);
            return count == FreeTries;
        }
    }

    /// <summary>Makes room: what no longer counts goes first, then anything, which errs on the side of the caller.</summary>
    private static void Bound<T>(Dictionary<IPAddress, T> table, Func<T, bool> isOver)
    {
        if (table.Count < MaxAddresses)
        {
            return;
        }

        foreach (var (address, _) in table.Where(entry => isOver(entry.Value)).ToList())
        {
            table.Remove(address);
        }

        if (table.Count >= MaxAddresses)
        {
            foreach (var address in table.Keys.Take(MaxAddresses / 10).ToList())
            {
                table.Remove(address);
            }
        }
    }

    /// <summary>Of IPv6 a household has a whole /64, so it counts as one address.</summary>
    private static IPAddress Group(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private sealed record Tries(int Count, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset RefusedUntil);
}
