using System.Text.Json;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// What a webhook tells (Gr4vy, guide "Webhooks", page "Payload"). The target is in <see cref="Transaction"/> or <see cref="Refund"/>; of
/// other kinds, and of targets that lack what they need, only type and id are kept, with the reason in <see cref="Unread"/>.
/// Texts that did not come are "". The name is a hint: state follows the target's status.
/// </summary>
internal sealed record WebhookEvent(
    string Id,
    string Name,
    DateTimeOffset? CreatedAt,
    string MerchantAccountId,
    string Gr4vyId,
    string Environment,
    string TargetType,
    string TargetId,
    PaymentTransaction? Transaction = null,
    PaymentRefund? Refund = null,
    string? Unread = null)
{
    public const string TransactionType = "transaction";
    public const string RefundType = "refund";

    public const int MaxBytes = 1024 * 1024;

    /// <summary>Reads an envelope; invalid when it is none. Unknown kinds, names, statuses and members are no mistake.</summary>
    public static Result<WebhookEvent> Read(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return Problem.Invalid($"The webhook's body is longer than {MaxBytes} bytes.");
        }

        using var document = JsonMembers.Parse(json.ToArray());
        return document is null ? Problem.Invalid("The webhook's body is not JSON, or nested too deeply, or names a member twice.")
            : document.RootElement.ValueKind != JsonValueKind.Object ? Problem.Invalid("The webhook's body is not a JSON object.")
            : Read(document.RootElement);
    }

    /// <summary>The envelope as Gr4vy would send it. Only for events with a transaction or a refund.</summary>
    public byte[] Write()
    {
        var target = Transaction is not null ? Resource.Of(Transaction)
            : Refund is not null ? Resource.Of(Refund)
            : throw new InvalidOperationException("Only events of a transaction or a refund can be written.");
        var envelope = new EventResource("event", Id, Name, CreatedAt, MerchantAccountId, Gr4vyId, Environment, target);
        return JsonSerializer.SerializeToUtf8Bytes(envelope, Gr4vyJson.Default.EventResource);
    }

    private static WebhookEvent Read(JsonElement envelope)
    {
        var target = envelope.Member("target") ?? default;
        var read = new WebhookEvent(
            envelope.Text("id") ?? "",
            envelope.Text("name") ?? "",
            envelope.Time("created_at"),
            envelope.Text("merchant_account_id") ?? "",
            envelope.Text("gr4vy_id") ?? "",
            envelope.Text("environment") ?? "",
            target.Text("type") ?? "",
            target.Text("id") ?? "");
        switch (read.TargetType)
        {
            case TransactionType:
                var transaction = ResourceReader.Transaction(target, read.CreatedAt);
                return transaction.Ok ? read with { Transaction = transaction.Value } : read with { Unread = transaction.Problem.Advice };
            case RefundType:
                var refund = ResourceReader.Refund(target, read.CreatedAt);
                return refund.Ok ? read with { Refund = refund.Value } : read with { Unread = refund.Problem.Advice };
            default:
                return read with { Unread = read.TargetType.Length == 0 ? "There is no target with a type." : "This kind of target is not used here." };
        }
    }
}
