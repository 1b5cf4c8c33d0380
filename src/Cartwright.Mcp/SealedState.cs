using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cartwright.Mcp;

/// <summary>
/// The <c>requestState</c> that travels through the client between two rounds of one call (2026-07-28, "Multi Round-Trip Requests"):
/// expiry (8 bytes, Unix seconds), 32 bytes of HMAC-SHA-256, then the handler's text. The MAC also covers the method, the name and
/// the arguments, so that a state fits only the call it was made for.
/// </summary>
internal sealed class SealedState(McpOptions options)
{
    private const int ExpirySize = 8;
    private const int MacSize = HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key = HMACSHA256.HashData(options.SigningKey, "cartwright request state"u8);

    public string Seal(string state, McpCall call)
    {
        var bytes = new byte[ExpirySize + MacSize + Encoding.UTF8.GetByteCount(state)];
        var expires = options.Time.GetUtcNow() + options.RequestStateLifetime;
        BinaryPrimitives.WriteInt64BigEndian(bytes, expires.ToUnixTimeSeconds());
        Encoding.UTF8.GetBytes(state, bytes.AsSpan(ExpirySize + MacSize));
        Mac(bytes, call).CopyTo(bytes, ExpirySize);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The handler's text; null when the state was tampered with, belongs to another call or has expired.</summary>
    public string? Open(string requestState, McpCall call)
    {
        if (!Base64Url.IsValid(requestState))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(requestState);
        if (bytes.Length < ExpirySize + MacSize
            || !CryptographicOperations.FixedTimeEquals(Mac(bytes, call), bytes.AsSpan(ExpirySize, MacSize))
            || BinaryPrimitives.ReadInt64BigEndian(bytes) < options.Time.GetUtcNow().ToUnixTimeSeconds())
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes.AsSpan(ExpirySize + MacSize));
    }

    private byte[] Mac(ReadOnlySpan<byte> bytes, McpCall call)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Append(mac, bytes[..ExpirySize]);
        Append(mac, Encoding.UTF8.GetBytes(call.Method));
        Append(mac, Encoding.UTF8.GetBytes(call.Target));
        Append(mac, call.Message.Arguments.Span);
        Append(mac, bytes[(ExpirySize + MacSize)..]);
        return mac.GetHashAndReset();
    }

    /// <summary>Each part goes in with its length, so that no two lists of parts look the same.</summary>
    private static void Append(IncrementalHash mac, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        mac.AppendData(length);
        mac.AppendData(part);
    }
}
