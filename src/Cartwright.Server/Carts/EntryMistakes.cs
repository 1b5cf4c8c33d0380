using Cartwright.Server.Catalog;

namespace Cartwright.Server.Carts;

/// <summary>
/// Everything that is wrong with the items of one call. Collected inside the transaction, worded after it: looking for
/// similar products is nothing to keep other writers waiting for.
/// </summary>
internal sealed class EntryMistakes
{
    private const int MaxSuggested = 5;

    private readonly List<(int Index, ProblemKind Kind, string Text, string? Unknown)> _mistakes = [];

    public bool Any => _mistakes.Count > 0;

    /// <summary>Already worded whole, without a sentence's end.</summary>
    public void Add(int index, ProblemKind kind, string text) => _mistakes.Add((index, kind, text, null));

    public void AddUnknown(int index, string reference) => _mistakes.Add((index, ProblemKind.NotFound, $"there is no product \"{reference}\"", reference));

    /// <summary>A problem that names each item by its index, unless there is only one, with what is near to the unknown ones.</summary>
    public async ValueTask<Problem> AsProblem(ProductCatalog catalog, int entries, CancellationToken cancellation)
    {
        var lines = new List<string>();
        var suggested = 0;
        foreach (var (index, _, text, unknown) in _mistakes.OrderBy(mistake => mistake.Index))
        {
            var near = unknown is not null && suggested++ < MaxSuggested
                ? ProductCatalog.DidYouMean(await catalog.Suggest(unknown, cancellation))
                : "";
            lines.Add(entries > 1 ? $"items[{index}]: {text}{near}" : text + near);
        }

        var kinds = _mistakes.Select(mistake => mistake.Kind).Distinct().ToList();
        return new Problem(
            kinds.Count == 1 ? kinds[0] : ProblemKind.Invalid,
            $"{string.Join('\n', lines)}\nNothing was changed.");
    }
}
