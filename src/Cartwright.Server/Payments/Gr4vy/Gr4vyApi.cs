using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// The calls of Gr4vy's API that a shop needs (OpenAPI of Gr4vy). Identifiers of ours are found again as external identifier or in the
/// metadata.
/// </summary>
internal sealed partial class Gr4vyApi(Gr4vyCalls calls, ILogger<Gr4vyApi> log)
{
    private const int PageSize = 100;

    // An order has a handful of transactions; a cursor that never ends must not keep us.
    private const int MaxPages = 10;

    private const string ReadTransactions = "transactions.read";
    private const string WriteTransactions = "transactions.write";

    /// <summary>Makes a checkout session and gives its id. Never tried twice: the API has no way to tell a repetition.</summary>
    public ValueTask<Result<string>> CreateSession(SessionBody session, CancellationToken cancellation) => calls.Send<string>(
        new Gr4vyCall(HttpMethod.Post, "checkout/sessions", "checkout/sessions", "checkout-sessions.write")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(session, ApiBodies.Default.SessionBody),
        },
        json => json.Text("id") is { Length: > 0 } id ? id : Problem.Invalid("it has no id"),
        cancellation);

    public ValueTask<Result<PaymentTransaction>> GetTransaction(string id, CancellationToken cancellation) => calls.Send(
        new Gr4vyCall(HttpMethod.Get, $"transactions/{Uri.EscapeDataString(id)}", "transactions/{id}", ReadTransactions),
        json => ResourceReader.Transaction(json),
        cancellation);

    public ValueTask<Result<IReadOnlyList<PaymentTransaction>>> FindByExternalIdentifier(string identifier, CancellationToken cancellation) =>
        FindTransactions("external_identifier", identifier, cancellation);

    /// <summary>Transactions whose metadata has all of these entries.</summary>
    public ValueTask<Result<IReadOnlyList<PaymentTransaction>>> FindByMetadata(
        IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation) =>
        FindTransactions("metadata", JsonSerializer.Serialize(metadata, ApiBodies.Default.IReadOnlyDictionaryStringString), cancellation);

    /// <summary>Captures everything that was authorized. The same key within a day captures once.</summary>
    public ValueTask<Result<PaymentTransaction>> Capture(string transactionId, string idempotencyKey, CancellationToken cancellation) => calls.Send(
        new Gr4vyCall(HttpMethod.Post, $"transactions/{Uri.EscapeDataString(transactionId)}/capture", "transactions/{id}/capture", WriteTransactions)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new CaptureBody(), ApiBodies.Default.CaptureBody),
            IdempotencyKey = idempotencyKey,
        },
        // Accounts may be set to answer with the capture, which has the transaction inside.
        json => ResourceReader.Transaction(json.Text("type") == "transaction-capture" && json.Member("transaction") is { } inside ? inside : json),
        cancellation);

    /// <summary>Refunds part of a transaction or all of it. The same key within a day refunds once.</summary>
    public ValueTask<Result<PaymentRefund>> Refund(string transactionId, RefundBody refund, string idempotencyKey, CancellationToken cancellation) =>
        calls.Send(
            new Gr4vyCall(HttpMethod.Post, RefundsOf(transactionId), "transactions/{id}/refunds", WriteTransactions)
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(refund, ApiBodies.Default.RefundBody),
                IdempotencyKey = idempotencyKey,
            },
            json => ResourceReader.Refund(json),
            cancellation);

    /// <summary>The refunds of a transaction, whatever became of them.</summary>
    public ValueTask<Result<IReadOnlyList<PaymentRefund>>> FindRefunds(string transactionId, CancellationToken cancellation) =>
        List(RefundsOf(transactionId), "transactions/{id}/refunds", "", json => ResourceReader.Refund(json), cancellation);

    private static string RefundsOf(string transactionId) => $"transactions/{Uri.EscapeDataString(transactionId)}/refunds";

    private ValueTask<Result<IReadOnlyList<PaymentTransaction>>> FindTransactions(string filter, string value, CancellationToken cancellation) =>
        List(
            "transactions",
            $"transactions by {filter}",
            $"?{filter}={Uri.EscapeDataString(value)}&limit={PageSize}",
            json => ResourceReader.Transaction(json),
            cancellation);

    private async ValueTask<Result<IReadOnlyList<T>>> List<T>(
        string path, string route, string query, Func<JsonElement, Result<T>> read, CancellationToken cancellation)
    {
        var all = new List<T>();
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var next = cursor is null ? query : $"{query}{(query.Length == 0 ? '?' : '&')}cursor={Uri.EscapeDataString(cursor)}";
            var call = new Gr4vyCall(HttpMethod.Get, path + next, route, ReadTransactions);
            var answer = await calls.Send<string?>(call, json => Take(json, route, read, all), cancellation);
            if (!answer.Ok)
            {
                return answer.Problem;
            }

            if (answer.Value is null || answer.Value == cursor)
            {
                return all;
            }

            cursor = answer.Value;
        }

        TooManyPages(route, MaxPages);
        return all;
    }

    /// <summary>Adds a page to the list and gives the cursor of the next. Resources that cannot be read are left out, and logged.</summary>
    private Result<string?> Take<T>(JsonElement page, string route, Func<JsonElement, Result<T>> read, List<T> all)
    {
        if (page.Member("items") is not { ValueKind: JsonValueKind.Array } items)
        {
            return Problem.Invalid("it has no items");
        }

        foreach (var item in items.EnumerateArray())
        {
            var one = read(item);
            if (one.Ok)
            {
                all.Add(one.Value);
            }
            else
            {
                LeftOut(route, one.Problem.Advice);
            }
        }

        return page.Text("next_cursor") is { Length: > 0 } next ? next : (Result<string?>)(string?)null;
    }

    [LoggerMessage(EventId = 5206, Level = LogLevel.Error, Message = "An item of {Route} is left out: {Reason}")]
    private partial void LeftOut(string route, string reason);

    [LoggerMessage(EventId = 5207, Level = LogLevel.Warning, Message = "{Route} has more than {Pages} pages; the rest is left out")]
    private partial void TooManyPages(string route, int pages);
}
