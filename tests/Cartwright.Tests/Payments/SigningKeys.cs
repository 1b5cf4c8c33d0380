using System.Buffers.Text;
using System.Security.Cryptography;
using Cartwright.Server;
using Cartwright.Server.Payments.Gr4vy;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Payments;

public sealed class SigningKeys
{
    [Fact]
    public void The_key_id_is_that_of_Gr4vys_own_libraries()
    {
        // The public key of the tests of Gr4vy's SDKs; x begins with a zero byte.
        using var key = new VerifyingKey(new ECPoint
        {
            X = Base64Url.DecodeFromChars("AFF2_lUC06wZvpMfF4r-ntEABE-bpnBvsUXixkBiSRIHuHTaOmPdQdKnKX3YFCSIX_FqTPuEwwPUDRlOflK5danc"),
            Y = Base64Url.DecodeFromChars("Ab2o8c7d4H1atmE8ZiLHDKhc2OGc8QOGaQi0pe16R72IE5M45cHsAVBKHsRdEGaEGzi7dmVOauX7xV0Fzf6PABiv"),
        });
        Assert.Equal("va-SLs5AxJNfqKXD8LI5Y38BflpNvjZjY4RSWz66U1w", key.Kid);
        Assert.Equal("AFF2_lUC06wZvpMfF4r-ntEABE-bpnBvsUXixkBiSRIHuHTaOmPdQdKnKX3YFCSIX_FqTPuEwwPUDRlOflK5danc", key.X);
    }

