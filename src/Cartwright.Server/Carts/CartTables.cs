using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Cartwright.Server.Orders;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Carts;

/// <summary>The SQL of carts: cart, conversation, cart_line. Times are Unix milliseconds.</summary>
internal static class CartTables
{
    private const string ProductById = $"select {LineProduct.Columns} from product p where p.id = @id";
    private const string ProductsByName =
        $"select {LineProduct.Columns} from product p where p.name_key = @key and p.retired = 0 order by p.id limit @limit";

    private const string LinesOfCart =
        $"select {CartLine.Columns} from cart_line l join product p on p.id = l.product_id where l.cart_id = @cart order by l.position";

    private const string CartById = "select c.id, c.version, s.currency from cart c cross join store s where c.id = @id and c.expires_at > @now";

    // A cart that was made without a subject is the conversation's alone; '' sorts below every hash.
    private const string CartOfConversation = """
        select c.id, c.version, s.currency
        from conversation v join cart c on c.id = v.cart_id cross join store s
        where v.conversation = @conversation and v.subject in (@subject, '') and c.expires_at > @now
        order by v.subject desc limit 1
        """;

    // Waits for whoever changes the cart, and gives what they made of it.
    private const string Locked = " for no key update of c";

    /// <summary>The cart of a call, if it has one that has not expired.</summary>
    public static ValueTask<Cart?> Find(DbSession session, CartAddress address, long now) => Find(session, address, now, CartById, CartOfConversation);

    /// <summary>The same inside a write: until its end, nobody else changes the cart, or makes one for the same conversation.</summary>
    public static async ValueTask<Cart?> FindToChange(DbSession session, CartAddress address, long now)
    {
        if (!session.IsPostgres)
        {
            return await Find(session, address, now);
        }

        if (address is { CartId: null, Conversation: { Length: > 0 } conversation })
        {
            await Locks.Conversation(session, Hash(conversation));
        }

        return await Find(session, address, now, CartById + Locked, CartOfConversation + Locked);
    }

    private static ValueTask<Cart?> Find(DbSession session, CartAddress address, long now, string byId, string ofConversation)
    {
        if (address.CartId is { } id)
        {
            return session.First(byId, Read, ("@id", id), ("@now", now));
        }

        return address.Conversation is not { Length: > 0 } conversation ? default : session.First(
            ofConversation,
            Read,
            ("@conversation", Hash(conversation)),
            ("@subject", SubjectHash(address)),
            ("@now", now));

        static Cart Read(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), Currency.Find(row.GetString(2)).Value);
    }

    /// <summary>The currency of new carts; null before the first catalogue.</summary>
    public static async ValueTask<Currency?> StoreCurrency(DbSession session) =>
        await session.First("select currency from store", row => row.GetString(0)) is { } code ? Currency.Find(code).Value : null;

    /// <summary>Stores a new cart, and makes it the one that its conversation finds.</summary>
    public static async ValueTask Insert(DbSession session, Cart cart, CartAddress address, long expiresAt)
    {
        await session.Later(
            "insert into cart (id, version, expires_at) values (@id, @version, @expires_at)",
            ("@id", cart.Id),
            ("@version", cart.Version),
            ("@expires_at", expiresAt));
        if (address.Conversation is { Length: > 0 } conversation)
        {
            await session.Later(
                """
                insert into conversation (conversation, subject, cart_id) values (@conversation, @subject, @cart)
                on conflict (conversation, subject) do update set cart_id = excluded.cart_id
                """,
                ("@conversation", Hash(conversation)),
                ("@subject", SubjectHash(address)),
                ("@cart", cart.Id));
        }
    }

    /// <summary>Counts the version on from the one that was read: a write in between would be a bug of the storage.</summary>
    public static async ValueTask Update(DbSession session, Cart cart, long expiresAt)
    {
        const string Sql = "update cart set version = @version, expires_at = @expires_at where id = @id and version = @version - 1";
        (string, object?) version = ("@version", cart.Version), expires = ("@expires_at", expiresAt), id = ("@id", cart.Id);
        if (session.IsPostgres)
        {
            // The row is locked since it was read.
            await session.Later(Sql, version, expires, id);
        }
        else if (await session.Execute(Sql, version, expires, id) != 1)
        {
            throw new InvalidOperationException($"Another write came between reading and writing version {cart.Version} of a cart.");
        }

        session.Tell(Notices.Cart, cart.Id);
    }

    public static ValueTask<List<CartLine>> Lines(DbSession session, string cartId) =>
        session.Query(LinesOfCart, CartLine.Read, ("@cart", cartId));

    /// <summary>Announces the question for the lines.</summary>
    public static Func<ValueTask<List<CartLine>>> LinesAhead(DbSession session, string cartId) =>
        session.Ahead(LinesOfCart, CartLine.Read, ("@cart", cartId));

    public static ValueTask Save(DbSession session, string cartId, CartLine line) => session.Later(
        """
        insert into cart_line (cart_id, product_id, position, quantity, seen_price_minor, seen_currency)
        values (@cart, @product, @position, @quantity, @price, @currency)
        on conflict (cart_id, product_id) do update set
            quantity = excluded.quantity, seen_price_minor = excluded.seen_price_minor, seen_currency = excluded.seen_currency
        """,
        ("@cart", cartId),
        ("@product", line.Product.Id),
        ("@position", line.Position),
        ("@quantity", line.Quantity),
        ("@price", line.SeenPriceMinor),
        ("@currency", line.SeenCurrency));

    public static ValueTask Remove(DbSession session, string cartId, string productId) => session.Later(
        "delete from cart_line where cart_id = @cart and product_id = @product",
        ("@cart", cartId),
        ("@product", productId));

    /// <summary>Takes what was bought out of a cart; more of it, or other things, that the shopper has added since stay. Nothing when the cart is gone.</summary>
    public static async ValueTask TakeOut(DbSession session, string cartId, IReadOnlyList<OrderLine> bought)
    {
        var changed = 0;
        foreach (var line in bought)
        {
            changed += await session.Execute(
                "delete from cart_line where cart_id = @cart and product_id = @product and quantity <= @quantity",
                ("@cart", cartId),
                ("@product", line.ProductId),
                ("@quantity", line.Quantity));
            changed += await session.Execute(
                "update cart_line set quantity = quantity - @quantity where cart_id = @cart and product_id = @product and quantity > @quantity",
                ("@quantity", line.Quantity),
                ("@cart", cartId),
                ("@product", line.ProductId));
        }

        if (changed > 0)
        {
            await session.Later("update cart set version = version + 1 where id = @cart", ("@cart", cartId));
            session.Tell(Notices.Cart, cartId);
        }
    }

    public static ValueTask<LineProduct?> Product(DbSession session, string cartId, string id) =>
        session.First(ProductById, LineProduct.Read, ("@cart", cartId), ("@id", id));

    /// <summary>Announces the question for a product.</summary>
    public static Func<ValueTask<List<LineProduct>>> ProductAhead(DbSession session, string cartId, string id) =>
        session.Ahead(ProductById, LineProduct.Read, ("@cart", cartId), ("@id", id));

    public static ValueTask<List<LineProduct>> ProductsNamed(DbSession session, string cartId, string nameKey, int limit) =>
        session.Query(ProductsByName, LineProduct.Read, ("@cart", cartId), ("@key", nameKey), ("@limit", limit));

    private static string SubjectHash(CartAddress address) => address.Subject is { Length: > 0 } subject ? Hash(subject) : "";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
