using System.Text.Json;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// Reads transactions and refunds as Gr4vy's API and webhooks write them (OpenAPI, schemas Transaction and Refund). What is needed must be
/// there and of its type; everything else may be missing or new.
/// </summary>
internal static class ResourceReader
{
    /// <summary>Invalid, with the member that is wrong, when it cannot be used. <paramref name="fallback"/> is for a missing updated_at.</summary>
    public static Result<PaymentTransaction> Transaction(JsonElement json, DateTimeOffset? fallback = null)
    {
        var members = new Members(json);
        var transaction = new PaymentTransaction(
            members.NeedText("id"),
            members.NeedText("status"),
            members.NeedAmount("amount"),
            members.NeedText("currency"),
            members.NeedTime("updated_at", fallback),
            members.Amount("authorized_amount"),
            members.Amount("captured_amount"),
            members.Amount("refunded_amount"),
            json.Text("external_identifier"),
            json.Texts("metadata"),
            json.Text("checkout_session_id"),
            json.Text("merchant_account_id"),
            json.Member("payment_method")?.Text("method") ?? json.Text("method"),
            json.Text("error_code"));
        return members.Wrong is null ? transaction : Problem.Invalid($"The transaction cannot be used: {members.Wrong}.");
    }

    /// <summary>Invalid, with the member that is wrong, when it cannot be used. <paramref name="fallback"/> is for a missing updated_at.</summary>
    public static Result<PaymentRefund> Refund(JsonElement json, DateTimeOffset? fallback = null)
    {
        var members = new Members(json);
        var refund = new PaymentRefund(
            members.NeedText("id"),
            members.NeedText("transaction_id"),
            members.NeedText("status"),
            members.NeedAmount("amount"),
            members.NeedText("currency"),
            members.NeedTime("updated_at", fallback),
            json.Text("external_identifier"),
            json.Text("transaction_external_identifier"));
        return members.Wrong is null ? refund : Problem.Invalid($"The refund cannot be used: {members.Wrong}.");
    }

    /// <summary>Takes members out and remembers the first that is wrong.</summary>
    private sealed class Members(JsonElement json)
    {
        public string? Wrong { get; private set; }

        public string NeedText(string name)
        {
            if (json.Text(name) is { Length: > 0 } text)
            {
                return text;
            }

            Wrong ??= $"{name} is missing or no text";
            return "";
        }

        public long NeedAmount(string name)
        {
            if (Amount(name) is { } amount)
            {
                return amount;
            }

            Wrong ??= $"{name} is missing";
            return 0;
        }

        public long? Amount(string name)
        {
            if (json.Member(name) is null)
            {
                return null;
            }

            if (json.Integer(name) is { } amount and >= 0)
            {
                return amount;
            }

            Wrong ??= $"{name} is not a whole number from 0";
            return null;
        }

        public DateTimeOffset NeedTime(string name, DateTimeOffset? fallback)
        {
            if (json.Time(name) is { } time)
            {
                return time;
            }

            if (fallback is null || json.Member(name) is not null)
            {
                Wrong ??= $"{name} is missing or no time";
            }

            return fallback ?? default;
        }
    }
}
