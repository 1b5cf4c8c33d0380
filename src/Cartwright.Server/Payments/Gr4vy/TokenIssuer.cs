using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>
/// Makes the tokens that Gr4vy accepts: compact JWS, ES512, with the key's thumbprint as its id (Gr4vy, guides "JWTs" and
/// "Authentication"; RFC 7515, RFC 7519). They are secrets: never log one.
/// </summary>
internal sealed class TokenIssuer
{
    /// <summary>How long a token for one API call is good.</summary>
    public static readonly TimeSpan ApiLifetime = TimeSpan.FromSeconds(60);

    /// <summary>How long a shopper may take at the payment form, as in Gr4vy's own libraries.</summary>
    public static readonly TimeSpan EmbedLifetime = TimeSpan.FromHours(1);

    private static readonly string Issuer = $"cartwright/{ServerBuilder.Version}";

    private readonly SigningKey _key;
    private readonly TimeProvider _time;
    private readonly IdSource _ids;
    private readonly string _header;

    public TokenIssuer(SigningKey key, TimeProvider time, IdSource ids)
    {
        (_key, _time, _ids) = (key, time, ids);
        _header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES512","typ":"JWT","kid":"{{key.Kid}}"}"""));
    }

    /// <summary>The id of the key that signs.</summary>
    public string Kid => _key.Kid;

    /// <summary>A bearer token for one call, with the scopes given ("transactions.read").</summary>
    public string Api(params ReadOnlySpan<string> scopes) => Sign(scopes, ApiLifetime, null, null);

    /// <summary>The token for Gr4vy Embed in the shopper's browser.</summary>
    public string Embed(EmbedClaims claims, string? checkoutSessionId) => Sign(["embed"], EmbedLifetime, claims, checkoutSessionId);

    /// <summary>
    /// Reads a token that this key signed, as Gr4vy would. Invalid for any other: another algorithm or key, changed, expired, not yet valid.
    /// </summary>
    public Result<TokenClaims> Read(string token) => TokenReader.Read(token, _key.Public, _time.GetUtcNow());

    private string Sign(ReadOnlySpan<string> scopes, TimeSpan lifetime, EmbedClaims? embed, string? checkoutSessionId)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss", Issuer);
            json.WriteNumber("iat", now);
            json.WriteNumber("nbf", now);
            json.WriteNumber("exp", now + (long)lifetime.TotalSeconds);
            json.WriteString("jti", Uuid.Random(_ids));
            json.WriteStartArray("scopes");
            foreach (var scope in scopes)
            {
                json.WriteStringValue(scope);
            }

            json.WriteEndArray();
            if (checkoutSessionId is not null)
            {
                json.WriteString("checkout_session_id", checkoutSessionId);
            }

            if (embed is not null)
            {
                json.WritePropertyName("embed");
                Write(json, embed);
            }

            json.WriteEndObject();
        }

        var signed = $"{_header}.{Base64Url.EncodeToString(payload.WrittenSpan)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static void Write(Utf8JsonWriter json, EmbedClaims embed)
    {
        json.WriteStartObject();
        json.WriteNumber("amount", embed.Amount);
        json.WriteString("currency", embed.Currency);
        if (embed.MerchantAccountId is not null)
        {
            json.WriteString("merchant_account_id", embed.MerchantAccountId);
        }

        if (embed.Metadata is not null)
        {
            json.WriteStartObject("metadata");
            foreach (var (key, value) in embed.Metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        if (embed.CartItems is not null)
        {
            json.WriteStartArray("cart_items");
            foreach (var item in embed.CartItems)
            {
                json.WriteStartObject();
                json.WriteString("name", item.Name);
                json.WriteNumber("quantity", item.Quantity);
                json.WriteNumber("unit_amount", item.UnitAmount);
                if (item.ExternalIdentifier is not null)
                {
                    json.WriteString("external_identifier", item.ExternalIdentifier);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
