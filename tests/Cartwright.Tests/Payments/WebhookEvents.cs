using System.Text;
using Cartwright.Server;
using Cartwright.Server.Payments;
using Cartwright.Server.Payments.Gr4vy;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Payments;

public sealed class WebhookEvents
{
    private const string Sample = """
        {"type":"event","id":"8f1b9a3e","name":"transaction.captured","created_at":"2026-03-01T12:00:05.123+00:00",
         "merchant_account_id":"default","gr4vy_id":"acme","environment":"sandbox","unknown":{"a":[1,2]},
         "target":{"type":"transaction","id":"tx1","status":"capture_succeeded","payment_method":{"type":"payment-method","method":"card"},
           "external_identifier":"ord_1","amount":4297,"currency":"USD","authorized_amount":4297,"captured_amount":4297,"refunded_amount":0,
           "payment_link_id":null,"pending_review":false,"error_code":null,"metadata":{"order_id":"ord_1","count":3},
           "created_at":"2026-03-01T12:00:00Z","updated_at":"2026-03-01T12:00:04Z"}}
        """;

    [Fact]
    public void A_transaction_is_read()
    {
        var read = Read(Sample);
        Assert.Equal(
            ("8f1b9a3e", "transaction.captured", "default", "acme", "sandbox", "transaction", "tx1"),
            (read.Id, read.Name, read.MerchantAccountId, read.Gr4vyId, read.Environment, read.TargetType, read.TargetId));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 5, 123, TimeSpan.Zero), read.CreatedAt);
        Assert.Null(read.Refund);
        Assert.Null(read.Unread);
        var transaction = read.Transaction!;
        Assert.Equal(
            new PaymentTransaction(
                "tx1", "capture_succeeded", 4297, "USD", new DateTimeOffset(2026, 3, 1, 12, 0, 4, TimeSpan.Zero), 4297, 4297, 0, "ord_1",
                transaction.Metadata, Method: "card"),
            transaction);
        Assert.Equal([KeyValuePair.Create("order_id", "ord_1")], transaction.Metadata!);
    }

    [Fact]
    public void A_refund_is_read()
    {
        var refund = Read("""
            {"id":"e","name":"refund.succeeded","created_at":"2026-03-01T12:00:05Z","target":{"type":"refund","id":"r1","transaction_id":"tx1",
            "status":"succeeded","amount":100,"currency":"USD","external_identifier":"back-1","transaction_external_identifier":"ord_1"}}
            """).Refund!;
        Assert.Equal(
            new PaymentRefund("r1", "tx1", "succeeded", 100, "USD", new DateTimeOffset(2026, 3, 1, 12, 0, 5, TimeSpan.Zero), "back-1", "ord_1"), refund);
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00", "12:00:00")]
    [InlineData("2026-03-01T14:30:00+02:30", "12:00:00")]
    [InlineData("2026-03-01T12:00:00.123456789Z", "12:00:00.1234568")]
    public void Times_are_read_whatever_their_offset(string text, string utc) =>
        Assert.Equal(
            new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) + TimeSpan.Parse(utc), Read(Sample.Replace("2026-03-01T12:00:04Z", text, StringComparison.Ordinal)).Transaction!.UpdatedAt);

    [Theory]
    [InlineData("\"updated_at\":\"2026-03-01T12:00:04Z\"", "\"updated_at\":null")]
    [InlineData(",\"updated_at\":\"2026-03-01T12:00:04Z\"", "")]
    public void Without_a_time_of_its_own_the_target_has_that_of_the_envelope(string what, string instead)
    {
        var read = Read(Sample.ReplaceLineEndings("").Replace("Z\",           \"", "Z\",\"", StringComparison.Ordinal).Replace(what, instead, StringComparison.Ordinal));
        Assert.Equal(read.CreatedAt, read.Transaction!.UpdatedAt);
    }

    [Theory]
    [InlineData("\"id\":\"tx1\"", "\"id\":7", "id is missing")]
    [InlineData("\"id\":\"tx1\",", "", "id is missing")]
    [InlineData("\"status\":\"capture_succeeded\"", "\"status\":null", "status is missing")]
    [InlineData("\"amount\":4297", "\"amount\":42.97", "amount is not a whole number")]
    [InlineData("\"amount\":4297", "\"amount\":4297.0", "amount is not a whole number")]
    [InlineData("\"amount\":4297", "\"amount\":4e3", "amount is not a whole number")]
    [InlineData("\"amount\":4297", "\"amount\":\"4297\"", "amount is not a whole number")]
    [InlineData("\"amount\":4297", "\"amount\":-1", "amount is not a whole number")]
    [InlineData("\"amount\":4297", "\"amount\":9223372036854775808", "amount is not a whole number")]
    [InlineData("\"amount\":4297,", "", "amount is missing")]
    [InlineData("\"captured_amount\":4297", "\"captured_amount\":-4297", "captured_amount is not a whole number")]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"\"", "currency is missing")]
    [InlineData("12:00:04Z", "noon", "updated_at is missing or no time")]
    [InlineData("\"type\":\"transaction\"", "\"type\":\"payout\"", "not used here")]
    [InlineData("\"type\":\"transaction\"", "\"type\":3", "no target")]
    [InlineData("\"target\":", "\"target\":7,\"else\":", "no target")]
    [InlineData("\"target\":", "\"else\":", "no target")]
    public void What_cannot_be_used_is_kept_with_the_reason(string what, string instead, string reason)
    {
        var read = Read(Sample.Replace(what, instead, StringComparison.Ordinal));
        Assert.Null(read.Transaction);
        Assert.Null(read.Refund);
        Assert.Contains(reason, read.Unread, StringComparison.Ordinal);
        Assert.Equal("8f1b9a3e", read.Id);
    }

    [Fact]
    public void Amounts_go_up_to_the_largest_long() =>
        Assert.Equal(long.MaxValue, Read(Sample.Replace("\"amount\":4297", "\"amount\":9223372036854775807", StringComparison.Ordinal)).Transaction!.Amount);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"event\"")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}")]
    [InlineData("\ufeff{}")]
    [InlineData("<event/>")]
    public void What_is_no_envelope_is_refused(string json) =>
        Assert.Equal(ProblemKind.Invalid, WebhookEvent.Read(Encoding.UTF8.GetBytes(json)).Problem!.Kind);

    [Fact]
    public void Depth_and_size_have_limits()
    {
        Assert.False(WebhookEvent.Read(Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', 200_000)}")).Ok);
        Assert.False(WebhookEvent.Read(Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', 40)}{new string(']', 40)}}}")).Ok);
        Assert.False(WebhookEvent.Read(Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', WebhookEvent.MaxBytes)}\"}}")).Ok);
        Assert.True(WebhookEvent.Read(Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', WebhookEvent.MaxBytes - 10)}\"}}")).Ok);
    }

    [Theory]
    [InlineData("{\"id\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"\\ud800\":1,\"\\udfff\":2}")]
    [InlineData("{\"target\":{\"type\":\"transaction\",\"metadata\":{\"\\ud800\":\"a\",\"b\":\"\\ud800\"}}}")]
    public void Half_a_character_is_no_exception(string json) => Assert.Equal("", Tolerant(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("order_id")]
    [InlineData("ord_1")]
    [InlineData("tx1")]
    public void Bytes_that_are_no_UTF8_are_refused_wherever_they_stand(string near)
    {
        var json = Encoding.UTF8.GetBytes(Sample);
        json[Sample.LastIndexOf(near, StringComparison.Ordinal)] = 0x80;
        Assert.False(WebhookEvent.Read(json).Ok);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_thrown_at() =>
        Prop.ForAll(Gen.Choose(0, Sample.Length - 1).ToArbitrary(), ArbMap.Default.ArbFor<byte[]>(), (at, bytes) =>
        {
            var sample = Encoding.UTF8.GetBytes(Sample);
            _ = Tolerant(bytes);
            _ = Tolerant([.. sample[..at], .. bytes, .. sample[at..]]);
            _ = Tolerant([.. sample[..at], .. bytes, .. sample[Math.Min(sample.Length, at + bytes.Length)..]]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_written_is_read_the_same()
    {
        // Through UTF-8, which leaves no half of a character.
        var texts = ArbMap.Default.GeneratorFor<UnicodeString>().Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get))).Where(text => text.Length > 0);
        var amounts = Gen.OneOf(Gen.Constant<long?>(null), Gen.Choose(0, int.MaxValue).Select(amount => (long?)amount), Gen.Constant<long?>(long.MaxValue));
        var events =
            from id in texts
            from name in texts
            from method in Gen.OneOf(Gen.Constant<string?>(null), texts.Select(text => (string?)text))
            from amount in amounts
            from captured in amounts
            from ticks in Gen.Choose(0, int.MaxValue)
            let time = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(ticks)
            from refund in ArbMap.Default.GeneratorFor<bool>()
            let envelope = new WebhookEvent(id, name, time, name, id, "sandbox", refund ? "refund" : "transaction", id)
            select refund
                ? envelope with { Refund = new PaymentRefund(id, name, "succeeded", amount ?? 0, "USD", time, method, name) }
                : envelope with
                {
                    Transaction = new PaymentTransaction(
                        id, name, amount ?? 0, "USD", time, captured, amount, captured, method, null, method, name, method, method),
                };
        Prop.ForAll(events.ToArbitrary(), written => Assert.Equal(written, WebhookEvent.Read(written.Write()).Value)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Metadata_and_types_are_written_as_Gr4vy_does()
    {
        var transaction = new PaymentTransaction(
            "tx1", "processing", 1, "USD", new DateTimeOffset(2026, 3, 1, 12, 0, 4, TimeSpan.Zero),
            Metadata: new Dictionary<string, string> { ["order_id"] = "ord_1" }, Method: "card");
        var written = new WebhookEvent("e", "transaction.modified", null, "default", "acme", "sandbox", "transaction", "tx1", transaction).Write();
        Assert.Equal(
            """{"type":"event","id":"e","name":"transaction.modified","merchant_account_id":"default","gr4vy_id":"acme","environment":"sandbox","target":"""
            + """{"type":"transaction","id":"tx1","status":"processing","amount":1,"currency":"USD","metadata":{"order_id":"ord_1"}"""
            + ""","payment_method":{"type":"payment-method","method":"card"},"updated_at":"2026-03-01T12:00:04+00:00"}}""",
            Encoding.UTF8.GetString(written));
    }

    private static WebhookEvent Read(string json) => WebhookEvent.Read(Encoding.UTF8.GetBytes(json)).Value;

    private static string Tolerant(byte[] json) => WebhookEvent.Read(json) is { Ok: true } read ? read.Value.Id : "";
}