    [Fact]
    public void Coordinates_keep_their_leading_zeros_and_signatures_their_length() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), data =>
        {
            using var key = SigningKey.Generate();
            Assert.Equal(66, Base64Url.DecodeFromChars(key.X).Length);
            Assert.Equal(66, Base64Url.DecodeFromChars(key.Y).Length);
            Assert.Equal(32, Base64Url.DecodeFromChars(key.Kid).Length);
            var signature = key.Sign(data);
            Assert.Equal(132, signature.Length);
            Assert.True(key.Verify(data, signature));
            Assert.False(key.Verify([.. data, 0], signature));
            signature[^1] ^= 1;
            Assert.False(key.Verify(data, signature));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_key_survives_being_written_and_read()
    {
        using var key = SigningKey.Generate();
        using var again = SigningKey.Read(key.ExportPem()).Value;
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", key.ExportPem(), StringComparison.Ordinal);
        Assert.Equal((key.Kid, key.X, key.Y), (again.Kid, again.X, again.Y));
        Assert.True(key.Verify("data"u8, again.Sign("data"u8)));
    }

    [Fact]
    public void Both_forms_of_a_private_key_are_read_however_their_lines_end()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        var pkcs8 = key.ExportPkcs8PrivateKeyPem();
        var sec1 = key.ExportECPrivateKeyPem();
        // What `openssl ecparam -genkey` writes before the key: the name of the curve.
        var parameters = PemEncoding.WriteString("EC PARAMETERS", [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]);
        string[] forms =
        [
            pkcs8, sec1, $"{pkcs8}\n", $"\n  {pkcs8}", $"{parameters}\n{sec1}", $"{key.ExportSubjectPublicKeyInfoPem()}\n{pkcs8}",
            pkcs8.ReplaceLineEndings("\r\n"), pkcs8.ReplaceLineEndings("\\n"), $"\"{pkcs8.ReplaceLineEndings("\\n")}\\n\"",
        ];
        var ids = forms.Select(form =>
        {
            using var read = SigningKey.Read(form).Value;
            return read.Kid;
        });
        Assert.Single(ids.Distinct());
    }

    public static TheoryData<string, string, string> BadKeys()
    {
        using var rsa = RSA.Create(2048);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        var good = p521.ExportPkcs8PrivateKeyPem();
        var lines = good.Split('\n');
        byte[] ed25519 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20, .. new byte[32]];
        // The public point is the end of the structure.
        byte[] mismatched = [.. p521.ExportECPrivateKey()[..^133], .. other.ExportECPrivateKey()[^133..]];
        return new TheoryData<string, string, string>
        {
            { "empty", "", "it is empty" },
            { "blank", " \n", "it is empty" },
            { "a path", "/run/secrets/key.pem", "it is not PEM text" },
            { "binary", "\0\u0001\uffff", "it is not PEM text" },
            { "the base64 alone", string.Concat(lines[1..^1]), "it is not PEM text" },
            { "cut off", string.Join('\n', lines[..^1]), "damaged" },
            { "lines joined by spaces", good.Replace('\n', ' ').Replace("PRIVATE KEY", "PRIVATE  KEY", StringComparison.Ordinal), "damaged" },
            { "one line lost", string.Join('\n', [lines[0], .. lines[2..]]), "damaged" },
            { "no key inside", PemEncoding.WriteString("PRIVATE KEY", "not a key"u8), "damaged" },
            { "nothing inside", PemEncoding.WriteString("PRIVATE KEY", []), "damaged" },
            { "SEC1 without a key inside", PemEncoding.WriteString("EC PRIVATE KEY", [0x30, 0x00]), "damaged" },
            { "halves of two keys", PemEncoding.WriteString("EC PRIVATE KEY", mismatched), "" },
            { "encrypted", p521.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)), "encrypted" },
            { "encrypted, old form", "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----", "encrypted" },
            { "RSA", rsa.ExportPkcs8PrivateKeyPem(), "an RSA key" },
            { "RSA, PKCS#1", rsa.ExportRSAPrivateKeyPem(), "an RSA key" },
            { "Ed25519", PemEncoding.WriteString("PRIVATE KEY", ed25519), "an Ed25519 key" },
            { "P-256", p256.ExportPkcs8PrivateKeyPem(), "curve is P-256" },
            { "P-256, SEC1", p256.ExportECPrivateKeyPem(), "curve is P-256" },
            { "P-384", p384.ExportPkcs8PrivateKeyPem(), "curve is P-384" },
            { "P-384, SEC1", p384.ExportECPrivateKeyPem(), "curve is P-384" },
            { "public", p521.ExportSubjectPublicKeyInfoPem(), "a public key only" },
            { "a certificate", PemEncoding.WriteString("CERTIFICATE", [0x30, 0x00]), "certificate" },
            { "a request", PemEncoding.WriteString("CERTIFICATE REQUEST", [0x30, 0x00]), "no private key" },
            { "two keys", $"{good}\n{other.ExportPkcs8PrivateKeyPem()}", "more than one" },
            { "a disk image", new string('x', 1_000_000), "too long" },
        };
    }

    [Theory]
    [MemberData(nameof(BadKeys), DisableDiscoveryEnumeration = true)]
    public void A_key_that_cannot_be_used_is_refused_by_name(string what, string pem, string expected)
    {
        var problem = SigningKey.Read(pem).Problem;
        Assert.NotNull(problem);
        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Contains(expected, problem.Advice, StringComparison.Ordinal);
        Assert.Contains("Give the P-521 private key", problem.Advice, StringComparison.Ordinal);
        // Nothing of the key reaches a log.
        Assert.DoesNotContain(pem.Split('\n').Select(line => line.Trim()), line => line.Length > 20 && !line.StartsWith('-') && problem.Advice.Contains(line, StringComparison.Ordinal));
        Assert.NotEmpty(what);
    }

    [Fact]
    public void Any_damage_to_a_key_is_a_problem_or_harmless_and_never_an_exception()
    {
        using var key = SigningKey.Generate();
        var pem = key.ExportPem();
        Prop.ForAll(
            Gen.Choose(0, pem.Length - 1).ToArbitrary(),
            Gen.Choose(0, 255).ToArbitrary(),
            (at, code) =>
            {
                var read = SigningKey.Read($"{pem[..at]}{(char)code}{pem[(at + 1)..]}");
                if (read.Ok)
                {
                    using var again = read.Value;
                    Assert.True(again.Verify("data"u8, again.Sign("data"u8)));
                }
            }).QuickCheckThrowOnFailure();
    }
}
