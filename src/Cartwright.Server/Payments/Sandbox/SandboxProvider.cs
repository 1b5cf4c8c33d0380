using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Payments.Sandbox;

/// <summary>How a simulated payment ends; the buttons of the checkout page.</summary>
internal enum SandboxOutcome
{
    Approve,
    Decline,

    /// <summary>The buyer's bank asks for a confirmation first.</summary>
    Approval,

    /// <summary>Takes a while: pending, then captured.</summary>
    Pending,

    /// <summary>No answer and no webhook; the provider gives up a little later, which only asking it reveals.</summary>
    Timeout,
}

/// <summary>
/// Plays Gr4vy, without an account, a network or a card: the same embed tokens (of a generated key), the same statuses, and webhooks that
/// take the same way in. Its transactions are in tables of its own; the shop learns of them only as it would from Gr4vy.
/// </summary>
internal sealed class SandboxProvider(Database database, TokenIssuer tokens, IdSource ids, TimeProvider time, bool capturesLater) : IPaymentProvider
{
    public const string Account = "default";
    private const string Id = "sandbox";

    // How long the simulated bank takes, in milliseconds.
    private const long PendingTime = 3_000;
    private const long TimeoutTime = 5_000;

    // Amounts with which Gr4vy's own card simulator fails ("Mock card" page): good for tests of any client.
    private static readonly Dictionary<long, string> FailingAmounts = new()
    {
        [200005] = "expired_payment_method",
        [200009] = "incorrect_cvv",
        [200011] = "insufficient_funds",
        [200012] = "issuer_decline",
        [200017] = "suspected_fraud",
        [300002] = "invalid_amount",
    };

    private Action? _posted;

    public string Name => ProviderNames.Sandbox;

    public string Environment => "sandbox";

    public string MerchantAccountId => Account;

    /// <summary>Has the function called when there is something to deliver.</summary>
    public void OnPosted(Action posted) => _posted = posted;

