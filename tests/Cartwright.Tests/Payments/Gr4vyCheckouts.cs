using System.Net;
using System.Net.Sockets;
using Cartwright.Server;
using Cartwright.Server.Payments;

namespace Cartwright.Tests.Payments;

public sealed class Gr4vyCheckouts
{
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
        Gr4vyBench.Same(
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
        Gr4vyBench.Unavailable(await bench.Payments.Begin(Order, default));
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
        var problem = Gr4vyBench.Unavailable(await bench.Payments.Begin(Order, default));
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
        Gr4vyBench.Unavailable(await bench.Payments.Begin(Order, default));
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
        Gr4vyBench.Unavailable(await bench.Payments.Begin(Order, default));
        Assert.Contains("5205 Gr4vy's answer to POST checkout/sessions, 201, cannot be used", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_for_an_error_is_no_worse_than_the_error()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(400, "<html>\u0007"), new FakeAnswer(400, """{"message":7,"details":{"a":1},"code":[]}"""), new FakeAnswer(400, """{"details":[7,null]}"""));
        for (var i = 0; i < 3; i++)
        {
            Gr4vyBench.Unavailable(await bench.Payments.Begin(Order, default));
        }

        Assert.Equal(3, bench.Log.Split('\n').Length);
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up()
    {
        await using var bench = await Gr4vyBench.Start();
        bench.Api.Expect(new FakeAnswer(201, $$"""{"id":"cs1","more":"{{new string('x', 5 * 1024 * 1024)}}"}"""));
        Gr4vyBench.Unavailable(await bench.Payments.Begin(Order, default));
    }

    [Fact]
    public async Task A_slow_provider_is_given_up_after_the_limit()
    {
        await using var bench = await Gr4vyBench.Start(Gr4vyBench.ShortLimit);
        bench.Api.Expect(FakeAnswer.Hang, FakeAnswer.Hang, FakeAnswer.Hang, FakeAnswer.Hang);
        Gr4vyBench.Unavailable(await bench.Payments.Begin(Order, default));
        Gr4vyBench.Unavailable(await bench.Payments.Find("ord_1", default));
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
        NothingSecret(bench, Gr4vyBench.Unavailable(await payments.Begin(Order, default)));
        Gr4vyBench.Unavailable(await payments.Find("ord_1", default));
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

    private static void NothingSecret(Gr4vyBench bench, Problem problem)
    {
        Assert.DoesNotContain("eyJ", bench.Log + problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", bench.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Monstera", bench.Log, StringComparison.Ordinal);
    }
}
