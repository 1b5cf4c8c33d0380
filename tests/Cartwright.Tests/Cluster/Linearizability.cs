namespace Cartwright.Tests.Cluster;

/// <summary>
/// Decides whether the calls to one cart can have happened one after the other, each at a moment between its request and its answer
/// (Herlihy and Wing 1990). The search of Wing and Gong 1993, breadth first: it goes through the answers in their order and keeps every
/// configuration that is possible so far, once (Lowe 2017, "just-in-time linearization").
/// </summary>
internal static class Linearizability
{
    // Calls that are open at the same moment; those that were never answered stay open.
    private const int MaxOpen = 64;

    /// <summary>The cart, and which of the open calls have taken effect on it: a bit for each.</summary>
    private readonly record struct Configuration(CartState State, ulong Done);

    /// <summary>Null when the history is linearizable; else the first answer that no order explains, and what the cart may have been.</summary>
    public static string? FindFault(IReadOnlyCollection<CartCall> history)
    {
        var open = new CartCall?[MaxOpen];
        var possible = new HashSet<Configuration> { new(CartState.Empty, 0) };
        foreach (var (call, isAnswer) in Moments(history))
        {
            if (!isAnswer)
            {
                open[FreePlace(open)] = call;
                continue;
            }

            var place = Array.IndexOf(open, call);
            var after = TakeEffect(possible, open, place);
            if (after.Count == 0)
            {
                return $"{call}; but the cart can only have been at {string.Join(" or at ", possible.Select(before => before.State).Distinct())}; open: "
                    + string.Join("; ", open.Where(other => other is not null && other != call));
            }

            open[place] = null;
            possible = after;
        }

        return null;
    }

    private static IEnumerable<(CartCall Call, bool IsAnswer)> Moments(IEnumerable<CartCall> history) => history
        .SelectMany(IEnumerable<(long Moment, CartCall Call, bool IsAnswer)> (call) =>
            call.Answer is null ? [(call.Made, call, false)] : [(call.Made, call, false), (call.Answered, call, true)])
        .OrderBy(moment => moment.Moment)
        .ThenBy(moment => moment.IsAnswer)
        .Select(moment => (moment.Call, moment.IsAnswer));

    /// <summary>Every configuration in which the call of that place has taken effect, after as many of the other open ones as one likes.</summary>
    private static HashSet<Configuration> TakeEffect(HashSet<Configuration> possible, CartCall?[] open, int place)
    {
        var after = new HashSet<Configuration>();
        var seen = new HashSet<Configuration>(possible);
        var work = new Stack<Configuration>(possible);
        var bit = 1UL << place;
        while (work.TryPop(out var configuration))
        {
            if ((configuration.Done & bit) != 0)
            {
                // The place is free for another call from here on.
                after.Add(configuration with { Done = configuration.Done & ~bit });
                continue;
            }

            for (var other = 0; other < MaxOpen; other++)
            {
                if (open[other] is { } call && (configuration.Done & (1UL << other)) == 0 && call.Step(configuration.State) is { } state)
                {
                    var next = new Configuration(state, configuration.Done | (1UL << other));
                    if (seen.Add(next))
                    {
                        work.Push(next);
                    }
                }
            }
        }

        return after;
    }

    private static int FreePlace(CartCall?[] open) => Array.IndexOf(open, null) is >= 0 and var place
        ? place
        : throw new InvalidOperationException($"More than {MaxOpen} calls are open at once.");
}
