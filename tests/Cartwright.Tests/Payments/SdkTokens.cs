using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Payments;

/// <summary>Tokens that Gr4vy's own TypeScript library made (tests/node/src/make-sdk-token.ts), with a key that nobody has any more.</summary>
public sealed class SdkTokens : IDisposable
{
    private readonly JsonNode _fixture;
    private readonly VerifyingKey _key;
    private readonly string _embed;
    private readonly string _api;

    public SdkTokens()
    {
        using var file = typeof(SdkTokens).Assembly.GetManifestResourceStream("sdk-token.json")!;
        _fixture = JsonNode.Parse(file)!;
        (_embed, _api) = ((string)_fixture["embed_token"]!, (string)_fixture["api_token"]!);
        _key = new VerifyingKey(new ECPoint
        {
            X = Base64Url.DecodeFromChars((string)_fixture["jwk"]!["x"]!),
            Y = Base64Url.DecodeFromChars((string)_fixture["jwk"]!["y"]!),
        });
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public void The_librarys_tokens_are_read()
    {
        var embed = TokenReader.Read(_embed, _key, Made(_embed)).Value;
        Assert.Equal(["embed"], embed.Scopes);
        Assert.Equal(
            ("0ebde6a1-f66c-43ea-bb8b-73751864c604", 4297L, "USD", "acme"),
            (embed.CheckoutSessionId, embed.Amount, embed.Currency, embed.MerchantAccountId));
        Assert.Equal([KeyValuePair.Create("order_id", "ord_1")], embed.Metadata!);
        Assert.Equal(TimeSpan.FromHours(1), embed.Expires - embed.NotBefore);
        Assert.Equal(["*.read", "*.write"], TokenReader.Read(_api, _key, Made(_api)).Value.Scopes);
    }

    [Fact]
    public void They_are_refused_before_and_after_their_time()
    {
        Assert.False(TokenReader.Read(_embed, _key, Made(_embed).AddSeconds(-1)).Ok);
        Assert.False(TokenReader.Read(_embed, _key, Made(_embed).AddHours(1)).Ok);
        using var other = SigningKey.Generate();
        Assert.False(TokenReader.Read(_embed, other.Public, Made(_embed)).Ok);
    }

    [Fact]
    public void Ours_have_the_same_members_in_header_claims_and_pinned_parameters()
    {
        using var key = SigningKey.Generate();
        var ours = new TokenIssuer(key, new FakeTime(), new IdSource());
        var claims = new EmbedClaims(
            4297, "USD", "acme", new Dictionary<string, string> { ["order_id"] = "ord_1" }, [new EmbedItem("Monstera", 1, 4297, "monstera")]);
        var embed = ours.Embed(claims, "session");
        Assert.Equal(Names(Part(_embed, 0)), Names(Part(embed, 0)));
        Assert.Equal(Names(Part(_embed, 1)), Names(Part(embed, 1)));
        Assert.True(JsonNode.DeepEquals(Part(_embed, 1)["embed"], Part(embed, 1)["embed"]));
        Assert.Equal(Names(Part(_api, 1)), Names(Part(ours.Api("*.read", "*.write"), 1)));
    }

    private static DateTimeOffset Made(string token) => DateTimeOffset.FromUnixTimeSeconds((long)Part(token, 1)["iat"]!);

    private static JsonNode Part(string token, int index) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[index]))!;

    private static string[] Names(JsonNode node) => [.. node.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal)];
}
