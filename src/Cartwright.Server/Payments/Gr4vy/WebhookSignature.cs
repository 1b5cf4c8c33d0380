using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// The signature of a webhook (Gr4vy, guide "Webhooks", page "Signatures"): lower-case hex of an HMAC-SHA256, keyed with the secret's text as
/// it is, over the timestamp as it was sent, a dot, and the raw body. The webhook's id is not signed, so it is good for telling
/// repeated deliveries and for nothing else.
/// </summary>
internal static class WebhookSignature
{
    public const string IdHeader = "X-Gr4vy-Webhook-ID";
    public const string TimestampHeader = "X-Gr4vy-Webhook-Timestamp";
    public const string SignaturesHeader = "X-Gr4vy-Webhook-Signatures";

    /// <summary>How far the sender's clock may be ahead of ours.</summary>
    public static readonly TimeSpan FutureLimit = TimeSpan.FromSeconds(300);

    // The names in the guide for ChatGPT apps. Deliveries were seen with the others, which therefore come first.
    private const string GuideTimestampHeader = "X-Gr4vy-Timestamp";
    private const string GuideSignatureHeader = "X-Gr4vy-Signature";

    private const int MaxIdLength = 200;
    private const int MaxTimestampLength = 12;

    // One per secret that is active at Gr4vy; more than a handful is no delivery.
    private const int MaxSignatures = 32;

    private static readonly SearchValues<char> VisibleAscii = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code)]);

    /// <summary>The signature of a body under one secret. The timestamp is Unix seconds in decimal digits.</summary>
    public static string Sign(ReadOnlySpan<byte> body, string timestamp, string secret) => Convert.ToHexStringLower(Mac(body, timestamp, secret));

    /// <summary>
    /// The webhook's id, or "" when it came without one. Invalid unless one of the signatures was made with one of the secrets over these
    /// bytes, at most <paramref name="tolerance"/> ago (zero: whenever) and at most <see cref="FutureLimit"/> from now.
    /// </summary>
    public static Result<string> Verify(
        IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now, TimeSpan tolerance)
    {
        var byDocs = headers.ContainsKey(SignaturesHeader) || headers.ContainsKey(TimestampHeader);
        if (!TryOne(headers[byDocs ? SignaturesHeader : GuideSignatureHeader], out var signatures)
            || !TryOne(headers[byDocs ? TimestampHeader : GuideTimestampHeader], out var timestamp)
            || !TryOne(headers[IdHeader], out var id))
        {
            return Refused("a header comes twice with different values");
        }

        if (signatures.Length == 0 || timestamp.Length == 0)
        {
            return Refused($"{SignaturesHeader} or {TimestampHeader} is missing");
        }

        if (timestamp.Length > MaxTimestampLength || !timestamp.All(char.IsAsciiDigit))
        {
            return Refused("the timestamp is not a number of seconds");
        }

        if (id.Length > MaxIdLength || id.AsSpan().ContainsAnyExcept(VisibleAscii))
        {
            return Refused("the webhook's id is too long or has other characters than visible ASCII");
        }

        if (!Matches(signatures, body, timestamp, secrets))
        {
            return Refused("no signature is of this body and a secret that is known here; check GR4VY_WEBHOOK_SECRET");
        }

        // Only after the signature, as Gr4vy's libraries do it: whoever has no secret learns nothing about the clock.
        var age = now.ToUnixTimeSeconds() - long.Parse(timestamp);
        return tolerance > TimeSpan.Zero && age > tolerance.TotalSeconds ? Refused("the timestamp is too old")
            : -age > FutureLimit.TotalSeconds ? Refused("the timestamp is in the future; check the clocks")
            : id;
    }

    /// <summary>Compares every signature with every secret, in a time that does not depend on which of them match.</summary>
    private static bool Matches(string signatures, ReadOnlySpan<byte> body, string timestamp, IReadOnlyList<string> secrets)
    {
        var given = new List<byte[]>();
        foreach (var entry in signatures.Split(',', MaxSignatures + 1, StringSplitOptions.TrimEntries).Take(MaxSignatures))
        {
            var bytes = new byte[HMACSHA256.HashSizeInBytes];
            if (entry.Length == 2 * bytes.Length && Convert.FromHexString(entry, bytes, out _, out _) == OperationStatus.Done)
            {
                given.Add(bytes);
            }
        }

        var matches = false;
        foreach (var secret in secrets)
        {
            // Anybody can sign with an empty secret.
            if (secret.Length == 0)
            {
                continue;
            }

            var expected = Mac(body, timestamp, secret);
            foreach (var bytes in given)
            {
                matches |= CryptographicOperations.FixedTimeEquals(expected, bytes);
            }
        }

        return matches;
    }

    private static byte[] Mac(ReadOnlySpan<byte> body, string timestamp, string secret)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.UTF8.GetBytes(timestamp));
        mac.AppendData("."u8);
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }

    /// <summary>The value of a header that may come several times, as long as it always says the same; "" when it does not come.</summary>
    private static bool TryOne(StringValues values, out string value)
    {
        value = values.Count == 0 ? "" : values[0] ?? "";
        foreach (var other in values)
        {
            if ((other ?? "") != value)
            {
                return false;
            }
        }

        return true;
    }

    private static Problem Refused(string why) => Problem.Invalid($"The webhook is refused: {why}.");
}
