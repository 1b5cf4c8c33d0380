using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>Tells a P-521 private key from everything else that people put where it belongs, and says which it is.</summary>
internal static class KeyPem
{
    // Far more than any key; a wrong path must not read a disk image into messages or regular expressions.
    private const int MaxLength = 64 * 1024;

    private const string EcAlgorithm = "1.2.840.10045.2.1";
    private const string P521 = "1.3.132.0.35";
    private const string Advice =
        "Give the P-521 private key from Gr4vy's dashboard (Integrations), a PEM text that begins with -----BEGIN PRIVATE KEY-----.";

    private const string Encrypted = "it is encrypted with a pass phrase, and nobody is there to type it: decrypt it first (openssl pkcs8)";

    private static readonly Dictionary<string, string> Algorithms = new()
    {
        ["1.2.840.113549.1.1.1"] = "an RSA key",
        ["1.2.840.113549.1.1.10"] = "an RSA key",
        ["1.2.840.10040.4.1"] = "a DSA key",
        ["1.3.101.110"] = "an X25519 key",
        ["1.3.101.111"] = "an X448 key",
        ["1.3.101.112"] = "an Ed25519 key",
        ["1.3.101.113"] = "an Ed448 key",
    };

    private static readonly Dictionary<string, string> Curves = new()
    {
        ["1.2.840.10045.3.1.1"] = "P-192",
        ["1.3.132.0.33"] = "P-224",
        ["1.2.840.10045.3.1.7"] = "P-256",
        ["1.3.132.0.10"] = "secp256k1",
        ["1.3.132.0.34"] = "P-384",
        [P521] = "P-521",
    };

    /// <summary>The key, which the caller disposes.</summary>
    public static Result<ECDsa> Read(string pem)
    {
        if (string.IsNullOrWhiteSpace(pem))
        {
            return Wrong("it is empty");
        }

        if (pem.Length > MaxLength)
        {
            return Wrong("it is far too long for a key");
        }

        // Settings that allow one line only carry line ends as \n, and some keep their quotes; PEM itself has neither.
        var text = pem.Trim().Trim('"', '\'').Replace("\\n", "\n", StringComparison.Ordinal);
        if (text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            return Wrong(Encrypted);
        }

        var found = FindPrivate(text);
        return found.Ok ? Import(found.Value) : found.Problem;
    }

    /// <summary>The only private key among the blocks; tools also write curve parameters or the public key beside it.</summary>
    private static Result<Block> FindPrivate(string text)
    {
        Block? found = null;
        var others = new List<string>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label].ToString();
            if (label is "PRIVATE KEY" or "EC PRIVATE KEY")
            {
                if (found is not null)
                {
                    return Wrong("it holds more than one private key");
                }

                var der = new byte[fields.DecodedDataLength];
                _ = Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out _);
                found = new Block(label, der);
            }
            else
            {
                others.Add(label);
            }

            rest = rest[fields.Location.End..];
        }

        return found is not null ? found : Wrong(others switch
        {
            [] when text.Contains("-----BEGIN", StringComparison.Ordinal) => "its PEM block is damaged: cut off, or its line ends are lost",
            [] => "it is not PEM text",
            _ when others.Contains("ENCRYPTED PRIVATE KEY") => Encrypted,
            _ when others.Contains("RSA PRIVATE KEY") => "it is an RSA key",
            _ when others.Contains("PUBLIC KEY") => "it is a public key only, and signing needs the private one",
            _ when others.Contains("CERTIFICATE") => "it is a certificate, which has the public key only",
            _ => "its PEM block is no private key",
        });
    }

    private static Result<ECDsa> Import(Block block)
    {
        var key = ECDsa.Create();
        try
        {
            if (block.Label == "PRIVATE KEY")
            {
                if (WrongAlgorithm(block.Der) is { } wrong)
                {
                    key.Dispose();
                    return Wrong(wrong);
                }

                key.ImportPkcs8PrivateKey(block.Der, out _);
            }
            else
            {
                key.ImportECPrivateKey(block.Der, out _);
            }

            var curve = key.ExportParameters(includePrivateParameters: false).Curve;
            if (curve.IsNamed && key.KeySize == 521 && Signs(key))
            {
                return key;
            }

            var name = curve.Oid?.Value is { } oid && Curves.TryGetValue(oid, out var known) ? known : curve.Oid?.FriendlyName ?? "an unnamed curve";
            key.Dispose();
            return Wrong(name == "P-521" ? "its private and public half do not belong together" : OtherCurve(name));
        }
        catch (Exception failure) when (failure is CryptographicException or AsnContentException or PlatformNotSupportedException)
        {
            key.Dispose();
            return Wrong("what its PEM block holds is damaged or no key at all");
        }
    }

    /// <summary>Looks at a PKCS#8 structure (RFC 5208 section 5): what is wrong with its algorithm or curve, null when nothing is.</summary>
    private static string? WrongAlgorithm(byte[] der)
    {
        var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        _ = info.ReadInteger();
        var identifier = info.ReadSequence();
        var algorithm = identifier.ReadObjectIdentifier();
        if (algorithm != EcAlgorithm)
        {
            return $"it is {Algorithms.GetValueOrDefault(algorithm, "a key of another kind")}";
        }

        if (!identifier.HasData || identifier.PeekTag() != Asn1Tag.ObjectIdentifier)
        {
            return "its elliptic curve is not given by name";
        }

        var curve = identifier.ReadObjectIdentifier();
        return curve == P521 ? null : OtherCurve(Curves.GetValueOrDefault(curve, curve));
    }

    private static string OtherCurve(string name) => $"its elliptic curve is {name}, and ES512 needs P-521";

    private static bool Signs(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        using var half = new VerifyingKey(point);
        return half.Verify("check"u8, key.SignData("check"u8, HashAlgorithmName.SHA512, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    private static Problem Wrong(string what) => Problem.Invalid($"The private key cannot be used: {what}. {Advice}");

    private sealed record Block(string Label, byte[] Der);
}
