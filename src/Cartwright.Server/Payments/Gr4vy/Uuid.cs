using System.Security.Cryptography;
using System.Text;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>UUIDs of version 4 in their usual text (RFC 9562 section 5.4), which Gr4vy asks for in token ids and idempotency keys.</summary>
internal static class Uuid
{
    public static string Random(IdSource ids) => Text(ids.Bytes(16));

    /// <summary>The same text every time for the same reference, so that a repeated call is known as one.</summary>
    public static string Of(string reference) => Text(SHA256.HashData(Encoding.UTF8.GetBytes(reference)).AsSpan(0, 16));

    private static string Text(Span<byte> bytes)
    {
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
