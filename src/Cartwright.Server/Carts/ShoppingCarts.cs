using System.Text.Json;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Carts;

/// <summary>
/// The shoppers' carts. Every call finds its cart, works, and answers with the whole of it, all in one transaction; a call
/// that fails changes nothing.
/// </summary>
internal sealed class ShoppingCarts(Database database, ProductCatalog catalog, TimeProvider time, IdSource ids, CartOptions options)
{
    private const long Hour = 3_600_000; // Milliseconds.

    /// <summary>Adds to what is there; all items or none.</summary>
    public ValueTask<Result<CartSnapshot>> Add(
        CartAddress address, IReadOnlyList<CartEntry> items, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Change(address, new CartChange(CartOperation.Add, items, null, idempotencyKey), cancellation);

    /// <summary>
    /// Sets quantities; 0 removes, and removing what is not in the cart is fine. With an expected version, only if the cart
    /// is still at that one: else Conflict.
    /// </summary>
    public ValueTask<Result<CartSnapshot>> Update(
        CartAddress address,
        IReadOnlyList<CartEntry> items,
        long? expectedVersion = null,
        string? idempotencyKey = null,
        CancellationToken cancellation = default) =>
        Change(address, new CartChange(CartOperation.Update, items, expectedVersion, idempotencyKey), cancellation);

    /// <summary>Makes these the only lines of the cart.</summary>
    public ValueTask<Result<CartSnapshot>> Replace(
        CartAddress address, IReadOnlyList<CartEntry> items, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Change(address, new CartChange(CartOperation.Replace, items, null, idempotencyKey), cancellation);

    /// <summary>The cart as it is. When the call has none yet, an empty one is stored, so that its id works from now on.</summary>
    public async ValueTask<Result<CartSnapshot>> Show(CartAddress address, CancellationToken cancellation = default) =>
        await Read(address, cancellation) is { } shown ? shown : await database.Write(session => Open(session, address), isRepeatable: true, cancellation);

    /// <summary>The cart with this id; null when there is none, or it has expired.</summary>
    public ValueTask<CartSnapshot?> Find(string id, CancellationToken cancellation = default) => Read(new CartAddress(id), cancellation);

    /// <summary>Removes expired carts with all that belongs to them, and answers kept longer than keys live.</summary>
    public async ValueTask<Result<Swept>> Sweep(CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        var keys = await database.Sweep("idempotency", "scope, key", "created_at", now - options.KeyLifetime, cancellation);
        if (!keys.Ok)
        {
            return keys.Problem;
        }

        // Lines and conversations go with their cart. Its kept answers live on for what is left of their time: without the
        // cart no call reaches them.
        var carts = await database.Sweep("cart", "id", "expires_at", now, cancellation);
        return carts.Ok ? new Swept(carts.Value, keys.Value) : carts.Problem;
    }

    private ValueTask<CartSnapshot?> Read(CartAddress address, CancellationToken cancellation) => database.Read(
        async session => await CartTables.Find(session, address, Now()) is { } cart ? cart.Show(await CartTables.Lines(session, cart.Id)) : null,
        cancellation);

    private async ValueTask<Result<CartSnapshot>> Open(DbSession session, CartAddress address)
    {
        var found = await FindOrMake(session, address, key: null);
        if (!found.Ok)
        {
            return found.Problem;
        }

        var cart = found.Value;
        if (!cart.IsNew)
        {
            // Someone was faster.
            return cart.Show(await CartTables.Lines(session, cart.Id));
        }

        await CartTables.Insert(session, cart, address, Expiry());
        return cart.Show([]);
    }

    private async ValueTask<Result<CartSnapshot>> Change(CartAddress address, CartChange change, CancellationToken cancellation)
    {
        if ((CheckEntries(change) ?? Idempotency.Check(change.IdempotencyKey, address)) is { } problem)
        {
            return problem;
        }

        var mistakes = new EntryMistakes();
        var requestHash = change.IdempotencyKey is null ? "" : Idempotency.Hash(change);
        var answer = await database.Write(
            session => Change(session, address, change, requestHash, mistakes = new EntryMistakes()), isRepeatable: change.IdempotencyKey is not null, cancellation);
        return mistakes.Any ? await mistakes.AsProblem(catalog, change.Entries.Count, cancellation) : answer;
    }

    private Problem? CheckEntries(CartChange change) => change.Entries.Count switch
    {
        0 => Problem.Invalid("items is empty: name at least one product."),
        // Each line may be named more than once, but there is an end to it.
        var count when count > 4 * options.MaxLines => Problem.Invalid($"items has {count} entries: a cart holds at most {options.MaxLines} lines."),
        _ => null,
    };

    private async ValueTask<Result<CartSnapshot>> Change(
        DbSession session, CartAddress address, CartChange change, string requestHash, EntryMistakes mistakes)
    {
        // A cart whose id is known brings along what else is needed; a cart that has to be found first cannot.
        var questions = address.CartId is { } id ? new CartQuestions(session, id, id, change) : null;
        var found = await FindOrMake(session, address, change.IdempotencyKey);
        if (!found.Ok)
        {
            return found.Problem;
        }

        var cart = found.Value;
        var scope = Idempotency.IsGlobal(address) ? Idempotency.Global : cart.Id;
        questions ??= new CartQuestions(session, cart.Id, scope, change);
        if ((await questions.Kept())?.To(requestHash) is { } answered)
        {
            return answered.Ok ? JsonSerializer.Deserialize(answered.Value, CartJson.Default.CartSnapshot)! : answered.Problem;
        }

        if (change.ExpectedVersion is { } expected && expected != cart.Version)
        {
            return Problem.Conflict(
                $"The cart is at version {cart.Version}, not {expected}: look at it with show_cart, then repeat what is still wanted with expected_version {cart.Version}.");
        }

        var lines = cart.IsNew ? [] : await questions.Lines();
        var changes = new LineChanges(change, cart, questions, lines, options, mistakes);
        await changes.WorkOut(session);
        if (mistakes.Any)
        {
            // Only undoes the work: the caller words the real problem from the mistakes.
            return Problem.Invalid("Nothing was changed.");
        }

        var snapshot = (await Save(session, cart, address, changes)).Show(changes.After);
        if (change.IdempotencyKey is not null)
        {
            var response = JsonSerializer.Serialize(snapshot, CartJson.Default.CartSnapshot);
            await Idempotency.Keep(session, scope, change.IdempotencyKey, requestHash, response, Now());
        }

        return snapshot;
    }

    private async ValueTask<Cart> Save(DbSession session, Cart before, CartAddress address, LineChanges changes)
    {
        var cart = changes.Any ? before with { Version = before.Version + 1 } : before;
        if (cart.IsNew)
        {
            await CartTables.Insert(session, cart, address, Expiry());
        }
        else if (changes.Any)
        {
            await CartTables.Update(session, cart, Expiry());
        }

        foreach (var line in changes.Removed)
        {
            await CartTables.Remove(session, cart.Id, line.Product.Id);
        }

        foreach (var line in changes.Saved)
        {
            await CartTables.Save(session, cart.Id, line);
        }

        return cart;
    }

    /// <summary>From here on, no other call changes the cart, or makes another for the same conversation or key.</summary>
    private async ValueTask<Result<Cart>> FindOrMake(DbSession session, CartAddress address, string? key)
    {
        if (key is not null && Idempotency.IsGlobal(address))
        {
            await Locks.Key(session, key);
        }

        if (await CartTables.FindToChange(session, address, Now()) is { } cart)
        {
            return cart;
        }

        if (address.CartId is { } id)
        {
            return Problem.NotFound($"There is no cart \"{id}\", or it has expired: leave out cart_id to start a new cart.");
        }

        return await CartTables.StoreCurrency(session) is { } currency
            ? new Cart(ids.Next("cart_"), 0, currency, IsNew: true)
            : ProductCatalog.NotLoaded();
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// When a cart that is changed now expires: after its lifetime, at the next full hour. The column is indexed, and most changes leave it as it is:
    /// then the index need not be written, and PostgreSQL changes the row within its page.
    /// </summary>
    private long Expiry() => ((time.GetUtcNow() + options.Lifetime).ToUnixTimeMilliseconds() + Hour - 1) / Hour * Hour;
}
