using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Cartwright.Mcp.Http;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp;

/// <summary>
/// Session ids of the legacy revisions. An id carries its own proof, so that nothing is stored for it and every instance that has
/// the key can check it: expiry (8 bytes, Unix seconds), 16 random bytes, 16 bytes of HMAC-SHA-256 over both.
/// </summary>
internal sealed class SignedSessions(McpOptions options)
{
    private const int ExpirySize = 8;
    private const int RandomSize = 16;
    private const int BodySize = ExpirySize + RandomSize;
    private const int MacSize = 16;

    /// <summary>Characters of an id: 40 bytes in base64url without padding.</summary>
    private const int TextSize = 54;

    private readonly byte[] _key = HMACSHA256.HashData(options.SigningKey, "cartwright session id"u8);

    public string Issue()
    {
        Span<byte> id = stackalloc byte[BodySize + MacSize];
        var expires = options.Time.GetUtcNow() + options.SessionLifetime;
        BinaryPrimitives.WriteInt64BigEndian(id, expires.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(id[ExpirySize..BodySize]);
        Sign(id[..BodySize], id[BodySize..]);
        return Base64Url.EncodeToString(id);
    }

    /// <summary>The session that the request names, if it names one; an error when that one is not good, or not any more.</summary>
    public async ValueTask<(Session? Session, McpError? Error)> Find(HttpContext http)
    {
        var id = http.Request.Headers[McpHeaders.SessionId].ToString();
        if (id.Length == 0)
        {
            // Some hosts never send it back; a call does not need it.
            return (null, null);
        }

        var expires = Verify(id);
        var isEnded = expires is null || (options.SessionEnds is { } ends && await ends.IsEnded(id, http.RequestAborted));
        return isEnded
            ? (null, McpError.InvalidRequest("The session is unknown, has expired or was ended: start a new one with initialize."))
            : (new Session(id, expires!.Value), null);
    }

    /// <summary>When the session expires; null when the id is forged, damaged or past its time.</summary>
    public DateTimeOffset? Verify(string sessionId)
    {
        Span<byte> id = stackalloc byte[BodySize + MacSize];
        Span<byte> mac = stackalloc byte[MacSize];

        // Exactly the text that Issue makes: decoders also accept spaces and padding, and an ended session must not live on in
        // another spelling. What is not base64url at all would make them throw.
        if (sessionId.Length != TextSize || !Base64Url.IsValid(sessionId, out var length) || length != id.Length)
        {
            return null;
        }

        Base64Url.DecodeFromChars(sessionId, id);

        Sign(id[..BodySize], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, id[BodySize..]))
        {
            return null;
        }

        var expires = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(id));
        return expires > options.Time.GetUtcNow() ? expires : null;
    }

    private void Sign(ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, body, full);
        full[..MacSize].CopyTo(mac);
    }
}

/// <summary>A verified legacy session.</summary>
internal readonly record struct Session(string Id, DateTimeOffset Expires);
