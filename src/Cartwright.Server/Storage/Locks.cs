namespace Cartwright.Server.Storage;

/// <summary>
/// The locks of writes on PostgreSQL, and their one order: a write takes them from top to bottom, and of one kind in the order of their keys.
/// So writers on different carts never wait for each other, those on one cart take turns, and none wait in a circle. All end with the
/// transaction. On SQLite, where writes come one after the other, nothing is done.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>The schema (<see cref="Migrations"/>); the catalogue being loaded (<see cref="Catalog"/>); a history being loaded
/// (<see cref="SalesLoad"/>); the simulated provider (<see cref="Sandbox"/>, which takes no other).</item>
/// <item>The webhook receipt that is applied: its row, and only while it waits to be applied.</item>
/// <item>A payment transaction, by its id (<see cref="Payment"/>): it may be news of an order that nobody can find yet.</item>
/// <item>A conversation or a global idempotency key, while they may not have a cart yet (<see cref="Conversation"/>, <see cref="Key"/>).</item>
/// <item>The cart's row.</item>
/// <item>The order's row.</item>
/// <item>The products' rows, by id. Then the row of the shop, when a product has sold out or come back.</item>
/// <item>The sales: shared by those who add to them, alone for those who pack or rebuild them (<see cref="Sales"/>); products that were
/// never sold before (<see cref="SoldProducts"/>); then the totals' rows, in the order of their keys.</item>
/// </list>
/// Rows are locked <c>for no key update</c>, as an update does: a line that refers to a product need not wait for who changes its stock.
/// </remarks>
internal static class Locks
{
    // Advisory locks have two numbers: these, and the hash of a key.
    private const long MigrationsKey = 0x43617274;
    private const string Alone = "select pg_advisory_xact_lock(@kind::int, hashtext(@key))";
    private const string Shared = "select pg_advisory_xact_lock_shared(@kind::int, hashtext(@key))";

    public static ValueTask Migrations(DbSession session) => session.IsPostgres
        ? session.Later("select pg_advisory_xact_lock(@key)", ("@key", MigrationsKey))
        : default;

    public static ValueTask Catalog(DbSession session) => Take(session, Alone, 1, "");

    public static ValueTask SalesLoad(DbSession session) => Take(session, Alone, 2, "");

    public static ValueTask Sandbox(DbSession session) => Take(session, Alone, 3, "");

    public static ValueTask Payment(DbSession session, string transactionId) => Take(session, Alone, 4, transactionId);

    /// <summary>Several at once, in the order of their ids.</summary>
    public static async ValueTask Payments(DbSession session, IEnumerable<string> transactionIds)
    {
        foreach (var id in transactionIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            await Payment(session, id);
        }
    }

    public static ValueTask Conversation(DbSession session, string hash) => Take(session, Alone, 5, hash);

    public static ValueTask Key(DbSession session, string key) => Take(session, Alone, 6, key);

    public static ValueTask Cart(DbSession session, string id) => session.IsPostgres
        ? session.Later("select 1 from cart where id = @id for no key update", ("@id", id))
        : default;

    /// <summary>The order's cart, when it is still there, then the order.</summary>
    public static async ValueTask Order(DbSession session, string id)
    {
        if (session.IsPostgres)
        {
            await session.Later("select 1 from cart where id = (select cart_id from orders where id = @id) for no key update", ("@id", id));
            await session.Later("select 1 from orders where id = @id for no key update", ("@id", id));
        }
    }

    /// <summary>All products of a cart and of an order that it has open.</summary>
    public static ValueTask ProductsOf(DbSession session, string cartId, string? orderId) => session.IsPostgres
        ? session.Later(
            """
            select 1 from product where id in
                (select product_id from cart_line where cart_id = @cart union select product_id from order_line where order_id = @order)
            order by id for no key update
            """,
            ("@cart", cartId),
            ("@order", orderId ?? ""))
        : default;

    /// <summary>Every product: nothing is reserved or released meanwhile.</summary>
    public static ValueTask Products(DbSession session) => session.IsPostgres
        ? session.Later("select 1 from product order by id for no key update")
        : default;

    /// <summary>Shared by those who write down sales.</summary>
    public static ValueTask Sales(DbSession session) => Take(session, Shared, 7, "");

    /// <summary>Nobody writes down sales meanwhile.</summary>
    public static ValueTask SalesAlone(DbSession session) => Take(session, Alone, 7, "");

    public static ValueTask SoldProducts(DbSession session) => Take(session, Alone, 8, "");

    private static ValueTask Take(DbSession session, string sql, long kind, string key) => session.IsPostgres
        ? session.Later(sql, ("@kind", kind), ("@key", key))
        : default;
}
