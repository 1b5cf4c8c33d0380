using Cartwright.Server.Storage;

namespace Cartwright.Server.Payments.Sandbox;

/// <summary>A transaction of the simulated provider. Amounts are minor units, times Unix milliseconds.</summary>
internal sealed record SandboxTransaction(
    string Id,
    string OrderId,
    string? SessionId,
    long AmountMinor,
    string Currency,
    string Status,
    string? ErrorCode,
    long CapturedMinor,
    long RefundedMinor,
    long CreatedAt,
    long UpdatedAt)
{
    /// <summary>Whether it still may take, or has taken, the money: then there is no second one for the order.</summary>
    public bool IsAlive => Status is not (TransactionStatus.AuthorizationDeclined or TransactionStatus.AuthorizationFailed or TransactionStatus.AuthorizationVoided);

    public PaymentTransaction Show() => new(
        Id,
        Status,
        AmountMinor,
        Currency,
        DateTimeOffset.FromUnixTimeMilliseconds(UpdatedAt),
        AuthorizedAmount: Status is TransactionStatus.AuthorizationSucceeded or TransactionStatus.CapturePending or TransactionStatus.CaptureSucceeded ? AmountMinor : 0,
        CapturedAmount: CapturedMinor,
        RefundedAmount: RefundedMinor,
        ExternalIdentifier: OrderId,
        Metadata: new Dictionary<string, string>(StringComparer.Ordinal) { ["order_id"] = OrderId },
        CheckoutSessionId: SessionId,
        MerchantAccountId: SandboxProvider.Account,
        Method: "simulated",
        ErrorCode: ErrorCode);
}

/// <summary>Something that will happen to a transaction by itself.</summary>
internal sealed record SandboxStep(string TransactionId, long Number, long DueAt, string Status, string? ErrorCode, bool IsTold);

/// <summary>A webhook on its way.</summary>
internal sealed record SandboxDelivery(string Id, byte[] Body, long Tries);

/// <summary>The SQL of the simulated provider.</summary>
internal static class SandboxTables
{
    private const string Columns =
        "id, order_id, session_id, amount_minor, currency, status, error_code, captured_minor, refunded_minor, created_at, updated_at";

    public static ValueTask<List<SandboxTransaction>> OfOrder(DbSession session, string orderId) => session.Query(
        $"select {Columns} from sandbox_transaction where order_id = @order order by created_at, id", Read, ("@order", orderId));

    public static ValueTask<SandboxTransaction?> Find(DbSession session, string id) =>
        session.First($"select {Columns} from sandbox_transaction where id = @id", Read, ("@id", id));

    public static ValueTask Save(DbSession session, SandboxTransaction transaction) => session.Later(
        $"""
        insert into sandbox_transaction ({Columns})
        values (@id, @order, @session, @amount, @currency, @status, @error, @captured, @refunded, @created, @updated)
        on conflict (id) do update set status = excluded.status, error_code = excluded.error_code,
            captured_minor = excluded.captured_minor, refunded_minor = excluded.refunded_minor, updated_at = excluded.updated_at
        """,
        ("@id", transaction.Id),
        ("@order", transaction.OrderId),
        ("@session", transaction.SessionId),
        ("@amount", transaction.AmountMinor),
        ("@currency", transaction.Currency),
        ("@status", transaction.Status),
        ("@error", transaction.ErrorCode),
        ("@captured", transaction.CapturedMinor),
        ("@refunded", transaction.RefundedMinor),
        ("@created", transaction.CreatedAt),
        ("@updated", transaction.UpdatedAt));

    public static ValueTask Plan(DbSession session, SandboxStep step) => session.Later(
        """
        insert into sandbox_step (transaction_id, number, due_at, status, error_code, is_told)
        values (@transaction, @number, @due, @status, @error, @told)
        """,
        ("@transaction", step.TransactionId),
        ("@number", step.Number),
        ("@due", step.DueAt),
        ("@status", step.Status),
        ("@error", step.ErrorCode),
        ("@told", step.IsTold ? 1 : 0));

    public static ValueTask<List<SandboxStep>> Due(DbSession session, long now) => session.Query(
        """
        select transaction_id, number, due_at, status, error_code, is_told from sandbox_step
        where due_at <= @now order by due_at, transaction_id, number limit 100
        """,
        row => new SandboxStep(
            row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetInt64(5) == 1),
        ("@now", now));

    public static ValueTask Done(DbSession session, SandboxStep step) => session.Later(
        "delete from sandbox_step where transaction_id = @transaction and number = @number",
        ("@transaction", step.TransactionId),
        ("@number", step.Number));

    public static ValueTask Post(DbSession session, string id, byte[] body, long now) => session.Later(
        """
        insert into sandbox_delivery (id, number, body, due_at, tries)
        select @id, coalesce(max(number), 0) + 1, @body, @now, 0 from sandbox_delivery
        """,
        ("@id", id),
        ("@body", body),
        ("@now", now));

    public static ValueTask<List<SandboxDelivery>> ToDeliver(DbSession session, long now) => session.Query(
        "select id, body, tries from sandbox_delivery where due_at <= @now order by number limit 20",
        row => new SandboxDelivery(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2)),
        ("@now", now));

    /// <summary>Takes a delivery on until a time, so that no other instance sends it meanwhile; false when another was faster.</summary>
    public static async ValueTask<bool> Claim(DbSession session, string id, long now, long until) => await session.Execute(
        "update sandbox_delivery set due_at = @until where id = @id and due_at <= @now", ("@until", until), ("@id", id), ("@now", now)) == 1;

    public static async ValueTask Delivered(DbSession session, string id) =>
        await session.Execute("delete from sandbox_delivery where id = @id", ("@id", id));

    public static async ValueTask Postpone(DbSession session, string id, long until) => await session.Execute(
        "update sandbox_delivery set tries = tries + 1, due_at = @until where id = @id", ("@until", until), ("@id", id));

    private static SandboxTransaction Read(System.Data.Common.DbDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetInt64(3),
        row.GetString(4),
        row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6),
        row.GetInt64(7),
        row.GetInt64(8),
        row.GetInt64(9),
        row.GetInt64(10));
}
