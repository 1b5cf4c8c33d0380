using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Payments;

public sealed class Tokens : IDisposable
{
    private static readonly EmbedClaims Claims = new(
        4297, "USD", "acme", new Dictionary<string, string> { ["order_id"] = "ord_1" },
        [new EmbedItem("Monstera", 1, 2999, "monstera"), new EmbedItem("Grüne \"Aloë\"", 2, 649)]);

    private readonly SigningKey _key = SigningKey.Generate();
    private readonly FakeTime _time = new();
    private readonly TokenIssuer _tokens;

    public Tokens() => _tokens = new TokenIssuer(_key, _time, new IdSource());

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_token_for_the_api_has_the_claims_of_Gr4vys_libraries_and_lives_a_minute()
    {
        var token = _tokens.Api("transactions.read", "checkout-sessions.write");
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal($$"""{"alg":"ES512","typ":"JWT","kid":"{{_key.Kid}}"}""", Part(token, 0).ToJsonString());
        var claims = Part(token, 1).AsObject();
        Assert.Equal(["iss", "iat", "nbf", "exp", "jti", "scopes"], claims.Select(claim => claim.Key));
        Assert.Equal($"cartwright/{ServerBuilder.Version}", (string?)claims["iss"]);
        Assert.Equal((now, now, now + 60), ((long)claims["iat"]!, (long)claims["nbf"]!, (long)claims["exp"]!));
        Assert.Equal("""["transactions.read","checkout-sessions.write"]""", claims["scopes"]!.ToJsonString());
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", (string?)claims["jti"]);
        Assert.True(VerifiedByPublicHalf(token));
    }

    [Fact]
    public void An_embed_token_pins_what_is_paid_and_lives_an_hour()
    {
        var claims = Part(_tokens.Embed(Claims, "0ebde6a1-f66c-43ea-bb8b-73751864c604"), 1);
        Assert.Equal("""["embed"]""", claims["scopes"]!.ToJsonString());
        Assert.Equal("0ebde6a1-f66c-43ea-bb8b-73751864c604", (string?)claims["checkout_session_id"]);
        Assert.Equal(3600, (long)claims["exp"]! - (long)claims["iat"]!);
        var expected = JsonNode.Parse("""
            {"amount":4297,"currency":"USD","merchant_account_id":"acme","metadata":{"order_id":"ord_1"},"cart_items":[
              {"name":"Monstera","quantity":1,"unit_amount":2999,"external_identifier":"monstera"},
              {"name":"Grüne \"Aloë\"","quantity":2,"unit_amount":649}]}
            """);
        Assert.True(JsonNode.DeepEquals(expected, claims["embed"]), claims["embed"]!.ToJsonString());
    }

    [Fact]
    public void What_an_embed_token_does_not_pin_is_absent()
    {
        var claims = Part(_tokens.Embed(new EmbedClaims(1, "JPY"), null), 1).AsObject();
        Assert.False(claims.ContainsKey("checkout_session_id"));
        Assert.Equal("""{"amount":1,"currency":"JPY"}""", claims["embed"]!.ToJsonString());
    }

