using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>The public half of a P-521 key, as a JWK (RFC 7517, RFC 7518 section 6.2). Safe for several threads.</summary>
internal sealed class VerifyingKey : IDisposable
{
    /// <summary>r and s of an ES512 signature, 66 bytes each (RFC 7518 section 3.4).</summary>
    public const int SignatureBytes = 132;

    private const int CoordinateBytes = 66;

    private readonly ECDsa _key;
    private readonly Lock _use = new();

    /// <summary>Throws a <see cref="CryptographicException"/> when the point is not on the curve.</summary>
    public VerifyingKey(ECPoint point)
    {
        X = Coordinate(point.X);
        Y = Coordinate(point.Y);
        // RFC 7638 section 3.2: the required members only, sorted, without white space.
        var members = $$"""{"crv":"P-521","kty":"EC","x":"{{X}}","y":"{{Y}}"}""";
        Kid = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(members)));
        _key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP521, Q = point });
    }

    /// <summary>The RFC 7638 thumbprint, which is the key's id at Gr4vy.</summary>
    public string Kid { get; }

    /// <summary>The x coordinate: 66 bytes, base64url.</summary>
    public string X { get; }

    /// <summary>The y coordinate: 66 bytes, base64url.</summary>
    public string Y { get; }

    /// <summary>Whether the signature, r and s side by side, is of these bytes by this key.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes)
        {
            return false;
        }

        lock (_use)
        {
            return _key.VerifyData(data, signature, HashAlgorithmName.SHA512, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public void Dispose() => _key.Dispose();

    // Every second key has a coordinate that begins with a zero byte; without it the thumbprint is another one.
    private static string Coordinate(byte[]? bytes) =>
        bytes is { Length: CoordinateBytes }
            ? Base64Url.EncodeToString(bytes)
            : throw new CryptographicException($"A coordinate of P-521 has {CoordinateBytes} bytes, this one has {bytes?.Length ?? 0}.");
}
