using System.Globalization;
using System.Text;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Orders;

/// <summary>What comes to the webhook's address, as deliveries: which are taken, stored, and counted once.</summary>
public sealed class WebhookDeliveries : IAsyncLifetime
{
    private OrderShop _shop = null!;
    private Order _order = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await OrderShop.Start();
        _order = await _shop.Order(("monstera", 2));
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    private byte[] Captured => OrderShop.Envelope(OrderShop.Tell(_order, TransactionStatus.CaptureSucceeded)).Write();

    private string Timestamp(int seconds = 0) => _shop.Time.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_signed_one_is_taken_and_pays()
    {
        var reply = await _shop.Deliver(Captured);
        Assert.Equal((200, """{"received":true}"""), (reply.Status, reply.Body));
        Assert.Equal("no-store", reply.Header("Cache-Control"));
        Assert.Equal("paid", await _shop.Status(_order.Id));
        Assert.StartsWith("webhook delivery-1", (await _shop.Trail(_order.Id))[^1].Cause, StringComparison.Ordinal);
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Forged_ones_are_refused_and_leave_no_trace()
    {
        var (body, now) = (Captured, Timestamp());
        var right = WebhookSignature.Sign(body, now, OrderShop.Secret);
        var refused = new[]
        {
            await _shop.Post(body, "a", now, WebhookSignature.Sign(body, now, "another secret")),
            await _shop.Post(body, "a", now, ""),
            await _shop.Post(body, "a", now, "0"),
            await _shop.Post(body, "a", now, right[..^1]),
            await _shop.Post(body, "a", now, new string('0', 64)),
            await _shop.Post(body, "a", Timestamp(1), right),
            await _shop.Post(body, "a", "", right),
            await _shop.Post(body, "a", $"{now}.0", right),
            await _shop.Post(body[..^1], "a", now, right),
            await _shop.Post([.. body, (byte)' '], "a", now, right),
            await _shop.Post(body, "a", now, WebhookSignature.Sign([], now, OrderShop.Secret)),
            await _shop.Wire.Send("POST", WebhookRoute.Path, Wire.Json(Encoding.UTF8.GetString(body))),
        };
        Assert.All(refused, reply => Assert.Equal((400, """{"error":"The webhook could not be verified."}"""), (reply.Status, reply.Body)));
        await AssertNothingHeard();
    }

    [Theory]
    [InlineData(-300, 200)]
    [InlineData(-301, 400)]
    [InlineData(300, 200)]
    [InlineData(301, 400)]
    [InlineData(-86_400, 400)]
    public async Task Stale_ones_and_ones_of_the_future_are_refused(int seconds, int status)
    {
        var timestamp = Timestamp(seconds);
        Assert.Equal(status, (await _shop.Post(Captured, "a", timestamp, WebhookSignature.Sign(Captured, timestamp, OrderShop.Secret))).Status);
        await _shop.AssertSound(orders: 1, paid: status == 200 ? 1 : 0);
    }

    [Fact]
    public async Task Replayed_ones_are_answered_alike_and_count_once_whatever_their_id()
    {
        Assert.Equal(200, (await _shop.Deliver(Captured, "one")).Status);
        var trail = await _shop.Trail(_order.Id);
        Assert.Equal(200, (await _shop.Deliver(Captured, "one")).Status);
        Assert.Equal(1, await Receipts());
        Assert.Equal(200, (await _shop.Deliver(Captured, "another")).Status);
        var timestamp = Timestamp();
        Assert.Equal(200, (await _shop.Post(Captured, null, timestamp, WebhookSignature.Sign(Captured, timestamp, OrderShop.Secret))).Status);
        Assert.Equal(trail, await _shop.Trail(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task One_sent_many_times_at_once_counts_once()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => _shop.Deliver(Captured, i % 2 == 0 ? "one" : $"{i}"))));
        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(2, (await _shop.Trail(_order.Id)).Count);
        Assert.Equal(1, await _shop.Database.Read(session => session.Integer("select stock from product where id = 'monstera'")));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Whoever_repeats_a_delivery_under_a_made_up_id_keeps_no_later_one_out()
    {
        var authorized = OrderShop.Envelope(OrderShop.Tell(_order, TransactionStatus.AuthorizationSucceeded)).Write();
        Assert.Equal(200, (await _shop.Deliver(authorized, "the-id-of-the-next-one")).Status);
        Assert.Equal(200, (await _shop.Deliver(OrderShop.Tell(_order, TransactionStatus.CaptureSucceeded, 2), "the-id-of-the-next-one")).Status);
        Assert.Equal("paid", await _shop.Status(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Deliveries_without_any_id_are_told_apart_by_what_they_say()
    {
        foreach (var status in new[] { TransactionStatus.AuthorizationSucceeded, TransactionStatus.CaptureSucceeded })
        {
            var body = (OrderShop.Envelope(OrderShop.Tell(_order, status, status.Length)) with { Id = "" }).Write();
            var timestamp = Timestamp();
            Assert.Equal(200, (await _shop.Post(body, null, timestamp, WebhookSignature.Sign(body, timestamp, OrderShop.Secret))).Status);
        }

        Assert.Equal("paid", await _shop.Status(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"id\":\"a\"")]
    [InlineData("<event/>")]
    [InlineData("{\"id\":1}{\"id\":2}")]
    public async Task Signed_nonsense_is_refused_and_not_stored(string body)
    {
        Assert.Equal(400, (await _shop.Deliver(Encoding.UTF8.GetBytes(body))).Status);
        await AssertNothingHeard();
    }

    [Fact]
    public async Task Signed_bytes_that_are_no_UTF8_or_a_part_of_a_delivery_are_refused_and_not_stored()
    {
        var body = Captured;
        Assert.Equal(400, (await _shop.Deliver(body[..^2])).Status);
        body[^20] = 0x80;
        Assert.Equal(400, (await _shop.Deliver(body)).Status);
        Assert.Equal(400, (await _shop.Deliver([0xFF, 0xFE, 0x7B, 0x7D])).Status);
        await AssertNothingHeard();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_than_a_mebibyte_is_too_large_however_it_is_sent(bool chunked)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', 1024 * 1024)}\"}}");
        using var content = new ByteArrayContent(body);
        (string, string)[] headers = chunked ? [("Transfer-Encoding", "chunked")] : [];
        var timestamp = Timestamp();
        var reply = await _shop.Wire.Send(
            "POST",
            WebhookRoute.Path,
            content,
            [.. headers, (WebhookSignature.TimestampHeader, timestamp), (WebhookSignature.SignaturesHeader, WebhookSignature.Sign(body, timestamp, OrderShop.Secret))]);
        Assert.Equal(413, reply.Status);
        await AssertNothingHeard();

        var largest = Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', (1024 * 1024) - 8)}\"}}");
        Assert.Equal(200, (await _shop.Deliver(largest)).Status);
    }

    [Theory]
    [InlineData("""{"id":"1","name":"payment-link.created","target":{"type":"payment-link","id":"x"}}""", "nothing to do")]
    [InlineData("""{"id":"1","name":"something.new","target":{"type":"something","id":"x"}}""", "nothing to do")]
    [InlineData("{}", "nothing to do")]
    [InlineData("""{"id":"1","target":{"type":"transaction","id":"x"}}""", "nothing to do")]
    [InlineData("""{"id":"1","target":{"type":"transaction","id":"x","status":"capture_succeeded","amount":1,"currency":"USD","external_identifier":"ord_00000000000000000000000000","updated_at":"2026-03-01T12:00:00Z"}}""", "no such order")]
    [InlineData("""{"id":"1","target":{"type":"refund","id":"x","transaction_id":"y","status":"succeeded","amount":1,"currency":"USD","updated_at":"2026-03-01T12:00:00Z"}}""", "no such order")]
    public async Task What_is_not_known_here_is_kept_and_answered_200(string body, string outcome)
    {
        Assert.Equal(200, (await _shop.Deliver(Encoding.UTF8.GetBytes(body))).Status);
        Assert.Contains(outcome, await Outcome(), StringComparison.Ordinal);
        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task A_status_that_is_not_known_changes_nothing_and_is_answered_200()
    {
        Assert.Equal(200, (await _shop.Deliver(OrderShop.Tell(_order, "capture_thought_about"))).Status);
        Assert.Contains("not understood", await Outcome(), StringComparison.Ordinal);
        Assert.Equal("awaiting_payment", await _shop.Status(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Several_secrets_count_while_they_are_rotated()
    {
        await using var rotating = await OrderShop.Start(change: payments => payments with { WebhookSecrets = ["new", OrderShop.Secret] });
        var order = await rotating.Order(("fern", 1));
        Assert.Equal(200, (await rotating.Deliver(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded))).Status);
        await rotating.AssertSound(orders: 1, paid: 1);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Only_posts_are_taken(string method) => Assert.Equal(405, (await _shop.Wire.Send(method, WebhookRoute.Path, null)).Status);

    [Fact]
    public async Task One_that_a_crash_left_stored_but_not_applied_is_applied_once()
    {
        var body = Captured;
        Assert.True((await _shop.Database.Write<bool>(async session => await session.Execute(
            "insert into webhook_receipt (id, received_at, body) values (@id, @now, @body)", ("@id", "left"), ("@now", 1L), ("@body", body)) == 1)).Ok);
        Assert.Equal("awaiting_payment", await _shop.Status(_order.Id));
        await _shop.KeepOrders();
        Assert.Equal("paid", await _shop.Status(_order.Id));
        var trail = await _shop.Trail(_order.Id);
        await _shop.KeepOrders();
        Assert.Equal(trail, await _shop.Trail(_order.Id));
        Assert.Equal(0, await _shop.Database.Read(session => session.Integer("select count(*) from webhook_receipt where applied_at is null")));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    private async Task AssertNothingHeard()
    {
        Assert.Equal(0, await Receipts());
        Assert.Single(await _shop.Trail(_order.Id));
        await _shop.AssertSound(orders: 1, paid: 0);
    }

    private async Task<long> Receipts() => (await _shop.Database.Read(session => session.Integer("select count(*) from webhook_receipt")))!.Value;

    private async Task<string> Outcome() =>
        (await _shop.Database.Read(session => session.First("select outcome from webhook_receipt where applied_at is not null", row => row.GetString(0))))!;
}
