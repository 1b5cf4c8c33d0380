using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// Checks a token as Gr4vy would: one algorithm, one key, and nothing of the token decides which (RFC 8725 sections 3.1 and 3.2).
/// Messages never repeat the token.
/// </summary>
internal static class TokenReader
{
    // A cart of many lines makes a long token; nothing makes one of this length.
    private const int MaxLength = 256 * 1024;

    public static Result<TokenClaims> Read(string token, VerifyingKey key, DateTimeOffset now)
    {
        if (token.Length > MaxLength || token.Split('.') is not [var header, var payload, var signature])
        {
            return Wrong("it is not three parts separated by dots");
        }

        if (!TryDecode(header, out var head) || !TryDecode(payload, out var body) || !TryDecode(signature, out var signed))
        {
            return Wrong("its parts are not base64url");
        }

        if (WrongHeader(head, key.Kid) is { } wrong)
        {
            return Wrong(wrong);
        }

        if (!key.Verify(Encoding.ASCII.GetBytes($"{header}.{payload}"), signed))
        {
            return Wrong("its signature is not of this key and these contents");
        }

        using var json = JsonMembers.Parse(body);
        return json is null ? Wrong("its claims are not JSON") : Claims(json.RootElement, now);
    }

    private static string? WrongHeader(byte[] bytes, string kid)
    {
        using var json = JsonMembers.Parse(bytes);
        return json is not { RootElement: { ValueKind: JsonValueKind.Object } header } ? "its header is not a JSON object"
            : header.Text("alg") != "ES512" ? "its algorithm is not ES512"
            : header.Text("kid") != kid ? "it is signed by another key"
            : header.TryGetProperty("crit", out _) ? "it has critical extensions"
            : null;
    }

    private static Result<TokenClaims> Claims(JsonElement claims, DateTimeOffset now)
    {
        if (claims.ValueKind != JsonValueKind.Object
            || claims.Text("iss") is not { Length: > 0 } issuer
            || claims.Text("jti") is not { Length: > 0 } id
            || Seconds(claims, "nbf") is not { } notBefore
            || Seconds(claims, "exp") is not { } expires
            || Scopes(claims) is not { } scopes)
        {
            return Wrong("it lacks one of iss, jti, nbf, exp and scopes");
        }

        if (now < notBefore)
        {
            return Wrong("it is not valid yet");
        }

        if (now >= expires)
        {
            return Wrong("it has expired");
        }

        var embed = claims.Member("embed");
        return new TokenClaims(
            issuer,
            id,
            notBefore,
            expires,
            scopes,
            claims.Text("checkout_session_id"),
            embed?.Integer("amount"),
            embed?.Text("currency"),
            embed?.Text("merchant_account_id"),
            embed?.Texts("metadata"));
    }

    private static List<string>? Scopes(JsonElement claims)
    {
        if (!claims.TryGetProperty("scopes", out var scopes) || scopes.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var list = new List<string>();
        foreach (var scope in scopes.EnumerateArray())
        {
            if (scope.Text() is not { } text)
            {
                return null;
            }

            list.Add(text);
        }

        return list;
    }

    private static DateTimeOffset? Seconds(JsonElement claims, string name) =>
        claims.Integer(name) is >= 0 and <= 253402300799 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>Base64url without padding and nothing else: the decoder alone would let white space and padding pass.</summary>
    private static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 == 1 || !text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            return false;
        }

        bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done)
        {
            return false;
        }

        bytes = bytes[..written];
        return true;
    }

    private static Problem Wrong(string what) => Problem.Invalid($"The token cannot be used: {what}.");
}