    public ValueTask<Result<PaymentStart>> Begin(PaymentRequest request, CancellationToken cancellation)
    {
        var session = request.SessionId ?? Uuid.Random(ids);
        var claims = new EmbedClaims(
            request.AmountMinor,
            request.Currency,
            Account,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["order_id"] = request.OrderId },
            [.. request.Items.Select(item => new EmbedItem(item.Name, item.Quantity, item.UnitAmountMinor, item.ProductId))]);
        var token = tokens.Embed(claims, session);
        return ValueTask.FromResult<Result<PaymentStart>>(new PaymentStart(
            session, new EmbedSettings(token, Id, Environment, request.Currency, request.Country, Account, request.AmountMinor)));
    }

    /// <summary>Pays what the embed token pins, as Gr4vy's form would. Twice for one order, while the first lives, is once.</summary>
    public async ValueTask<Result<bool>> Pay(string embedToken, SandboxOutcome outcome, CancellationToken cancellation)
    {
        var read = tokens.Read(embedToken);
        if (!read.Ok)
        {
            return read.Problem;
        }

        var claims = read.Value;
        if (claims is not { Amount: { } amount, Currency: { } currency, Metadata: { } metadata } || metadata.GetValueOrDefault("order_id") is not { } orderId)
        {
            return Problem.Invalid("The token pins no order and no amount.");
        }

        return await Act<bool>(
            async session =>
            {
                if ((await SandboxTables.OfOrder(session, orderId)).Exists(transaction => transaction.IsAlive))
                {
                    return false;
                }

                var now = Now();
                var begun = new SandboxTransaction(
                    Uuid.Random(ids), orderId, claims.CheckoutSessionId, amount, currency, TransactionStatus.Processing, null, 0, 0, now, now);
                await Begin(session, begun, outcome, FailingAmounts.GetValueOrDefault(amount));
                return true;
            },
            cancellation);
    }

    /// <summary>What the buyer answers to the simulated bank; false when it does not ask.</summary>
    public ValueTask<Result<bool>> Confirm(string orderId, bool isConfirmed, CancellationToken cancellation) => Act<bool>(
        async session =>
        {
            var asked = (await SandboxTables.OfOrder(session, orderId)).Find(transaction => transaction.Status == TransactionStatus.BuyerApprovalPending);
            if (asked is null)
            {
                return false;
            }

            if (isConfirmed)
            {
                await Authorize(session, asked);
            }
            else
            {
                await Move(session, asked, TransactionStatus.AuthorizationDeclined, "cancelled_buyer_approval", isTold: true);
            }

            return true;
        },
        cancellation);

    public async ValueTask<Result<IReadOnlyList<PaymentTransaction>>> Find(string orderId, CancellationToken cancellation)
    {
        var found = await database.ReadOne(session => SandboxTables.OfOrder(session, orderId), cancellation);
        return found.ConvertAll(transaction => transaction.Show());
    }

    public ValueTask<Result<PaymentTransaction>> Capture(string transactionId, string idempotencyKey, CancellationToken cancellation) => Act<PaymentTransaction>(
        async session => await SandboxTables.Find(session, transactionId) switch
        {
            { Status: TransactionStatus.CaptureSucceeded } captured => captured.Show(),
            { Status: TransactionStatus.AuthorizationSucceeded } authorized =>
                (await Move(session, authorized, TransactionStatus.CaptureSucceeded, null, isTold: true)).Show(),
            { } other => Problem.Conflict($"The payment is {other.Status} and cannot be captured."),
            null => Problem.NotFound("The provider does not know this payment."),
        },
        cancellation);

    public ValueTask<Result<PaymentRefund>> Refund(string transactionId, long amountMinor, string reference, CancellationToken cancellation) => Act<PaymentRefund>(
        async session =>
        {
            if (await SandboxTables.Find(session, transactionId) is not { Status: TransactionStatus.CaptureSucceeded } transaction)
            {
                return Problem.Conflict("The payment was not captured, so that there is nothing to give back.");
            }

            var known = await session.First(
                "select id, amount_minor, updated_at from sandbox_refund where reference = @reference",
                row => new PaymentRefund(
                    row.GetString(0),
                    transactionId,
                    RefundStatus.Succeeded,
                    row.GetInt64(1),
                    transaction.Currency,
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
                    reference,
                    transaction.OrderId),
                ("@reference", reference));
            if (known is not null)
            {
                return known;
            }

            if (amountMinor > transaction.CapturedMinor - transaction.RefundedMinor)
            {
                return Problem.Conflict("That is more than is left of the payment.");
            }

            var now = Now();
            var refund = new PaymentRefund(
                Uuid.Random(ids), transactionId, RefundStatus.Succeeded, amountMinor, transaction.Currency,
                DateTimeOffset.FromUnixTimeMilliseconds(now), reference, transaction.OrderId);
            await session.Execute(
                "insert into sandbox_refund (reference, id, transaction_id, amount_minor, updated_at) values (@reference, @id, @transaction, @amount, @now)",
                ("@reference", reference),
                ("@id", refund.Id),
                ("@transaction", transactionId),
                ("@amount", amountMinor),
                ("@now", now));
            await SandboxTables.Save(session, transaction with { RefundedMinor = transaction.RefundedMinor + amountMinor, UpdatedAt = Later(transaction) });
            await Post(session, "refund.succeeded", WebhookEvent.RefundType, refund.Id, null, refund);
            return refund;
        },
        cancellation);

    /// <summary>Does what is due by itself. Calls nobody: whoever asks delivers next, and would otherwise call itself without end.</summary>
    public async ValueTask<Result<int>> DoDue(CancellationToken cancellation)
    {
        // Instances that look at the same time wait for each other only when there is something to do.
        if (database.IsPostgres && (await database.ReadOne(session => SandboxTables.Due(session, Now()), cancellation)).Count == 0)
        {
            return 0;
        }

        return await database.Write<int>(DoDue, isRepeatable: true, cancellation);
    }

    private async ValueTask<Result<int>> DoDue(DbSession session)
    {
        await Locks.Sandbox(session);
        var due = await SandboxTables.Due(session, Now());
        foreach (var step in due)
        {
            await SandboxTables.Done(session, step);
            if (await SandboxTables.Find(session, step.TransactionId) is { IsAlive: true } transaction)
            {
                await Move(session, transaction, step.Status, step.ErrorCode, step.IsTold);
            }
        }

        return due.Count;
    }

    private async ValueTask Begin(DbSession session, SandboxTransaction begun, SandboxOutcome outcome, string? failure)
    {
        switch (outcome)
        {
            case SandboxOutcome.Approve when failure is null:
                await Authorize(session, begun);
                break;
            case SandboxOutcome.Approve or SandboxOutcome.Decline:
                await Move(session, begun, TransactionStatus.AuthorizationDeclined, failure ?? "issuer_decline", isTold: true);
                break;
            case SandboxOutcome.Approval:
                await Move(session, begun, TransactionStatus.BuyerApprovalPending, null, isTold: true);
                break;
            case SandboxOutcome.Pending:
                await Move(session, begun, capturesLater ? TransactionStatus.Processing : TransactionStatus.CapturePending, null, isTold: true);
                await SandboxTables.Plan(session, new SandboxStep(begun.Id, 1, begun.CreatedAt + PendingTime, Success, null, IsTold: true));
                break;
            default:
                await SandboxTables.Save(session, begun);
                await SandboxTables.Plan(
                    session, new SandboxStep(begun.Id, 1, begun.CreatedAt + TimeoutTime, TransactionStatus.AuthorizationFailed, "timeout", IsTold: false));
                break;
        }
    }

    private string Success => capturesLater ? TransactionStatus.AuthorizationSucceeded : TransactionStatus.CaptureSucceeded;

    // As Gr4vy does with intent capture, the authorization is told on the way.
    private async ValueTask Authorize(DbSession session, SandboxTransaction transaction)
    {
        var authorized = await Move(session, transaction, TransactionStatus.AuthorizationSucceeded, null, isTold: true);
        if (!capturesLater)
        {
            await Move(session, authorized, TransactionStatus.CaptureSucceeded, null, isTold: true);
        }
    }

    private async ValueTask<SandboxTransaction> Move(DbSession session, SandboxTransaction transaction, string status, string? error, bool isTold)
    {
        var moved = transaction with
        {
            Status = status,
            ErrorCode = error,
            CapturedMinor = status == TransactionStatus.CaptureSucceeded ? transaction.AmountMinor : transaction.CapturedMinor,
            UpdatedAt = Later(transaction),
        };
        await SandboxTables.Save(session, moved);
        if (isTold)
        {
            await Post(session, NameOf(status), WebhookEvent.TransactionType, moved.Id, moved.Show(), null);
        }

        return moved;
    }

    private async ValueTask Post(DbSession session, string name, string type, string target, PaymentTransaction? transaction, PaymentRefund? refund)
    {
        var now = Now();
        var news = new WebhookEvent(
            Uuid.Random(ids), name, DateTimeOffset.FromUnixTimeMilliseconds(now), Account, Id, Environment, type, target, transaction, refund);
        await SandboxTables.Post(session, Uuid.Random(ids), news.Write(), now);
    }

    private async ValueTask<Result<T>> Act<T>(Func<DbSession, ValueTask<Result<T>>> act, CancellationToken cancellation)
    {
        var done = await database.Write(
            async session =>
            {
                await Locks.Sandbox(session);
                return await act(session);
            },
            isRepeatable: true,
            cancellation);
        _posted?.Invoke();
        return done;
    }

    private static string NameOf(string status) => status switch
    {
        TransactionStatus.AuthorizationSucceeded => "transaction.authorized",
        TransactionStatus.CaptureSucceeded => "transaction.captured",
        TransactionStatus.CapturePending => "transaction.capture-pending",
        TransactionStatus.BuyerApprovalPending => "transaction.authentication-pending",
        TransactionStatus.AuthorizationDeclined => "transaction.declined",
        TransactionStatus.AuthorizationFailed => "transaction.failed",
        _ => "transaction.modified",
    };

    // Two changes within a millisecond are still one after the other.
    private long Later(SandboxTransaction transaction) => Math.Max(Now(), transaction.UpdatedAt + 1);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
