namespace Cartwright.Tests.Cluster;

/// <summary>The checker itself: what it must let pass, and what it must not.</summary>
public sealed class LinearizableHistories
{
    private static readonly CartState OneEgg = CartState.Of(1, ("egg", 1));
    private static readonly CartState TwoEggs = CartState.Of(2, ("egg", 2));

    [Fact]
    public void Calls_one_after_the_other_have_one_order() => Assert.Null(Check(
        Call(Add("egg"), OneEgg, 1, 2),
        Call(Add("egg"), TwoEggs, 3, 4),
        Call(Set("egg", 2), TwoEggs, 5, 6),
        Call(Set("egg", 0, expected: 2), CartState.Of(3), 7, 8),
        Refused(Set("egg", 5, expected: 2), 3, 9, 10),
        Call(CartRequest.Show, CartState.Of(3), 11, 12)));

    [Fact]
    public void Calls_at_once_may_have_any_order()
    {
        Assert.Null(Check(Call(Add("egg"), TwoEggs, 1, 4), Call(Add("egg"), OneEgg, 2, 3)));
        Assert.Null(Check(Call(Add("egg"), OneEgg, 1, 4), Call(Add("egg"), TwoEggs, 2, 3)));
        Assert.Null(Check(Call(Add("egg"), OneEgg, 1, 6), Call(CartRequest.Show, CartState.Empty, 2, 3), Call(CartRequest.Show, OneEgg, 4, 5)));
    }

    [Fact]
    public void A_lost_update_is_found() => Assert.Equal(
        "Add 1 egg: version 1: 1 egg; but the cart can only have been at version 1: 1 egg; open: ",
        Check(Call(Add("egg"), OneEgg, 1, 3), Call(Add("egg"), OneEgg, 2, 4)));

    [Fact]
    public void An_acknowledged_write_that_is_gone_is_found() =>
        Assert.NotNull(Check(Call(Add("egg"), OneEgg, 1, 2), Call(Add("egg"), TwoEggs, 3, 4), Call(CartRequest.Show, OneEgg, 5, 6)));

    [Fact]
    public void A_stale_read_is_found()
    {
        Assert.NotNull(Check(Call(Add("egg"), OneEgg, 1, 2), Call(CartRequest.Show, CartState.Empty, 3, 4)));

        // Both are within the time of the add, but the one that came later saw less.
        Assert.NotNull(Check(Call(Add("egg"), OneEgg, 1, 6), Call(CartRequest.Show, OneEgg, 2, 3), Call(CartRequest.Show, CartState.Empty, 4, 5)));
    }

    [Fact]
    public void A_doubled_add_is_found()
    {
        Assert.NotNull(Check(Call(Add("egg"), OneEgg, 1, 2), Call(CartRequest.Show, TwoEggs, 3, 4)));
        Assert.NotNull(Check(Call(Add("egg"), TwoEggs, 1, 2)));

        // The same version and another content.
        Assert.NotNull(Check(Call(Add("egg"), CartState.Of(1, ("egg", 2)), 1, 2)));
    }

    [Fact]
    public void What_was_never_answered_may_have_happened_at_any_later_time_or_never()
    {
        Assert.Null(Check(Unknown(Add("egg"), 1), Call(CartRequest.Show, CartState.Empty, 2, 3)));
        Assert.Null(Check(Unknown(Add("egg"), 1), Call(CartRequest.Show, CartState.Empty, 2, 3), Call(CartRequest.Show, OneEgg, 4, 5)));
        Assert.NotNull(Check(Unknown(Add("egg"), 1), Call(CartRequest.Show, OneEgg, 2, 3), Call(CartRequest.Show, CartState.Empty, 4, 5)));
        Assert.NotNull(Check(Unknown(Add("egg"), 1), Call(CartRequest.Show, TwoEggs, 2, 3)));
    }

    [Fact]
    public void An_expected_version_decides_by_the_version_of_its_moment()
    {
        Assert.NotNull(Check(Call(Add("egg"), OneEgg, 1, 2), Refused(Set("egg", 3, expected: 1), 1, 3, 4)));
        Assert.NotNull(Check(Call(Add("egg"), OneEgg, 1, 2), Refused(Set("egg", 3, expected: 0), 0, 3, 4)));
        Assert.NotNull(Check(Call(Add("egg"), OneEgg, 1, 2), Call(Set("egg", 2, expected: 0), TwoEggs, 3, 4)));

        // Two that expect the same version: one of them is refused.
        Assert.NotNull(Check(Call(Set("egg", 1, expected: 0), OneEgg, 1, 3), Call(Set("egg", 1, expected: 0), OneEgg, 2, 4)));
        Assert.Null(Check(Call(Set("egg", 1, expected: 0), OneEgg, 1, 3), Refused(Set("egg", 1, expected: 0), 1, 2, 4)));
    }

    [Fact]
    public void It_agrees_with_trying_every_order()
    {
        var verdicts = new Dictionary<bool, int> { [true] = 0, [false] = 0 };
        for (var seed = 0; seed < 2000; seed++)
        {
            var history = Random(new Random(seed));
            var isLinearizable = HasOrder(history, CartState.Empty);
            Assert.True(isLinearizable == (Linearizability.FindFault(history) is null), $"seed {seed}: {string.Join("; ", history)}");
            verdicts[isLinearizable]++;
        }

        // Enough of both kinds, or nothing was compared.
        Assert.All(verdicts.Values, count => Assert.InRange(count, 200, 1800));
    }

    private static CartRequest Add(string product) => new(CartAction.Add, [(product, 1)]);

    private static CartRequest Set(string product, long quantity, long? expected = null) => new(CartAction.Update, [(product, quantity)], expected);

    private static CartCall Call(CartRequest request, CartState state, long made, long answered) => new(request, new CartAnswer(state), made, answered);

    private static CartCall Refused(CartRequest request, long version, long made, long answered) => new(request, new CartAnswer(null, version), made, answered);

    private static CartCall Unknown(CartRequest request, long made) => new(request, null, made, long.MaxValue);

    private static string? Check(params CartCall[] history) => Linearizability.FindFault(history);

    /// <summary>Up to six calls of overlapping times, answered as a cart would in the order of their requests; sometimes not quite.</summary>
    private static List<CartCall> Random(Random random)
    {
        var state = CartState.Empty;
        var history = new List<CartCall>();
        for (var i = 0; i < random.Next(2, 7); i++)
        {
            var request = random.Next(4) switch
            {
                0 => CartRequest.Show,
                1 => Set("egg", random.Next(3), random.Next(2) == 0 ? random.Next(3) : null),
                _ => Add("egg"),
            };
            var before = random.Next(3) == 0 && history.Count > 0 ? history[random.Next(history.Count)].Answer?.State ?? state : state;
            var isRefused = request.ExpectedVersion is { } expected && expected != before.Version;
            state = before.After(request);
            var made = (10 * i) + random.Next(20);
            history.Add(random.Next(10) == 0
                ? Unknown(request, made)
                : new CartCall(request, isRefused ? new CartAnswer(null, before.Version) : new CartAnswer(state), made, made + 1 + random.Next(25)));
        }

        return history;
    }

    /// <summary>Tries, one after the other, all calls that nobody was answered before.</summary>
    private static bool HasOrder(List<CartCall> left, CartState state) => left.TrueForAll(call => call.Answer is null)
        || left.Exists(call => !left.Exists(other => other.Answer is not null && other.Answered < call.Made)
            && call.Step(state) is { } after
            && HasOrder([.. left.Where(other => other != call)], after));
}
