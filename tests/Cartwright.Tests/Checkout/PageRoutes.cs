using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Server.Orders;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Checkout;

/// <summary>The checkout page's addresses over HTTP: who gets in, what is sent with it, and what nonsense gets.</summary>
public sealed class PageRoutes : IAsyncLifetime
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' ; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private OrderShop _shop = null!;
    private Order _order = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await OrderShop.Start();
        _order = await _shop.Order(("monstera", 2));
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    private string Page => $"/checkout/{_order.Token}";

    [Fact]
    public async Task The_page_is_protected_and_kept_nowhere()
    {
        var page = await _shop.Wire.Get(Page);
        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
        Assert.Equal(Policy, page.Header("Content-Security-Policy"));
        Assert.Equal(
            ("no-store", "no-referrer", "nosniff", "DENY", "noindex"),
            (page.Header("Cache-Control"), page.Header("Referrer-Policy"), page.Header("X-Content-Type-Options"), page.Header("X-Frame-Options"), page.Header("X-Robots-Tag")));
        Assert.Null(page.Header("Set-Cookie"));
        Assert.Null(page.Header("Access-Control-Allow-Origin"));
        foreach (var other in new[]
        {
            await _shop.Wire.Get($"{Page}/status"), await _shop.GiveAddress(_order), await _shop.Press(_order, "nonsense"),
            await _shop.Form($"{Page}/details", ("email", "")), await _shop.Wire.Get("/checkout/chk_0"),
        })
        {
            Assert.StartsWith("default-src 'none'", other.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal(("no-store", "no-referrer", "nosniff", "DENY"), (other.Header("Cache-Control"), other.Header("Referrer-Policy"), other.Header("X-Content-Type-Options"), other.Header("X-Frame-Options")));
        }
    }

    [Fact]
    public async Task Wrong_tokens_get_one_and_the_same_404_at_every_address()
    {
        var token = _order.Token;
        var wrong = new[]
        {
            "chk_00000000000000000000000000", token[..^1], $"{token}0", token.ToUpperInvariant(), $"{token[..^1]}{(token[^1] == '0' ? '1' : '0')}",
            _order.Id, _order.Reference, "%25", "'", "%E2%98%83", "..%2F..", new string('x', 2000), $"{token}%20", $"%20{token}", token.Replace("chk_", "", StringComparison.Ordinal),
        };
        var replies = new List<Reply>();
        foreach (var guess in wrong)
        {
            replies.Add(await _shop.Wire.Get($"/checkout/{guess}"));
            replies.Add(await _shop.Wire.Get($"/checkout/{guess}/status"));
            replies.Add(await _shop.Form($"/checkout/{guess}/details", ("email", "a@example.org")));
            replies.Add(await _shop.Form($"/checkout/{guess}/sandbox", ("outcome", "approve")));
        }

        Assert.All(replies, reply => Assert.Equal(404, reply.Status));
        Assert.Single(replies.Select(reply => reply.Body).Distinct());
        Assert.Single(replies.Select(reply => reply.Header("Content-Security-Policy")).Distinct());
        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task A_purchase_goes_from_form_to_form_to_the_receipt()
    {
        Assert.Equal((303, Page), await Answer(_shop.GiveAddress(_order)));
        Assert.Equal((303, Page), await Answer(_shop.Press(_order, "approve")));
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == "paid");
        var receipt = (await _shop.Wire.Get(Page)).Body;
        Assert.Contains(_order.Reference, receipt, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"approve\"", receipt, StringComparison.Ordinal);

        // Afterwards the receipt stands.
        Assert.Equal(303, (await _shop.Form($"{Page}/details", ("email", "eve@example.org"), ("name", "Eve"), ("line1", "x"), ("city", "x"), ("country", "US"), ("postal_code", "12345"))).Status);
        Assert.Equal(303, (await _shop.Press(_order, "approve")).Status);
        Assert.Equal(receipt, (await _shop.Wire.Get(Page)).Body);
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task Nothing_is_paid_before_there_is_an_address()
    {
        Assert.Equal(303, (await _shop.Press(_order, "approve")).Status);
        Assert.Equal("awaiting_payment", await _shop.Status(_order.Id));
        Assert.Empty((await _shop.Sandbox.Find(_order.Id, default)).Value);
        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Approve_pressed_many_times_at_once_pays_once()
    {
        await _shop.GiveAddress(_order);
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _shop.Press(_order, "approve"))));
        Assert.All(replies, reply => Assert.Equal(303, reply.Status));
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == "paid");
        Assert.Single((await _shop.Sandbox.Find(_order.Id, default)).Value);
        var file = await _shop.File(_order.Id);
        Assert.Equal(_order.AmountMinor, file.Order.CapturedMinor);
        Assert.Single(file.Attempts);
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Fact]
    public async Task A_declined_payment_can_be_tried_again_and_pays_once()
    {
        await _shop.GiveAddress(_order);
        await _shop.Press(_order, "decline");
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == "payment_failed");
        await _shop.Press(_order, "approve");
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == "paid");
        Assert.Equal(2, (await _shop.File(_order.Id)).Attempts.Count);
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Theory]
    [InlineData("confirm", "paid")]
    [InlineData("reject", "payment_failed")]
    public async Task The_buyers_answer_to_the_bank_decides(string answer, string status)
    {
        await _shop.GiveAddress(_order);
        await _shop.Press(_order, "approval");
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == "payment_pending");
        Assert.True((bool)JsonNode.Parse((await _shop.Wire.Get($"{Page}/status")).Body)!["awaits_approval"]!);
        Assert.Contains(" data-awaits=\"true\"", (await _shop.Wire.Get(Page)).Body, StringComparison.Ordinal);
        await _shop.Press(_order, answer);
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == status);
        await _shop.AssertSound(orders: 1, paid: status == "paid" ? 1 : 0);
    }

    [Fact]
    public async Task A_payment_that_times_out_is_found_out_by_asking_and_can_be_tried_again()
    {
        await _shop.GiveAddress(_order);
        await _shop.Press(_order, "timeout");
        await _shop.KeepOrders();
        Assert.Equal("payment_pending", await _shop.Status(_order.Id));
        _shop.Time.Pass(TimeSpan.FromSeconds(20));
        await _shop.Sandbox.DoDue(default);
        await _shop.KeepOrders();
        Assert.Equal("payment_failed", await _shop.Status(_order.Id));
        await _shop.Press(_order, "approve");
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == "paid");
        await _shop.AssertSound(orders: 1, paid: 1);
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("text/plain", "outcome=approve")]
    [InlineData("multipart/form-data", "outcome=approve")]
    [InlineData("multipart/form-data; boundary=x", "--x")]
    [InlineData("", "outcome=approve")]
    public async Task What_is_no_form_is_refused(string type, string body)
    {
        await _shop.GiveAddress(_order);
        foreach (var form in new[] { "sandbox", "details" })
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            Assert.Equal(400, (await _shop.Wire.Send("POST", $"{Page}/{form}", content, ("Content-Type", type))).Status);
        }

        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("99")]
    [InlineData("-1")]
    [InlineData("confirm")]
    public async Task An_outcome_that_there_is_not_pays_nothing(string outcome)
    {
        await _shop.GiveAddress(_order);
        Assert.Equal(303, (await _shop.Press(_order, outcome)).Status);
        Assert.Empty((await _shop.Sandbox.Find(_order.Id, default)).Value);
        await _shop.AssertSound(orders: 1, paid: 0);
    }

    [Fact]
    public async Task Forms_that_are_too_large_or_have_too_many_fields_or_no_length_are_refused()
    {
        Assert.Equal(400, (await _shop.Form($"{Page}/details", ("name", new string('x', 20_000)))).Status);
        Assert.Equal(400, (await _shop.Form($"{Page}/details", [.. Enumerable.Range(0, 2_000).Select(i => (i.ToString(CultureInfo.InvariantCulture), ""))])).Status);
        using var content = new ByteArrayContent("email=a"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        Assert.Equal(400, (await _shop.Wire.Send("POST", $"{Page}/details", content, ("Transfer-Encoding", "chunked"))).Status);
        Assert.Null((await _shop.File(_order.Id)).Order.Buyer);
    }

    [Theory]
    [InlineData("POST", "")]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/status")]
    [InlineData("PUT", "/sandbox")]
    public async Task Another_method_is_refused(string method, string path) => Assert.Equal(405, (await _shop.Wire.Send(method, $"{Page}{path}", null)).Status);

    [Theory]
    [InlineData("details")]
    [InlineData("sandbox")]
    public async Task The_address_of_a_form_that_was_refused_leads_back_to_the_page(string form)
    {
        var reply = await _shop.Wire.Get($"{Page}/{form}");
        Assert.Equal((303, Page), (reply.Status, reply.Header("Location")));
    }

    [Theory]
    [InlineData("https://chatgpt.com/c/123?model=x#y", true)]
    [InlineData("https://claude.ai/chat/1", true)]
    [InlineData("https://chat.openai.com/", true)]
    [InlineData("https://CHATGPT.com/c/1", true)]
    [InlineData("http://chatgpt.com/", false)]
    [InlineData("https://chatgpt.com.evil.example/", false)]
    [InlineData("https://evil.example/chatgpt.com", false)]
    [InlineData("https://evil.example#chatgpt.com", false)]
    [InlineData("https://chatgpt.com@evil.example/", false)]
    [InlineData("https://evil@chatgpt.com/", false)]
    [InlineData("https://chatgpt.com:8443/", false)]
    [InlineData("https://evil.chatgpt.com/", false)]
    [InlineData("https://chatgpt.com./", false)]
    [InlineData("//chatgpt.com/", false)]
    [InlineData("/checkout", false)]
    [InlineData("javascript:alert(1)//chatgpt.com", false)]
    [InlineData("data:text/html,chatgpt.com", false)]
    [InlineData("https:\\\\evil.example\\chatgpt.com", false)]
    [InlineData("https://chatgpt.com\\@evil.example/", false)]
    [InlineData("https://chatgpt.com/\r\nSet-Cookie: a=b", true)]
    public async Task The_way_back_leads_to_known_assistants_only(string url, bool known)
    {
        var query = $"?redirectUrl={Uri.EscapeDataString(url)}";
        var reply = await _shop.Form($"{Page}/sandbox{query}", ("outcome", "nonsense"));
        var location = reply.Header("Location")!;
        Assert.Equal(303, reply.Status);
        Assert.StartsWith(Page, location, StringComparison.Ordinal);
        Assert.Equal(known, location.Length > Page.Length);
        Assert.Null(reply.Header("Set-Cookie"));
        var page = (await _shop.Wire.Get($"{Page}{query}")).Body;
        Assert.DoesNotContain("href=\"javascript:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("//evil.example", page, StringComparison.Ordinal);
        if (known)
        {
            var host = new Uri(Uri.UnescapeDataString(location.Split("redirectUrl=")[1])).Host;
            Assert.Contains(host, new[] { "chatgpt.com", "chat.openai.com", "claude.ai" });
        }
    }

    [Fact]
    public async Task The_buyer_is_on_the_page_and_nowhere_else()
    {
        await _shop.GiveAddress(_order);
        await _shop.Press(_order, "approve");
        await OrderShop.Until(async () => await _shop.Status(_order.Id) == "paid");
        Assert.Contains("ann@example.org", (await _shop.Wire.Get(Page)).Body, StringComparison.Ordinal);
        var elsewhere = string.Join(
            '\n',
            (await _shop.Look(_order.Id)).ToJsonString(),
            (await _shop.Wire.Get($"{Page}/status")).Body,
            string.Join('\n', (await _shop.Trail(_order.Id)).Select(entry => entry.Cause)),
            ShopLog());
        foreach (var secret in new[] { "ann@", "Ann Example", "Main Street", "Springfield", "12345" })
        {
            Assert.DoesNotContain(secret, elsewhere, StringComparison.OrdinalIgnoreCase);
        }

        foreach (var secret in new[] { _order.Token, _order.Id, "eyJ", OrderShop.Secret, "PRIVATE KEY" })
        {
            Assert.DoesNotContain(secret, ShopLog(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Pictures_of_elsewhere_are_allowed_by_their_origin_alone()
    {
        var product = Sample.Product("a", "Apple", "1.00");
        product["image"] = "https://pictures.example.com/a.png?x=1";
        await using var shop = await OrderShop.Start(Sample.Catalog([product]));
        var page = await shop.Wire.Get($"/checkout/{(await shop.Order(("a", 1))).Token}");
        Assert.Equal(Policy.Replace("img-src 'self' ;", "img-src 'self' https://pictures.example.com;", StringComparison.Ordinal), page.Header("Content-Security-Policy"));
    }

    // At its lowest levels the framework itself tells addresses and headers; the program leaves that out.
    private string ShopLog() => _shop.Log.Of("Cartwright");

    private static async Task<(int Status, string? Location)> Answer(Task<Reply> pending) => await pending is var reply ? (reply.Status, reply.Header("Location")) : default;
}
