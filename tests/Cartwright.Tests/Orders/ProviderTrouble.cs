using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Tests.Payments;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Orders;

/// <summary>Gr4vy's API down, slow, refusing or talking nonsense: the order is there all the same, and can be paid when it is back.</summary>
public sealed class ProviderTrouble : IAsyncLifetime
{
    private readonly StillTime _time = new() { TryLimit = TimeSpan.FromMilliseconds(300) };
    private readonly SigningKey _key = SigningKey.Generate();
    private FakeGr4vy _api = null!;
    private OrderShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        var tokens = new TokenIssuer(_key, _time, new IdSource());
        _api = await FakeGr4vy.Start(token => tokens.Read(token).Value);
        _shop = await Start(payments => payments);
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _api.DisposeAsync();
        _key.Dispose();
    }

    [Theory]
    [InlineData(0, "does not answer")]
    [InlineData(-1, "does not answer")]
    [InlineData(401, "does not accept this")]
    [InlineData(422, "does not accept this")]
    [InlineData(429, "does not answer")]
    [InlineData(500, "does not answer")]
    [InlineData(200, "does not answer")]
    public async Task Start_checkout_gives_the_order_with_the_trouble_in_words_and_it_can_be_paid_later(int status, string words)
    {
        var answer = status switch
        {
            0 => FakeAnswer.Drop,
            -1 => FakeAnswer.Hang,
            200 => new FakeAnswer(200, "<html>garbage BEARER"),
            _ => new FakeAnswer(status, """{"message":"BEARER is not liked","code":"nope"}"""),
        };
        _api.Expect(answer);
        var cart = await _shop.Cart(("monstera", 3));
        var started = await _shop.Checkout(cart);
        Assert.False(started.IsError());
        Assert.Contains(words, (string?)started.Data()["embed_error"], StringComparison.Ordinal);
        Assert.Equal(("awaiting_payment", 3 * 3499, false), ((string?)started.Data()["status"], (int)started.Data()["amount"]!, (bool)started.Data()["simulated"]!));
        Assert.Contains("Paying does not work at the moment", started.Text(), StringComparison.Ordinal);
        var order = (await _shop.File(started.OrderId())).Order;
        Assert.Equal(OrderStock.Reserved, order.Stock);
        Assert.Null(order.SessionId);

        // The page says so, too, and the log has no token.
        _api.Expect(answer, answer);
        await _shop.GiveAddress(order);
        var page = await _shop.Wire.Get($"/checkout/{order.Token}");
        Assert.Equal(200, page.Status);
        Assert.Contains(words, page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", page.Body + _shop.Log.Of("Cartwright") + started.ToJsonString(), StringComparison.Ordinal);

        await using var back = await Back();
        var again = await back.Checkout(cart);
        Assert.Equal(order.Id, again.OrderId());
        Assert.Null(again.Data()["embed_error"]);
        Assert.Equal(200, (await back.Deliver(Mine(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded)))).Status);
        Assert.Equal("paid", await back.Status(order.Id));
        await back.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_lost_webhook_is_found_by_asking_and_pays()
    {
        _api.Expect(Session);
        var order = await _shop.Order(("monstera", 1));
        Assert.Equal("cs1", (await _shop.File(order.Id)).Order.SessionId);
        _api.Expect(new FakeAnswer(200, $$"""
            {"items":[{"type":"transaction","id":"t1","status":"capture_succeeded","amount":{{order.AmountMinor}},"captured_amount":{{order.AmountMinor}},"currency":"USD",
              "external_identifier":"{{order.Id}}","updated_at":"2026-03-01T12:00:09Z"}],"limit":100,"next_cursor":null}
            """));
        _time.Pass(TimeSpan.FromSeconds(15));
        await _shop.KeepOrders();
        Assert.Equal("paid", await _shop.Status(order.Id));
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Theory]
    [InlineData(TransactionStatus.Processing)]
    [InlineData(TransactionStatus.BuyerApprovalPending)]
    [InlineData(TransactionStatus.AuthorizationSucceeded)]
    [InlineData(TransactionStatus.AuthorizationDeclined)]
    [InlineData(TransactionStatus.AuthorizationVoided)]
    [InlineData(TransactionStatus.CapturePending)]
    [InlineData(TransactionStatus.CaptureSucceeded)]
    public async Task The_page_says_of_itself_what_its_status_says_or_it_would_load_itself_without_end(string status)
    {
        _api.Expect(Session);
        var order = await _shop.Order(("monstera", 1));
        await AssertStays(order);
        await _shop.GiveAddress(order);
        await AssertStays(order);
        Assert.Equal(200, (await _shop.Deliver(Mine(OrderShop.Tell(order, status)))).Status);
        await AssertStays(order);
    }

    [Fact]
    public async Task Embedded_the_token_travels_in_meta_and_nowhere_else()
    {
        await using var shop = await Start(payments => payments with { Mode = CheckoutMode.Embedded });
        _api.Expect(Session);
        var started = await shop.Checkout(await shop.Cart(("monstera", 1)));
        var meta = started["_meta"]!.AsObject();
        var token = (string?)meta["embed"]!["token"];
        Assert.StartsWith("eyJ", token, StringComparison.Ordinal);
        Assert.Equal("""{"gr4vy_id":"acme","environment":"sandbox","currency":"USD","country":"US","merchant_account_id":"main","amount":3499}""", Without(meta["embed"]!, "token"));
        Assert.Equal("capture", (string?)meta["embed_intent"]);
        Assert.Equal(started.OrderId(), (string?)meta["embed_order"]!["order_id"]);
        Assert.DoesNotContain(token!, started.Data().ToJsonString() + started["content"]!.ToJsonString() + shop.Log.Of("Cartwright"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_secret_webhooks_are_answered_503_and_nothing_is_stored()
    {
        await using var shop = await Start(payments => payments with { WebhookSecrets = [] });
        _api.Expect(Session);
        var order = await shop.Order(("monstera", 1));
        Assert.Equal(503, (await shop.Deliver(Mine(OrderShop.Tell(order, TransactionStatus.CaptureSucceeded)))).Status);
        Assert.Equal(0, await shop.Database.Read(session => session.Integer("select count(*) from webhook_receipt")));
        Assert.Contains("GR4VY_WEBHOOK_SECRET is not set", shop.Log.Of("Cartwright"), StringComparison.Ordinal);
        await shop.AssertSound(orders: 1, paid: 0);
    }

    private static FakeAnswer Session => new(201, """{"type":"checkout-session","id":"cs1","expires_at":"2026-03-02T12:00:00Z"}""");

    private Task<OrderShop> Start(Func<PaymentSettings, PaymentSettings> change, TempFolder? folder = null) => OrderShop.Start(
        change: payments => change(payments with
        {
            Gr4vy = new Gr4vySettings("acme", "sandbox", "main", null, _key.ExportPem()) { ApiUrl = _api.Url },
        }),
        folder: folder,
        time: _time);

    /// <summary>The same shop on another server, with Gr4vy well again; what the first one left unasked is gone.</summary>
    private async Task<OrderShop> Back()
    {
        await _api.DisposeAsync();
        var tokens = new TokenIssuer(_key, _time, new IdSource());
        _api = await FakeGr4vy.Start(token => tokens.Read(token).Value);
        _api.Expect(Session);
        return await Start(payments => payments, _shop.Server.Folder);
    }

    private async Task AssertStays(Order order)
    {
        var page = (await _shop.Wire.Get($"/checkout/{order.Token}")).Body;
        var status = JsonNode.Parse((await _shop.Wire.Get($"/checkout/{order.Token}/status")).Body)!;
        foreach (var (attribute, name) in new[] { ("state", "state"), ("awaits", "awaits_approval"), ("buyer", "has_buyer") })
        {
            Assert.Contains($" data-{attribute}=\"{status[name]!.ToString()}\"", page, StringComparison.Ordinal);
        }
    }

    private static byte[] Mine(PaymentTransaction about) =>
        (OrderShop.Envelope(about) with { MerchantAccountId = "main", Gr4vyId = "acme" }).Write();

    private static string Without(JsonNode node, string name)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove(name);
        return copy.ToJsonString();
    }
}
