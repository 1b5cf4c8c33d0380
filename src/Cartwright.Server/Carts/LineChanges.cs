using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Carts;

/// <summary>
/// Works out, in memory, what a call makes of a cart's lines: first which products are meant, then which quantities they
/// come to. Whatever is not possible goes to the mistakes; nothing is written here.
/// </summary>
internal sealed class LineChanges(
    CartChange change, Cart cart, CartQuestions questions, IReadOnlyList<CartLine> before, CartOptions options, EntryMistakes mistakes)
{
    private const int MaxAmbiguous = 6;

    // In the order of the call; the index is that of the product's first entry, for messages.
    private readonly List<(LineProduct Product, int Index, long Quantity)> _wanted = [];

    /// <summary>The lines to write, those that only refresh their price among them.</summary>
    public List<CartLine> Saved { get; } = [];

    public List<CartLine> Removed { get; } = [];

    public bool Any => Saved.Count > 0 || Removed.Count > 0;

    /// <summary>The lines afterwards.</summary>
    public List<CartLine> After { get; private set; } = [];

    public async ValueTask WorkOut(DbSession session)
    {
        foreach (var (index, entry) in change.Entries.Index())
        {
            var least = change.Operation == CartOperation.Add ? 1 : 0;
            var inRange = entry.Quantity >= least && entry.Quantity <= options.MaxQuantity;
            if (!inRange)
            {
                mistakes.Add(index, ProblemKind.Invalid, $"quantity {entry.Quantity} is out of range: use {least} to {options.MaxQuantity}");
            }

            if (await Resolve(session, index, entry) is { } product && inRange)
            {
                Want(product, index, entry.Quantity);
            }
        }

        foreach (var (product, index, quantity) in _wanted)
        {
            Apply(product, index, quantity);
        }

        if (change.Operation == CartOperation.Replace)
        {
            Removed.AddRange(before.Where(line => !_wanted.Exists(want => want.Product.Id == line.Product.Id)));
        }

        After = Merge();
        if (After.Count > options.MaxLines && After.Count > before.Count)
        {
            mistakes.Add(
                change.Entries.Count - 1,
                ProblemKind.Invalid,
                $"the cart would have {After.Count} lines and holds at most {options.MaxLines}; remove some first, or begin another cart");
        }
    }

    private async ValueTask<LineProduct?> Resolve(DbSession session, int index, CartEntry entry)
    {
        if (entry.ProductId?.Trim() is { Length: > 0 } id)
        {
            // A line that is there already has brought its product along.
            var product = before.FirstOrDefault(line => line.Product.Id == id)?.Product ?? await questions.Product(id);
            if (product is null)
            {
                mistakes.AddUnknown(index, id);
            }

            return product;
        }

        if (ProductNames.Key(entry.Name ?? "") is not { Length: > 0 } name)
        {
            mistakes.Add(index, ProblemKind.Invalid, "product_id and name are both missing; give one of them");
            return null;
        }

        return await ResolveName(session, index, entry.Name!.Trim(), name);
    }

    private async ValueTask<LineProduct?> ResolveName(DbSession session, int index, string name, string key)
    {
        var named = await CartTables.ProductsNamed(session, cart.Id, key, MaxAmbiguous);
        if (named.Count > 1)
        {
            mistakes.Add(
                index,
                ProblemKind.Invalid,
                $"\"{name}\" is the name of several products; give the product_id of one of them: {string.Join(", ", named.Select(product => product.Id))}");
            return null;
        }

        // Callers confuse the two fields; an id leaves no doubt about what is meant.
        var product = named.Count == 1 ? named[0] : await CartTables.Product(session, cart.Id, key);
        if (product is null)
        {
            mistakes.AddUnknown(index, name);
        }

        return product;
    }

    private void Want(LineProduct product, int index, long quantity)
    {
        var known = _wanted.FindIndex(want => want.Product.Id == product.Id);
        if (known < 0)
        {
            _wanted.Add((product, index, quantity));
        }
        else if (change.Operation == CartOperation.Add)
        {
            _wanted[known] = _wanted[known] with { Quantity = _wanted[known].Quantity + quantity };
        }
        else if (_wanted[known].Quantity != quantity)
        {
            mistakes.Add(
                index,
                ProblemKind.Invalid,
                $"{product.Id} is there twice, with quantity {_wanted[known].Quantity} and {quantity}; say which");
        }
    }

    private void Apply(LineProduct product, int index, long quantity)
    {
        var line = before.FirstOrDefault(line => line.Product.Id == product.Id);
        var target = change.Operation == CartOperation.Add ? (line?.Quantity ?? 0) + quantity : quantity;
        if (target == 0)
        {
            if (line is not null)
            {
                Removed.Add(line);
            }
        }
        else if (IsPossible(product, index, line?.Quantity ?? 0, target))
        {
            var position = line?.Position ?? (before.Count == 0 ? 0 : before[^1].Position + 1) + Saved.Count;
            var after = new CartLine(product, position, target, product.PriceMinor, cart.Currency.Code);
            if (after != line)
            {
                Saved.Add(after);
            }
        }
    }

    private bool IsPossible(LineProduct product, int index, long current, long target)
    {
        var inCart = current > 0 && change.Operation == CartOperation.Add ? $"; {current} {(current == 1 ? "is" : "are")} in the cart already" : "";
        if (product.Retired)
        {
            mistakes.Add(index, ProblemKind.NotFound, $"{product.Name} ({product.Id}) is no longer sold");
        }
        else if (product.Stock <= 0)
        {
            mistakes.Add(index, ProblemKind.OutOfStock, $"{product.Name} ({product.Id}) is sold out");
        }
        else if (target > product.Stock)
        {
            mistakes.Add(index, ProblemKind.OutOfStock, $"{product.Name} ({product.Id}): only {product.Stock} left{inCart}");
        }
        else if (target > options.MaxQuantity)
        {
            mistakes.Add(
                index,
                ProblemKind.Invalid,
                $"{product.Name} ({product.Id}): a line holds at most {options.MaxQuantity}{inCart}, so {Math.Max(0, options.MaxQuantity - current)} more may be added");
        }
        else
        {
            return true;
        }

        return false;
    }

    private List<CartLine> Merge()
    {
        var lines = before.Where(line => !Removed.Contains(line)).ToList();
        foreach (var saved in Saved)
        {
            var at = lines.FindIndex(line => line.Product.Id == saved.Product.Id);
            if (at < 0)
            {
                lines.Add(saved);
            }
            else
            {
                lines[at] = saved;
            }
        }

        return lines;
    }
}
