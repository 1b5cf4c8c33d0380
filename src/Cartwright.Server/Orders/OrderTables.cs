using Cartwright.Server.Storage;

namespace Cartwright.Server.Orders;

/// <summary>The SQL of orders.</summary>
internal static class OrderTables
{
    private const string OpenOfCart = $"select {Order.Columns} from orders o where o.cart_id = @cart and o.is_open = 1";

    public static ValueTask<Order?> Find(DbSession session, string id) =>
        session.First($"select {Order.Columns} from orders o where o.id = @id", Order.Read, ("@id", id));

    public static ValueTask<Order?> FindByToken(DbSession session, string token) =>
        session.First($"select {Order.Columns} from orders o where o.token = @token", Order.Read, ("@token", token));

    public static ValueTask<Order?> FindBySession(DbSession session, string sessionId) =>
        session.First($"select {Order.Columns} from orders o where o.session_id = @session", Order.Read, ("@session", sessionId));

    /// <summary>The same inside a write that holds the cart: until its end, nobody else changes the order.</summary>
    public static ValueTask<Order?> FindOpenToChange(DbSession session, string cartId) => session.First(
        session.IsPostgres ? OpenOfCart + " for no key update" : OpenOfCart, Order.Read, ("@cart", cartId));

    /// <summary>The order inside a write: until its end, nobody else changes it or its cart.</summary>
    public static async ValueTask<Order?> FindToChange(DbSession session, string id)
    {
        await Locks.Order(session, id);
        return await Find(session, id);
    }

    /// <summary>Newest first; of one state, or of all.</summary>
    public static ValueTask<List<Order>> List(DbSession session, string? state, long limit) => session.Query(
        $"select {Order.Columns} from orders o where @state = '' or o.state = @state order by o.created_at desc, o.id limit @limit",
        Order.Read,
        ("@state", state ?? ""),
        ("@limit", limit));

    /// <summary>By the end of the id, which is what people have of it.</summary>
    public static ValueTask<List<Order>> FindByReference(DbSession session, string tail) => session.Query(
        $"select {Order.Columns} from orders o where o.id like @pattern order by o.created_at desc limit 10",
        Order.Read,
        ("@pattern", $"%{tail}"));

    public static async ValueTask Insert(DbSession session, Order order, IReadOnlyList<OrderLine> lines)
    {
        await session.Later(
            """
            insert into orders (id, token, cart_id, state, is_open, lapsed, stock, currency, country, amount_minor, captured_minor,
                refunded_minor, provider, environment, content, captures_later, version, created_at, expires_at, updated_at, check_at, checks)
            values (@id, @token, @cart, @state, 1, 0, @stock, @currency, @country, @amount, 0,
                0, @provider, @environment, @content, @later, @version, @created, @expires, @updated, @check, 0)
            """,
            ("@id", order.Id),
            ("@token", order.Token),
            ("@cart", order.CartId),
            ("@state", OrderNames.Of(order.State)),
            ("@stock", OrderNames.Of(order.Stock)),
            ("@currency", order.Currency.Code),
            ("@country", order.Country),
            ("@amount", order.AmountMinor),
            ("@provider", order.Provider),
            ("@environment", order.Environment),
            ("@content", order.Content),
            ("@later", order.CapturesLater ? 1 : 0),
            ("@version", order.Version),
            ("@created", order.CreatedAt),
            ("@expires", order.ExpiresAt),
            ("@updated", order.UpdatedAt),
            ("@check", order.CheckAt));
        foreach (var (position, line) in lines.Index())
        {
            await session.Later(
                """
                insert into order_line (order_id, position, product_id, name, image, price_minor, quantity)
                values (@order, @position, @product, @name, @image, @price, @quantity)
                """,
                ("@order", order.Id),
                ("@position", position),
                ("@product", line.ProductId),
                ("@name", line.Name),
                ("@image", line.Image),
                ("@price", line.PriceMinor),
                ("@quantity", line.Quantity));
        }
    }

    /// <summary>
    /// Writes what can change. Guarded by the version that was read: a write in between would be a bug of the storage. An order whose cart
    /// has another open one by now stays beside it.
    /// </summary>
    public static async ValueTask<Order> Update(DbSession session, Order order, long now)
    {
        var after = order with { Version = order.Version + 1, UpdatedAt = now };
        var updated = await session.Execute(
            """
            update orders set state = @state, lapsed = @lapsed,
                is_open = case when @open = 1 and not exists (select 1 from orders other
                    where other.cart_id = orders.cart_id and other.is_open = 1 and other.id <> orders.id) then 1 else 0 end,
                stock = @stock, captured_minor = @captured, refunded_minor = @refunded, session_id = @session, buyer = @buyer, version = @version, expires_at = @expires,
                updated_at = @updated, paid_at = @paid, completed_at = @completed, check_at = @check, checks = @checks
            where id = @id and version = @version - 1
            """,
            ("@state", OrderNames.Of(after.State)),
            ("@lapsed", after.Lapsed ? 1 : 0),
            ("@open", OrderRules.IsOpen(after) ? 1 : 0),
            ("@stock", OrderNames.Of(after.Stock)),
            ("@captured", after.CapturedMinor),
            ("@refunded", after.RefundedMinor),
            ("@session", after.SessionId),
            ("@buyer", after.Buyer),
            ("@version", after.Version),
            ("@expires", after.ExpiresAt),
            ("@updated", after.UpdatedAt),
            ("@paid", after.PaidAt),
            ("@completed", after.CompletedAt),
            ("@check", after.CheckAt),
            ("@checks", after.Checks),
            ("@id", after.Id));
        return updated == 1
            ? after
            : throw new InvalidOperationException($"Another write came between reading and writing version {order.Version} of an order.");
    }

