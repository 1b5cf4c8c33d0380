#pragma warning disable MA0025, MA0150, CS9113
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Carts;

/// <summary>The shoppers' carts.</summary>
internal sealed class ShoppingCarts(Database database, ProductCatalog catalog, TimeProvider time, IdSource ids, CartOptions options)
{
    public ValueTask<Result<CartSnapshot>> Add(CartAddress address, IReadOnlyList<CartEntry> items, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException($"{database}{catalog}{time}{ids}{options}");

    public ValueTask<Result<CartSnapshot>> Update(CartAddress address, IReadOnlyList<CartEntry> items, long? expectedVersion = null, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    public ValueTask<Result<CartSnapshot>> Replace(CartAddress address, IReadOnlyList<CartEntry> items, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    public ValueTask<Result<CartSnapshot>> Show(CartAddress address, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    public ValueTask<Result<Swept>> Sweep(CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
