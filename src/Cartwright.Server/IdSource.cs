using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cartwright.Server;

/// <summary>Fills a span with random bytes.</summary>
internal delegate void RandomFill(Span<byte> bytes);

/// <summary>The one source of ids and secrets. Tests inject a fill of their own and get the same ids every time.</summary>
internal sealed class IdSource(RandomFill fill)
{
    // Crockford's base32, lower case: no i, l, o, u, so that an id survives being read aloud or retyped.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 26;

    public IdSource()
        : this(RandomNumberGenerator.Fill)
    {
    }

    /// <summary>128 random bits as 26 characters: unguessable, so an id may serve as a capability.</summary>
    public string Next() => Next("");

    /// <summary>The same behind a prefix that tells people what the id is of.</summary>
    public string Next(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        fill(bytes);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(prefix.Length + Length, (prefix, bits), static (text, state) =>
        {
            state.prefix.CopyTo(text);
            var bits = state.bits;
            for (var i = text.Length - 1; i >= state.prefix.Length; i--)
            {
                text[i] = Alphabet[(int)(bits & 31)];
                bits >>= 5;
            }
        });
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        fill(bytes);
        return bytes;
    }
}
