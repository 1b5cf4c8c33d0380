using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Carts;

/// <summary>
/// Answers kept under the keys that clients gave, in the transaction of their effect. A key counts within its cart; a call
/// that names neither cart nor conversation has only the key to find its cart again, which must then be hard to guess.
/// </summary>
internal static class Idempotency
{
    public const string Global = "";

    private const int MaxKey = 128;
    private const int MinGlobalKey = 16;

    private const string AnswerOfKey = "select request_hash, response from idempotency where scope = @scope and key = @key";

    /// <summary>What is wrong with the key for a call of that address; null when nothing is, or there is none.</summary>
    public static Problem? Check(string? key, CartAddress address) => key switch
    {
        null => null,
        { Length: 0 or > MaxKey } => Problem.Invalid($"idempotency_key has {key.Length} characters: use 1 to {MaxKey}, best a UUID."),
        _ when key.Any(char.IsControl) => Problem.Invalid("idempotency_key has control characters in it: use letters, digits and signs, best a UUID."),
        { Length: < MinGlobalKey } when IsGlobal(address) => Problem.Invalid(
            $"idempotency_key is short enough to guess, and this call has nothing else to find its cart by: use a UUID, or at least {MinGlobalKey} characters."),
        _ => null,
    };

    /// <summary>Whether the key has no cart or conversation to count within.</summary>
    public static bool IsGlobal(CartAddress address) => address is { CartId: null, Conversation: null or "" };

    /// <summary>The first answer, if this request came before; a conflict if another request came with its key.</summary>
    public static async ValueTask<Result<string>?> Find(DbSession session, string scope, string key, string requestHash) =>
        (await session.First(AnswerOfKey, KeptAnswer.Read, ("@scope", scope), ("@key", key)))?.To(requestHash);

    /// <summary>Announces the question what was answered under a key.</summary>
    public static Func<ValueTask<List<KeptAnswer>>> Ahead(DbSession session, string scope, string key) =>
        session.Ahead(AnswerOfKey, KeptAnswer.Read, ("@scope", scope), ("@key", key));

    public static ValueTask Keep(DbSession session, string scope, string key, string requestHash, string response, long now) =>
        session.Later(
            "insert into idempotency (scope, key, request_hash, response, created_at) values (@scope, @key, @hash, @response, @now)",
            ("@scope", scope),
            ("@key", key),
            ("@hash", requestHash),
            ("@response", response),
            ("@now", now));

    /// <summary>
    /// Over what the request means, not how it is written: the order of items and of JSON properties, case and spaces of
    /// names, and (for Add) how a sum is split make no difference.
    /// </summary>
    public static string Hash(CartChange change)
    {
        // Lengths keep one reference from reading like two; quantities are unchecked here, so their sum may exceed a long.
        var entries = change.Entries
            .GroupBy(Reference, entry => (Int128)entry.Quantity)
            .Select(group => (Reference: group.Key, Quantity: change.Operation == CartOperation.Add
                ? group.Aggregate((sum, quantity) => sum + quantity)
                : group.First()))
            .OrderBy(entry => entry.Reference, StringComparer.Ordinal)
            .Select(entry => $"{entry.Reference.Length}:{entry.Reference}={entry.Quantity}");
        var text = $"{change.Operation} {change.ExpectedVersion}\n{string.Join('\n', entries)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Reference(CartEntry entry) => entry.ProductId?.Trim() is { Length: > 0 } id
        ? $"id {id}"
        : $"name {ProductNames.Key(entry.Name ?? "")}";
}

/// <summary>An answer that was given before, and the hash of its request.</summary>
internal sealed record KeptAnswer(string RequestHash, string Response)
{
    public static KeptAnswer Read(DbDataReader row) => new(row.GetString(0), row.GetString(1));

    /// <summary>The answer to the same request; a conflict for another one.</summary>
    public Result<string> To(string requestHash) => RequestHash == requestHash
        ? Response
        : Problem.Conflict("This idempotency_key was used for another request before: use a new key for a new request, and the same only to repeat one.");
}