    [Fact]
    public void No_two_tokens_have_the_same_id() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => (string?)Part(_tokens.Api("embed"), 1)["jti"]).Distinct().Count());

    [Fact]
    public void What_was_signed_is_read_until_it_expires()
    {
        var token = _tokens.Embed(Claims, "session");
        var read = _tokens.Read(token).Value;
        Assert.Equal(["embed"], read.Scopes);
        Assert.Equal(("session", 4297L, "USD", "acme"), (read.CheckoutSessionId, read.Amount, read.Currency, read.MerchantAccountId));
        Assert.Equal("ord_1", read.Metadata!["order_id"]);
        Assert.Equal(_time.GetUtcNow().AddHours(1), read.Expires);
        _time.Pass(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        Assert.True(_tokens.Read(token).Ok);
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("expired", _tokens.Read(token).Problem!.Advice, StringComparison.Ordinal);
        _time.Pass(TimeSpan.FromHours(-1) - TimeSpan.FromSeconds(1));
        Assert.Contains("not valid yet", _tokens.Read(token).Problem!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_token_is_refused()
    {
        var token = _tokens.Embed(Claims, "session");
        var parts = token.Split('.');
        var dearer = Encode(Part(token, 1).ToJsonString().Replace("4297", "1", StringComparison.Ordinal));
        Refuses($"{parts[0]}.{dearer}.{parts[2]}", "signature");
        Refuses($"{parts[0]}.{parts[1]}.{_tokens.Embed(Claims, "session").Split('.')[2]}", "signature");
        for (var i = 0; i < token.Length; i += 7)
        {
            // The next letter of the alphabet, unless it is one of the dots.
            var letter = token[i] == 'z' ? 'a' : char.IsAsciiLetterLower(token[i]) ? (char)(token[i] + 1) : 'q';
            Refuses($"{token[..i]}{letter}{token[(i + 1)..]}", "");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c.d")]
    [InlineData("{}")]
    [InlineData("bm90IGpzb24.e30.AAAA")]
    [InlineData("W10.e30.AAAA")]
    [InlineData("%%%.e30.AAAA")]
    [InlineData("eyJhbGciOjF9.e30.AAAA")]
    [InlineData("a.a.a")]
    public void What_is_no_token_is_refused(string text) => Refuses(text, "");

    [Fact]
    public void Spaces_padding_and_line_ends_do_not_belong_into_a_token()
    {
        var token = _tokens.Api("embed");
        Refuses(token + "=", "base64url");
        Refuses(token + "\n", "base64url");
        Refuses(" " + token, "base64url");
        Refuses(token.Replace(".", " .", StringComparison.Ordinal), "base64url");
    }

    [Fact]
    public void Another_algorithm_is_refused_whatever_signed_it()
    {
        var payload = _tokens.Embed(Claims, null).Split('.')[1];
        Refuses($"{Header("none")}.{payload}.", "ES512");
        // The old trick: the public key's text as the secret of a symmetric algorithm.
        var signed = $"{Header("HS512")}.{payload}";
        Refuses($"{signed}.{Encode(HMACSHA512.HashData(Encoding.UTF8.GetBytes(_key.X), Encoding.ASCII.GetBytes(signed)))}", "ES512");
        using var rsa = RSA.Create(2048);
        signed = $"{Header("RS512")}.{payload}";
        Refuses($"{signed}.{Encode(rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1))}", "ES512");
        foreach (var algorithm in new[] { "es512", "ES256", "ES384", "EdDSA" })
        {
            Refuses(Sign(Header(algorithm), payload, _key), "ES512");
        }
    }

    [Fact]
    public void A_signature_in_DER_is_refused()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(_key.ExportPem());
        var signed = string.Join('.', _tokens.Api("embed").Split('.')[..2]);
        var der = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA512, DSASignatureFormat.Rfc3279DerSequence);
        Refuses($"{signed}.{Encode(der)}", "signature");
    }

    [Fact]
    public void Another_key_is_refused_even_under_our_id()
    {
        using var stranger = SigningKey.Generate();
        Refuses(new TokenIssuer(stranger, _time, new IdSource()).Api("embed"), "another key");
        Refuses(Sign(Header("ES512"), _tokens.Api("embed").Split('.')[1], stranger), "signature");
    }

    [Theory]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":LATER}""", "scopes")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":LATER,"scopes":"embed"}""", "scopes")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":LATER,"scopes":[1]}""", "scopes")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":LATER,"scopes":["\ud800"]}""", "scopes")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"scopes":["embed"]}""", "exp")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":"LATER","scopes":["embed"]}""", "exp")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":LATER.5,"scopes":["embed"]}""", "exp")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":9223372036854775807,"scopes":["embed"]}""", "exp")]
    [InlineData("""{"iss":"a","jti":"b","exp":LATER,"scopes":["embed"]}""", "nbf")]
    [InlineData("""{"iss":"a","nbf":NOW,"exp":LATER,"scopes":["embed"]}""", "jti")]
    [InlineData("""{"iss":"a","jti":"b","nbf":LATER,"exp":LATER,"scopes":["embed"]}""", "not valid yet")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":NOW,"scopes":["embed"]}""", "expired")]
    [InlineData("""{"iss":"a","jti":"b","nbf":NOW,"exp":NOW,"exp":LATER,"scopes":["embed"]}""", "JSON")]
    [InlineData("[]", "iss")]
    [InlineData("not json", "JSON")]
    public void Claims_that_are_missing_or_odd_are_refused_though_the_key_signed_them(string claims, string expected)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var payload = claims.Replace("NOW", $"{now}", StringComparison.Ordinal).Replace("LATER", $"{now + 60}", StringComparison.Ordinal);
        Refuses(Sign(Header("ES512"), Encode(payload), _key), expected);
    }

    [Fact]
    public void Extensions_that_must_be_understood_are_refused() =>
        Refuses(Sign(Encode($$"""{"alg":"ES512","kid":"{{_key.Kid}}","crit":["exp"]}"""), _tokens.Api("embed").Split('.')[1], _key), "critical");

    private void Refuses(string token, string expected)
    {
        var problem = _tokens.Read(token).Problem;
        Assert.True(problem is not null, $"accepted: {token}");
        Assert.Contains(expected, problem.Advice, StringComparison.Ordinal);
    }

    private bool VerifiedByPublicHalf(string token)
    {
        using var half = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP521,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(_key.X), Y = Base64Url.DecodeFromChars(_key.Y) },
        });
        var dot = token.LastIndexOf('.');
        return half.VerifyData(Encoding.ASCII.GetBytes(token[..dot]), Base64Url.DecodeFromChars(token.AsSpan(dot + 1)), HashAlgorithmName.SHA512);
    }

    private string Header(string algorithm) => Encode($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{_key.Kid}}"}""");

    private static string Sign(string header, string payload, SigningKey key) =>
        $"{header}.{payload}.{Encode(key.Sign(Encoding.ASCII.GetBytes($"{header}.{payload}")))}";

    private static JsonNode Part(string token, int index) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[index]))!;

    private static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
