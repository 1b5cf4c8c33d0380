using System.Text;
using Cartwright.Server;
using Cartwright.Server.Payments.Gr4vy;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cartwright.Tests.Payments;

public sealed class WebhookSignatures
{
    // The vector of the tests of Gr4vy's SDKs.
    private const string Secret = "Ik4L-8FH0ihWczctcIPXZRR_8F0fPNgmhEfVBbZ3zNwqQVa1Or4tBz4Pgw2eNaVDod7H56Y268h_wohEUaWbUg";
    private const string Timestamp = "1744018920";
    private const string Good = "78aca0c78005107a654a957b8566fa6e0e5e06aea92d7da72a6da9e5a690d013";
    private const string Other = "00aca0c78005107a654a957b8566fa6e0e5e06aea92d7da72a6da9e5a690d013";
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1744018920);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(300);

    [Fact]
    public void A_signature_is_that_of_Gr4vys_libraries() => Assert.Equal(Good, WebhookSignature.Sign("payload"u8, Timestamp, Secret));

    [Theory]
    [InlineData(Good)]
    [InlineData(Good + ",other")]
    [InlineData("other," + Good)]
    [InlineData(Other + " , " + Good + " ")]
    [InlineData(Good + ",")]
    [InlineData("78ACA0C78005107A654A957B8566FA6E0E5E06AEA92D7DA72A6DA9E5A690D013")]
    public void One_good_signature_is_enough_however_it_is_written(string signatures) => Assert.True(Verify(Headers(signatures)).Ok);

    [Theory]
    [InlineData("other")]
    [InlineData(Other)]
    [InlineData("78aca0c7")]
    [InlineData(Good + "00")]
    [InlineData(Good + " " + Other)]
    [InlineData("0x" + Good)]
    [InlineData("sha256=" + Good)]
    [InlineData(",")]
    [InlineData("zzaca0c78005107a654a957b8566fa6e0e5e06aea92d7da72a6da9e5a690d013")]
    public void A_wrong_signature_is_refused(string signatures) => Refuses(Headers(signatures), "no signature");

    [Theory]
    [InlineData("wrong")]
    [InlineData("17abc")]
    [InlineData(" 1744018920")]
    [InlineData("+1744018920")]
    [InlineData("-1744018920")]
    [InlineData("1744018920.0")]
    [InlineData("1744018920000")]
    [InlineData("0x67f37e68")]
    [InlineData("１７４４０１８９２０")]
    public void A_timestamp_is_digits_only_even_if_it_was_signed_so(string timestamp) =>
        Refuses(Headers(WebhookSignature.Sign("payload"u8, timestamp, Secret), timestamp), "not a number of seconds");

    [Theory]
    [InlineData(null, Timestamp)]
    [InlineData("", Timestamp)]
    [InlineData(Good, null)]
    [InlineData(Good, "")]
    [InlineData(null, "wrong")]
    [InlineData(null, null)]
    public void A_missing_header_is_refused(string? signatures, string? timestamp) => Refuses(Headers(signatures, timestamp), "is missing");

    [Fact]
    public void The_names_in_the_guide_are_read_where_the_others_do_not_come()
    {
        var guide = new HeaderDictionary { ["x-gr4vy-signature"] = Good, ["X-GR4VY-TIMESTAMP"] = Timestamp };
        Assert.Equal("", Verify(guide).Value);
        guide[WebhookSignature.IdHeader] = "id";
        Assert.Equal("id", Verify(guide).Value);

        // Never a signature of the one and a timestamp of the other.
        guide[WebhookSignature.TimestampHeader] = Timestamp;
        Refuses(guide, "is missing");
        guide[WebhookSignature.SignaturesHeader] = Other;
        Refuses(guide, "no signature");
        guide[WebhookSignature.SignaturesHeader] = Good;
        guide["X-Gr4vy-Signature"] = "other";
        Assert.True(Verify(guide).Ok);
    }

    [Fact]
    public void A_header_may_come_twice_only_if_it_says_the_same()
    {
        foreach (var name in new[] { WebhookSignature.IdHeader, WebhookSignature.SignaturesHeader, WebhookSignature.TimestampHeader })
        {
            var headers = Headers(Good);
            headers[WebhookSignature.IdHeader] = "id";
            headers[name] = new StringValues([headers[name].ToString(), headers[name].ToString()]);
            Assert.Equal("id", Verify(headers).Value);
            headers[name] = new StringValues([headers[name][0], "1"]);
            Refuses(headers, "twice");
            headers[name] = new StringValues([headers[name][0], ""]);
            Refuses(headers, "twice");
        }
    }

    [Theory]
    [InlineData(300, 300, true)]
    [InlineData(301, 300, false)]
    [InlineData(60, 59, false)]
    [InlineData(-300, 300, true)]
    [InlineData(-301, 300, false)]
    [InlineData(500_000_000, 0, true)]
    [InlineData(-301, 0, false)]
    public void Old_and_future_timestamps_are_refused(int age, int tolerance, bool ok)
    {
        var verified = WebhookSignature.Verify(Headers(Good), "payload"u8, [Secret], Then.AddSeconds(age), TimeSpan.FromSeconds(tolerance));
        Assert.Equal(ok, verified.Ok);
        Assert.True(ok || verified.Problem!.Advice.Contains(age > 0 ? "too old" : "future", StringComparison.Ordinal), verified.ToString());
    }

    [Fact]
    public void The_largest_timestamp_is_in_the_future() =>
        Refuses(Headers(WebhookSignature.Sign("payload"u8, "999999999999", Secret), "999999999999"), "future");

    [Fact]
    public void The_signature_is_looked_at_before_the_clock() =>
        Assert.Contains(
            "no signature",
            WebhookSignature.Verify(Headers(Other), "payload"u8, [Secret], Then.AddDays(1), Limit).Problem!.Advice,
            StringComparison.Ordinal);

    [Fact]
    public void While_secrets_rotate_either_is_good()
    {
        var both = $"{WebhookSignature.Sign("payload"u8, Timestamp, "new")},{WebhookSignature.Sign("payload"u8, Timestamp, "old")}";
        Assert.True(Verify(Headers(both), "old").Ok);
        Assert.True(Verify(Headers(both), "new").Ok);
        Assert.True(Verify(Headers(WebhookSignature.Sign("payload"u8, Timestamp, "old")), "new", "old").Ok);
        Assert.False(Verify(Headers(both), "other", "another").Ok);
    }

    [Fact]
    public void Without_a_secret_nothing_is_accepted()
    {
        Assert.False(Verify(Headers(Good), []).Ok);
        Assert.False(Verify(Headers(WebhookSignature.Sign("payload"u8, Timestamp, "")), "").Ok);
        Assert.False(Verify(Headers(WebhookSignature.Sign("payload"u8, Timestamp, "")), "", "other").Ok);
    }

    [Fact]
    public void An_empty_body_needs_a_signature_of_its_own()
    {
        Assert.False(WebhookSignature.Verify(Headers(Good), [], [Secret], Then, Limit).Ok);
        Assert.True(WebhookSignature.Verify(Headers(WebhookSignature.Sign([], Timestamp, Secret)), [], [Secret], Then, Limit).Ok);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("li\nne")]
    [InlineData("ümlaut")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x")]
    public void An_id_that_nobody_would_send_is_refused(string id)
    {
        var headers = Headers(Good);
        headers[WebhookSignature.IdHeader] = id;
        Refuses(headers, "webhook's id");
    }

    [Fact]
    public void Any_altered_byte_is_noticed() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<byte>>(), ArbMap.Default.ArbFor<NonEmptyString>(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (body, secret, at) =>
        {
            var bytes = body.Get.ToArray();
            var headers = Headers(WebhookSignature.Sign(bytes, Timestamp, secret.Get));
            Assert.True(WebhookSignature.Verify(headers, bytes, [secret.Get], Then, Limit).Ok);
            bytes[at % bytes.Length] ^= (byte)(1 << (at % 8));
            Assert.False(WebhookSignature.Verify(headers, bytes, [secret.Get], Then, Limit).Ok);
            headers[WebhookSignature.TimestampHeader] = "1744018921";
            Assert.False(WebhookSignature.Verify(headers, body.Get, [secret.Get], Then, Limit).Ok);
        }).QuickCheckThrowOnFailure();

    private static HeaderDictionary Headers(string? signatures, string? timestamp = Timestamp)
    {
        var headers = new HeaderDictionary();
        if (signatures is not null)
        {
            headers[WebhookSignature.SignaturesHeader] = signatures;
        }

        if (timestamp is not null)
        {
            headers[WebhookSignature.TimestampHeader] = timestamp;
        }

        return headers;
    }

    private static Result<string> Verify(HeaderDictionary headers, params string[] secrets) =>
        WebhookSignature.Verify(headers, Encoding.UTF8.GetBytes("payload"), secrets, Then, Limit);

    private static Result<string> Verify(HeaderDictionary headers) => Verify(headers, Secret);

    private static void Refuses(HeaderDictionary headers, string expected)
    {
        var problem = Verify(headers).Problem;
        Assert.NotNull(problem);
        Assert.Contains(expected, problem.Advice, StringComparison.Ordinal);
    }
}
