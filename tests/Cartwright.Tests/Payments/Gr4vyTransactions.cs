using System.Text.Json.Nodes;

namespace Cartwright.Tests.Payments;

public sealed class Gr4vyTransactions
{
    private const string Uuid4 = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

    [Fact]
    public async Task Transactions_are_found_by_the_orders_id_on_all_pages()
    {
        await using var bench = await Gr4vyBench.Start(path: "gateway/");
        bench.Api.Expect(
            new FakeAnswer(500),
            new FakeAnswer(200, $$"""{"items":[{{Transaction("tx1", "ord_1", "authorization_declined")}},{"id":7}],"limit":100,"next_cursor":"a b&c"}"""),
            new FakeAnswer(200, $$"""{"items":[{{Transaction("tx2", "ord_1")}},{{Transaction("tx3", "ord_2")}}],"next_cursor":null}"""));
        var found = (await bench.Payments.Find("ord_1", default)).Value;
        Assert.Equal([("tx1", "authorization_declined"), ("tx2", "capture_succeeded")], found.Select(transaction => (transaction.Id, transaction.Status)));
        Assert.Equal(
            [
                "/gateway/transactions?external_identifier=ord_1&limit=100",
                "/gateway/transactions?external_identifier=ord_1&limit=100",
                "/gateway/transactions?external_identifier=ord_1&limit=100&cursor=a%20b%26c",
            ],
            bench.Api.Calls.Select(call => call.Path));
        Assert.All(bench.Api.Calls, call =>
        {
            Assert.Equal(["transactions.read"], call.Token.Scopes);
            Assert.Null(call.Body);
        });
        Assert.Equal(3, bench.Api.Calls.Select(call => call.Token.Id).Distinct().Count());
        Assert.Contains("5206 An item of transactions by external_identifier is left out: ", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_without_end_are_given_up()
    {
        await using var bench = await Gr4vyBench.Start();
        for (var page = 0; page < 12; page++)
        {
            bench.Api.Expect(new FakeAnswer(200, $$"""{"items":[{{Transaction($"tx{page}", "ord_1")}}],"next_cursor":"{{page}}"}"""));
        }

        Assert.Equal(10, (await bench.Payments.Find("ord_1", default)).Value.Count);
        Assert.Equal(10, bench.Api.Calls.Count);
        Assert.Contains("5207", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_that_points_to_itself_is_the_end()
    {
        await using var bench = await Gr4vyBench.Start();
        var page = new FakeAnswer(200, $$"""{"items":[{{Transaction("tx1", "ord_1")}}],"next_cursor":"same"}""");
        bench.Api.Expect(page, page, page);
        Assert.True((await bench.Payments.Find("ord_1", default)).Ok);
        Assert.Equal(2, bench.Api.Calls.Count);
    }

    [Fact]
    public async Task What_a_browser_left_out_is_found_by_the_pinned_metadata_and_looked_at()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(
            // An API that does not know the filter gives everything.
            new FakeAnswer(200, $$"""{"items":[{{Transaction("tx9", "ord_9")}}]}"""),
            new FakeAnswer(200, $$"""{"items":[{{Transaction("tx1", null)}},{{Transaction("tx2", null)}},{{Transaction("tx3", null, metadata: "ord_9")}},{{Transaction("tx4", "ord_9", metadata: "ord_1")}},{{Transaction("tx5", null)}}]}"""),
            new FakeAnswer(200, Transaction("tx1", null, metadata: "ord_1")),
            new FakeAnswer(200, Transaction("tx2", "ord_1", metadata: "ord_2")),
            // It pays for the other order already.
            new FakeAnswer(200, Transaction("tx5", "ord_9", metadata: "ord_1")));
        Assert.Equal(["tx1"], (await bench.Payments.Find("ord_1", default)).Value.Select(transaction => transaction.Id));
        Assert.Equal(
            ["/transactions?external_identifier=ord_1&limit=100", "/transactions?metadata=%7B%22order_id%22%3A%22ord_1%22%7D&limit=100", "/transactions/tx1", "/transactions/tx2", "/transactions/tx5"],
            bench.Api.Calls.Select(call => call.Path));
    }

    [Fact]
    public async Task Nothing_found_is_an_empty_list()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(200, """{"items":[]}"""), new FakeAnswer(200, """{"items":[]}"""));
        Assert.Empty((await bench.Payments.Find("ord_1", default)).Value);
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData("0", 0)]
    [InlineData("2", 2000)]
    [InlineData("Sun, 01 Mar 2026 12:00:01 GMT", 1000)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", 0)]
    [InlineData("soon", 200)]
    public async Task Who_asks_too_often_waits_as_told(string? retryAfter, int milliseconds)
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(429, RetryAfter: retryAfter), new FakeAnswer(200, $$"""{"items":[{{Transaction("tx1", "ord_1")}}]}"""));
        Assert.Single((await bench.Payments.Find("ord_1", default)).Value);
        // A wait of nothing needs no timer.
        Assert.Equal(milliseconds == 0 ? [] : [TimeSpan.FromMilliseconds(milliseconds)], bench.Waits);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("86400")]
    [InlineData("Sun, 01 Mar 2026 13:00:00 GMT")]
    public async Task Nobody_waits_long(string retryAfter)
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(429, RetryAfter: retryAfter));
        Gr4vyBench.Unavailable(await bench.Payments.Find("ord_1", default));
        Assert.Single(bench.Api.Calls);
        Assert.Empty(bench.Waits);
    }

    [Fact]
    public async Task Three_tries_are_all()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(502), FakeAnswer.Drop, new FakeAnswer(500), new FakeAnswer(200));
        Gr4vyBench.Unavailable(await bench.Payments.Find("ord_1", default));
        Assert.Equal(3, bench.Api.Calls.Count);
        Assert.Equal([200.0, 400.0], bench.Waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public async Task A_connection_that_is_reset_while_it_is_made_is_one_that_broke()
    {
        await using var bench = await Gr4vyBench.Start();
        using var http = new HttpClient(new ResettingHandler());
        Gr4vyBench.Unavailable(await bench.At(bench.Api.Url, http: http).Find("ord_1", default));
        Assert.Equal([200.0, 400.0], bench.Waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public async Task A_capture_is_repeated_under_one_key_until_it_is_answered()
    {
        await using var bench = await Gr4vyBench.Start();
        // Gr4vy still works on the try whose connection broke.
        bench.Api.Expect(FakeAnswer.Drop, new FakeAnswer(409, """{"code":"duplicate"}"""), new FakeAnswer(200, Transaction("tx/1", "ord_1")));
        Assert.Equal("capture_succeeded", (await bench.Payments.Capture("tx/1", "capture-ord_1", default)).Value.Status);
        Assert.All(bench.Api.Calls, call =>
        {
            Assert.Equal(("POST", "/transactions/tx%2F1/capture", "{}"), (call.Method, call.Path, call.Body!.ToJsonString()));
            Assert.Equal(["transactions.write"], call.Token.Scopes);
            Assert.Matches(Uuid4, call.Headers["Idempotency-Key"]);
        });
        bench.Api.Expect(new FakeAnswer(200, Transaction("tx/1", "ord_1")), new FakeAnswer(200, Transaction("tx/1", "ord_1")));
        Assert.True((await bench.Payments.Capture("tx/1", "capture-ord_1", default)).Ok);
        Assert.True((await bench.Payments.Capture("tx/1", "capture-again", default)).Ok);
        var keys = bench.Api.Calls.Select(call => call.Headers["Idempotency-Key"]).ToArray();
        Assert.Equal([keys[0], keys[0], keys[0], keys[0], keys[4]], keys);
        Assert.NotEqual(keys[0], keys[4]);
    }

    [Fact]
    public async Task A_capture_with_the_transaction_inside_is_read()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(200, $$"""{"type":"transaction-capture","id":"cap1","status":"succeeded","amount":4297,"transaction":{{Transaction("tx1", "ord_1")}}}"""));
        Assert.Equal(("tx1", 4297L), ((await bench.Payments.Capture("tx1", "key", default)).Value is var read ? (read.Id, read.CapturedAmount) : default));
    }

    [Theory]
    [InlineData(400, "Conflict")]
    [InlineData(409, "Conflict")]
    [InlineData(422, "Conflict")]
    [InlineData(404, "NotFound")]
    public async Task A_capture_that_is_refused_is_not_repeated(int status, string kind)
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(status), new FakeAnswer(200, Transaction("tx1", "ord_1")));
        Assert.Equal(kind, $"{(await bench.Payments.Capture("tx1", "key", default)).Problem!.Kind}");
        Assert.Single(bench.Api.Calls);
    }

    [Fact]
    public async Task A_refund_carries_our_reference_and_a_key_that_follows_from_it()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(
            new FakeAnswer(200, $$"""{"items":[{{Refund("r0", "other")}}]}"""), new FakeAnswer(503), new FakeAnswer(201, Refund("r1", "back-1")));
        var refund = (await bench.Payments.Refund("tx1", 100, "back-1", default)).Value;
        Assert.Equal(("r1", "tx1", "succeeded", 100L, "back-1"), (refund.Id, refund.TransactionId, refund.Status, refund.Amount, refund.ExternalIdentifier));
        Assert.Equal(["GET /transactions/tx1/refunds", "POST /transactions/tx1/refunds", "POST /transactions/tx1/refunds"], bench.Api.Calls.Select(call => $"{call.Method} {call.Path}"));
        Assert.Equal(["transactions.read", "transactions.write", "transactions.write"], bench.Api.Calls.Select(call => Assert.Single(call.Token.Scopes)));
        Gr4vyBench.Same("""{"amount":100,"external_identifier":"back-1"}""", bench.Api.Calls[2].Body);
        Assert.Matches(Uuid4, bench.Api.Calls[1].Headers["Idempotency-Key"]);
        Assert.Equal(bench.Api.Calls[1].Headers["Idempotency-Key"], bench.Api.Calls[2].Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task A_refund_that_was_made_before_is_answered_and_not_made_again()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(200, $$"""{"items":[{{Refund("r0", "other")}},{{Refund("r1", "back-1")}}]}"""));
        Assert.Equal("r1", (await bench.Payments.Refund("tx1", 100, "back-1", default)).Value.Id);
        Assert.Single(bench.Api.Calls);
    }

    [Fact]
    public async Task Nothing_is_refunded_while_it_is_unknown_what_was()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(500), new FakeAnswer(500), new FakeAnswer(500), new FakeAnswer(201, Refund("r1", "back-1")));
        Gr4vyBench.Unavailable(await bench.Payments.Refund("tx1", 100, "back-1", default));
        Assert.DoesNotContain(bench.Api.Calls, call => call.Method == "POST");
    }

    private static string Transaction(string id, string? externalIdentifier, string status = "capture_succeeded", string? metadata = null) =>
        new JsonObject
        {
            ["type"] = "transaction",
            ["id"] = id,
            ["status"] = status,
            ["amount"] = 4297,
            ["captured_amount"] = 4297,
            ["currency"] = "USD",
            ["external_identifier"] = externalIdentifier,
            ["metadata"] = metadata is null ? null : new JsonObject { ["order_id"] = metadata },
            ["updated_at"] = "2026-03-01T12:00:00Z",
        }.ToJsonString();

    private static string Refund(string id, string reference) =>
        $$"""{"type":"refund","id":"{{id}}","transaction_id":"tx1","status":"succeeded","amount":100,"currency":"USD","external_identifier":"{{reference}}","updated_at":"2026-03-01T12:00:00Z"}""";
}
