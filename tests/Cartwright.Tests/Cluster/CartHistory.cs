using System.Collections.Immutable;

namespace Cartwright.Tests.Cluster;

internal enum CartAction
{
    Add,
    Update,
    Show,
}

/// <summary>A cart as its clients see it. Two are equal when version and quantities are.</summary>
internal sealed record CartState(long Version, ImmutableSortedDictionary<string, long> Quantities)
{
    public static readonly CartState Empty = new(0, ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    public static CartState Of(long version, params ReadOnlySpan<(string Product, long Quantity)> lines)
    {
        var quantities = Empty.Quantities.ToBuilder();
        foreach (var (product, quantity) in lines)
        {
            quantities.Add(product, quantity);
        }

        return new CartState(version, quantities.ToImmutable());
    }

    /// <summary>What the shop is specified to make of a request that nobody is in the way of.</summary>
    public CartState After(CartRequest request)
    {
        if (request.Action == CartAction.Show || (request.ExpectedVersion is { } expected && expected != Version))
        {
            return this;
        }

        var after = Quantities;
        foreach (var (product, quantity) in request.Items)
        {
            var total = quantity + (request.Action == CartAction.Add ? after.GetValueOrDefault(product) : 0);
            after = total == 0 ? after.Remove(product) : after.SetItem(product, total);
        }

        // A change that changes nothing makes no version.
        return after.SequenceEqual(Quantities) ? this : new CartState(Version + 1, after);
    }

    public bool Equals(CartState? other) => other is not null && Version == other.Version && Quantities.SequenceEqual(other.Quantities);

    public override int GetHashCode() => HashCode.Combine(Version, Quantities.Count);

    public override string ToString() => $"version {Version}: {string.Join(", ", Quantities.Select(line => $"{line.Value} {line.Key}"))}";
}

/// <summary>What a client wants. No product is named twice.</summary>
internal sealed record CartRequest(
    CartAction Action, ImmutableArray<(string Product, long Quantity)> Items, long? ExpectedVersion = null, string? Key = null)
{
    public static readonly CartRequest Show = new(CartAction.Show, []);

    public override string ToString() =>
        $"{Action} {string.Join(", ", Items.Select(item => $"{item.Quantity} {item.Product}"))}{(ExpectedVersion is { } version ? $" at version {version}" : "")}";
}

/// <summary>A definite answer: the cart after the request, or the version that it was at instead of the expected one.</summary>
internal sealed record CartAnswer(CartState? State, long? ConflictingVersion = null)
{
    public override string ToString() => State?.ToString() ?? $"refused at version {ConflictingVersion}";
}

/// <summary>
/// A request and its answer, which is null when the client never got a definite one. The moments are of one counter: a call that was
/// answered before another was made has a smaller number there than the other has here.
/// </summary>
internal sealed record CartCall(CartRequest Request, CartAnswer? Answer, long Made, long Answered)
{
    /// <summary>What the call makes of the cart if it takes effect at this state; null when its answer says that it did not.</summary>
    public CartState? Step(CartState state)
    {
        var after = state.After(Request);
        var fits = Answer switch
        {
            null => true,
            { State: { } answered } => answered.Equals(after) && (Request.ExpectedVersion is null || Request.ExpectedVersion == state.Version),
            { ConflictingVersion: var version } => version == state.Version && version != Request.ExpectedVersion,
        };
        return fits ? after : null;
    }

    public override string ToString() => $"{Request}: {Answer?.ToString() ?? "unknown"}";
}
