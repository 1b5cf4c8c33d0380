using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Payments;

namespace Cartwright.Tests.Payments;

public sealed class Gr4vyProvider
{
    private const string Uuid4 = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

    private static readonly FakeAnswer Session = new(201, """{"type":"checkout-session","id":"cs1","expires_at":"2026-03-02T12:00:00Z"}""");

    private static readonly PaymentRequest Order = new(
        "ord_1", null, 4297, "USD", "US", [new PaymentItem("monstera", "Monstera", 1, 2999), new PaymentItem("aloe", "Aloë \"Vera\"", 2, 649)]);

    [Fact]
    public async Task An_order_becomes_a_session_and_a_token_that_pins_it()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(Session);
        var start = (await bench.Payments.Begin(Order, default)).Value;

        var call = Assert.Single(bench.Api.Calls);
        Assert.Equal(("POST", "/checkout/sessions"), (call.Method, call.Path));
        Assert.Equal(["checkout-sessions.write"], call.Token.Scopes);
        Assert.Equal(TimeSpan.FromSeconds(60), call.Token.Expires - call.Token.NotBefore);
        Assert.Equal("main-account", call.Headers["X-GR4VY-MERCHANT-ACCOUNT-ID"]);
        Assert.Equal(("application/json", "application/json"), (call.Headers["Content-Type"], call.Headers["Accept"]));
        Assert.Equal($"cartwright/{ServerBuilder.Version}", call.Headers["User-Agent"]);
        Assert.False(call.Headers.ContainsKey("Idempotency-Key"));
        Same(
            """
            {"amount":4297,"currency":"USD","country":"US","intent":"capture","expires_in":86400,"metadata":{"order_id":"ord_1"},"cart_items":[
              {"name":"Monstera","quantity":1,"unit_amount":2999,"external_identifier":"monstera"},
              {"name":"Aloë \"Vera\"","quantity":2,"unit_amount":649,"external_identifier":"aloe"}]}
            """,
            call.Body);