    public static ValueTask<List<OrderLine>> Lines(DbSession session, string orderId) => session.Query(
        "select product_id, name, image, price_minor, quantity from order_line where order_id = @order order by position",
        row => new OrderLine(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetInt64(3), row.GetInt64(4)),
        ("@order", orderId));

    public static ValueTask<List<Attempt>> Attempts(DbSession session, string orderId) => session.Query(
        """
        select transaction_id, status, updated_at, captured_minor, refunded_minor, method, error_code
        from order_attempt where order_id = @order order by updated_at, transaction_id
        """,
        row => new Attempt(
            row.GetString(0),
            row.GetString(1),
            row.GetInt64(2),
            row.GetInt64(3),
            row.GetInt64(4),
            row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? null : row.GetString(6)),
        ("@order", orderId));

    public static ValueTask Save(DbSession session, string orderId, Attempt attempt) => session.Later(
        """
        insert into order_attempt (transaction_id, order_id, status, captured_minor, refunded_minor, updated_at, method, error_code)
        values (@id, @order, @status, @captured, @refunded, @updated, @method, @error)
        on conflict (transaction_id) do update set status = excluded.status, captured_minor = excluded.captured_minor,
            refunded_minor = excluded.refunded_minor, updated_at = excluded.updated_at, method = excluded.method,
            error_code = excluded.error_code
        """,
        ("@id", attempt.TransactionId),
        ("@order", orderId),
        ("@status", attempt.Status),
        ("@captured", attempt.CapturedMinor),
        ("@refunded", attempt.RefundedMinor),
        ("@updated", attempt.UpdatedAt),
        ("@method", attempt.Method),
        ("@error", attempt.ErrorCode));

    /// <summary>The order that a transaction was a try for.</summary>
    public static ValueTask<Order?> FindByTransaction(DbSession session, string transactionId) => session.First(
        $"select {Order.Columns} from order_attempt a join orders o on o.id = a.order_id where a.transaction_id = @id",
        Order.Read,
        ("@id", transactionId));

    public static ValueTask<List<OrderRefund>> Refunds(DbSession session, string orderId) => session.Query(
        "select id, transaction_id, amount_minor, status, updated_at from order_refund where order_id = @order order by updated_at, id",
        row => new OrderRefund(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4)),
        ("@order", orderId));

    public static ValueTask Save(DbSession session, string orderId, OrderRefund refund) => session.Later(
        """
        insert into order_refund (id, order_id, transaction_id, amount_minor, status, updated_at)
        values (@id, @order, @transaction, @amount, @status, @updated)
        on conflict (id) do update set amount_minor = excluded.amount_minor, status = excluded.status, updated_at = excluded.updated_at
        """,
        ("@id", refund.Id),
        ("@order", orderId),
        ("@transaction", refund.TransactionId),
        ("@amount", refund.AmountMinor),
        ("@status", refund.Status),
        ("@updated", refund.UpdatedAt));

    /// <summary>Adds to the audit trail. What was noted already, word for word, is not noted again.</summary>
    public static ValueTask Note(DbSession session, string orderId, OrderState from, OrderState to, string cause, long now) => session.Later(
        """
        insert into order_event (order_id, number, at, from_state, to_state, cause)
        select @order, coalesce(max(number), 0) + 1, @now, @from, @to, @cause from order_event where order_id = @order
        having @from <> @to or not exists
            (select 1 from order_event e where e.order_id = @order and e.from_state = @from and e.to_state = @to and e.cause = @cause)
        """,
        ("@order", orderId),
        ("@now", now),
        ("@from", OrderNames.Of(from)),
        ("@to", OrderNames.Of(to)),
        ("@cause", cause));

    public static ValueTask<List<OrderEvent>> Events(DbSession session, string orderId) => session.Query(
        "select number, at, from_state, to_state, cause from order_event where order_id = @order order by number",
        row => new OrderEvent(
            row.GetInt64(0), row.GetInt64(1), OrderNames.State(row.GetString(2)), OrderNames.State(row.GetString(3)), row.GetString(4)),
        ("@order", orderId));

    /// <summary>How many pieces of each product are set aside for orders.</summary>
    public static async ValueTask<Dictionary<string, long>> Reserved(DbSession session) => (await session.Query(
        "select l.product_id, sum(l.quantity) from orders o join order_line l on l.order_id = o.id where o.stock = 'reserved' group by l.product_id",
        row => (Id: row.GetString(0), Pieces: row.GetInt64(1)))).ToDictionary(row => row.Id, row => row.Pieces, StringComparer.Ordinal);

    /// <summary>
    /// Takes the pieces of an order out of what is for sale, once (or puts them back: -1 times); nothing where stock is not limited.
    /// </summary>
    public static async ValueTask MoveStock(DbSession session, IEnumerable<OrderLine> lines, int times)
    {
        var turned = false;
        foreach (var line in lines.OrderBy(line => line.ProductId, StringComparer.Ordinal))
        {
            var quantity = times * line.Quantity;
            var left = await session.Integer(
                "update product set stock = stock - @quantity where id = @id and stock is not null returning stock",
                ("@quantity", quantity),
                ("@id", line.ProductId));
            turned |= left is { } after && (after > 0) != (after + quantity > 0);
        }

        if (turned)
        {
            // Lists say only whether something is in stock, and are kept by this version.
            await session.Later("update store set catalog_version = catalog_version + 1");
        }
    }
}
