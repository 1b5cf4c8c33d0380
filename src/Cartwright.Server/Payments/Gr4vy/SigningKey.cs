using System.Security.Cryptography;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// The private P-521 key that signs our tokens (ES512, RFC 7518 section 3.4). Safe for several threads. Nothing but
/// <see cref="ExportPem"/> gives the private half away.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _use = new();

    private SigningKey(ECDsa key)
    {
        _key = key;
        Public = new VerifyingKey(key.ExportParameters(includePrivateParameters: false).Q);
    }

    /// <summary>The half that may be shown.</summary>
    public VerifyingKey Public { get; }

    /// <summary>The key's id: its RFC 7638 thumbprint, as Gr4vy's dashboard shows it.</summary>
    public string Kid => Public.Kid;

    /// <summary>The x coordinate of the public JWK, base64url.</summary>
    public string X => Public.X;

    /// <summary>The y coordinate of the public JWK, base64url.</summary>
    public string Y => Public.Y;

    /// <summary>
    /// Reads a P-521 private key from PEM: PKCS#8 ("BEGIN PRIVATE KEY") or SEC1 ("BEGIN EC PRIVATE KEY"), line ends also as the two
    /// characters \n. Invalid, naming what is wrong and never the text itself, for anything else.
    /// </summary>
    public static Result<SigningKey> Read(string pem)
    {
        var read = KeyPem.Read(pem);
        return read.Ok ? new SigningKey(read.Value) : read.Problem;
    }

    public static SigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP521));

    /// <summary>The private key as PKCS#8 PEM.</summary>
    public string ExportPem()
    {
        lock (_use)
        {
            return _key.ExportPkcs8PrivateKeyPem();
        }
    }

    /// <summary>The signature, r and s side by side: 132 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_use)
        {
            return _key.SignData(data, HashAlgorithmName.SHA512, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    /// <summary>Whether <see cref="Sign"/> of this key made the signature for these bytes.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Public.Verify(data, signature);

    public void Dispose()
    {
        _key.Dispose();
        Public.Dispose();
    }
}