        Assert.Equal("cs1", start.SessionId);
        Assert.Equal(
            new EmbedSettings(start.Embed.Token, "acme", "sandbox", "USD", "US", "main-account", 4297), start.Embed);
        var pinned = bench.Tokens.Read(start.Embed.Token).Value;
        Assert.Equal(["embed"], pinned.Scopes);
        Assert.Equal(
            ("cs1", 4297L, "USD", "main-account", "ord_1"),
            (pinned.CheckoutSessionId, pinned.Amount, pinned.Currency, pinned.MerchantAccountId, pinned.Metadata!["order_id"]));
    }

    [Fact]
    public async Task A_session_that_is_there_is_used_again_without_a_call()
    {
        await using var bench = await Gr4vyBench.Start();
        var start = (await bench.Payments.Begin(Order with { SessionId = "cs0" }, default)).Value;
        Assert.Equal("cs0", start.SessionId);
        Assert.Equal("cs0", bench.Tokens.Read(start.Embed.Token).Value.CheckoutSessionId);
        Assert.Empty(bench.Api.Calls);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(409)]
    [InlineData(0)]
    public async Task A_session_is_never_asked_for_twice(int status)
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(status == 0 ? FakeAnswer.Drop : new FakeAnswer(status, RetryAfter: "0"), Session);
        Unavailable(await bench.Payments.Begin(Order, default));
        Assert.Single(bench.Api.Calls);
    }

    [Theory]
    [InlineData(401, 5202)]
    [InlineData(403, 5202)]
    [InlineData(400, 5201)]
    [InlineData(404, 5201)]
    [InlineData(302, 5201)]
    public async Task A_refusal_is_explained_to_the_operator_and_not_to_the_shopper(int status, int eventId)
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(
            status,
            $$"""{"type":"error","code":"some_code","status":{{status}},"message":"No.\nNot with BEARER","details":[{"pointer":"/amount","message":"too round"}]}"""));
        var problem = Unavailable(await bench.Payments.Begin(Order, default));
        Assert.Single(bench.Api.Calls);
        Assert.Contains($"{eventId} ", bench.Log, StringComparison.Ordinal);
        Assert.Contains($"POST checkout/sessions with {status}, code some_code: No. Not with (token) [/amount: too round]", bench.Log, StringComparison.Ordinal);
        Assert.Equal(
            status is 401 or 403,
            bench.Log.Contains($"check GR4VY_PRIVATE_KEY and that its key id {bench.Tokens.Kid} is known to Gr4vy", StringComparison.Ordinal));
        NothingSecret(bench, problem);
    }

    [Fact]
    public async Task Mistakes_in_a_body_are_named_in_the_log()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(422, """{"detail":[{"loc":["body","cart_items",0,"name"],"msg":"too long","type":"value_error","input":"BEARER"}]}"""));
        Unavailable(await bench.Payments.Begin(Order, default));
        Assert.Contains("with 422, code -: [body.cart_items.0.name: too long]", bench.Log, StringComparison.Ordinal);
        Assert.Single(bench.Api.Calls);
    }

    [Theory]
    [InlineData("<html>busy</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":7}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":"\ud800"}""")]
    public async Task A_garbage_answer_is_no_session(string body)
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(201, body));
        Unavailable(await bench.Payments.Begin(Order, default));
        Assert.Contains("5205 Gr4vy's answer to POST checkout/sessions, 201, cannot be used", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_for_an_error_is_no_worse_than_the_error()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(400, "<html>\u0007"), new FakeAnswer(400, """{"message":7,"details":{"a":1},"code":[]}"""), new FakeAnswer(400, """{"details":[7,null]}"""));
        for (var i = 0; i < 3; i++)
        {
            Unavailable(await bench.Payments.Begin(Order, default));
        }

        Assert.Equal(3, bench.Log.Split('\n').Length);
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(201, $$"""{"id":"cs1","more":"{{new string('x', 5 * 1024 * 1024)}}"}"""));
        Unavailable(await bench.Payments.Begin(Order, default));
    }

    [Fact]
    public async Task A_slow_provider_is_given_up_after_the_limit()
    {
        await using var bench = await Gr4vyBench.Start(Gr4vyBench.ShortLimit);
        bench.Api.Expect(FakeAnswer.Hang, FakeAnswer.Hang, FakeAnswer.Hang, FakeAnswer.Hang);
        Unavailable(await bench.Payments.Begin(Order, default));
        Unavailable(await bench.Payments.Find("ord_1", default));
        Assert.Equal(["POST", "GET", "GET", "GET"], bench.Api.Calls.Select(call => call.Method));
        Assert.Contains("5203 Gr4vy did not answer GET transactions by external_identifier in 00:00:00.0770000 (try 3)", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_not_there_is_a_problem()
    {
        await using var bench = await Gr4vyBench.Start();
        // Bound and not listening: nobody else gets the port, and it refuses.
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var payments = bench.At(new Uri($"http://127.0.0.1:{((IPEndPoint)closed.LocalEndPoint!).Port}"));
        NothingSecret(bench, Unavailable(await payments.Begin(Order, default)));
        Unavailable(await payments.Find("ord_1", default));
        Assert.Contains("5204 Gr4vy could not be reached for POST checkout/sessions (try 1): ConnectionError", bench.Log, StringComparison.Ordinal);
        Assert.Contains("(try 3)", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stops_asking_gets_no_further_try()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(FakeAnswer.Hang);
        using var stop = new CancellationTokenSource();
        var asking = bench.Payments.Find("ord_1", stop.Token).AsTask();
        while (bench.Api.Calls.Count == 0)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Single(bench.Api.Calls);
    }

    [Fact]
    public async Task Limits_of_the_payment_form_are_kept()
    {
        await using var bench = await Gr4vyBench.Start();
        Assert.Equal(ProblemKind.Invalid, (await bench.Payments.Begin(Order with { AmountMinor = 100_000_000 }, default)).Problem!.Kind);
        Assert.Empty(bench.Api.Calls);

        bench.Api.Expect(Session, Session);
        Assert.True((await bench.Payments.Begin(Order with { AmountMinor = 99_999_999, Items = [new PaymentItem("a", new string('x', 300), 1, 99_999_999)] }, default)).Ok);
        Assert.True((await bench.Payments.Begin(Order with { Items = [new PaymentItem("a", new string('x', 254) + "🌱🌱", 1, 4297)] }, default)).Ok);
        Assert.Equal([255, 254], bench.Api.Calls.Select(call => ((string)call.Body!["cart_items"]![0]!["name"]!).Length));
    }

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
        Unavailable(await bench.Payments.Find("ord_1", default));
        Assert.Single(bench.Api.Calls);
        Assert.Empty(bench.Waits);
    }

    [Fact]
    public async Task Three_tries_are_all()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(502), FakeAnswer.Drop, new FakeAnswer(500), new FakeAnswer(200));
        Unavailable(await bench.Payments.Find("ord_1", default));
        Assert.Equal(3, bench.Api.Calls.Count);
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
        Same("""{"amount":100,"external_identifier":"back-1"}""", bench.Api.Calls[2].Body);
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
        Unavailable(await bench.Payments.Refund("tx1", 100, "back-1", default));
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

    /// <summary>Fit for shoppers: no numbers, codes or names of the inside.</summary>
    private static Problem Unavailable<T>(Result<T> result)
    {
        var problem = result.Problem;
        Assert.NotNull(problem);
        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.StartsWith("The payment provider does not ", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9{}]|http|Gr4vy|token", problem.Advice);
        return problem;
    }

    private static void NothingSecret(Gr4vyBench bench, Problem problem)
    {
        Assert.DoesNotContain("eyJ", bench.Log + problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", bench.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Monstera", bench.Log, StringComparison.Ordinal);
    }

    private static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());
}
