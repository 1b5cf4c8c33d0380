using Cartwright.Server.Storage;

namespace Cartwright.Server.Carts;

/// <summary>What a change has to know besides its cart. It is announced at once, so that on PostgreSQL it comes in one round trip.</summary>
internal sealed class CartQuestions
{
    private readonly Func<ValueTask<List<CartLine>>> _lines;
    private readonly Func<ValueTask<List<KeptAnswer>>>? _kept;
    private readonly Dictionary<string, Func<ValueTask<List<LineProduct>>>> _products = new(StringComparer.Ordinal);

    /// <summary>Announces everything.</summary>
    /// <param name="session">Inside the change's transaction.</param>
    /// <param name="cartId">The cart, whether or not it is there.</param>
    /// <param name="scope">What the idempotency key counts within.</param>
    /// <param name="change">Its key, and the products that it names by id.</param>
    public CartQuestions(DbSession session, string cartId, string scope, CartChange change)
    {
        _kept = change.IdempotencyKey is { } key ? Idempotency.Ahead(session, scope, key) : null;
        _lines = CartTables.LinesAhead(session, cartId);
        foreach (var entry in change.Entries)
        {
            if (entry.ProductId?.Trim() is { Length: > 0 } id && !_products.ContainsKey(id))
            {
                _products.Add(id, CartTables.ProductAhead(session, cartId, id));
            }
        }
    }

    /// <summary>What the same key was answered before.</summary>
    public async ValueTask<KeptAnswer?> Kept() => _kept is null ? null : (await _kept()).FirstOrDefault();

    public ValueTask<List<CartLine>> Lines() => _lines();

    /// <summary>A product that an entry names by id.</summary>
    public async ValueTask<LineProduct?> Product(string id) => (await _products[id]()).FirstOrDefault();
}
