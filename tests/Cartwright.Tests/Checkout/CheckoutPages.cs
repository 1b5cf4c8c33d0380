using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cartwright.Server;
using Cartwright.Server.Checkout;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;

namespace Cartwright.Tests.Checkout;

public sealed class CheckoutPages
{
    private const string Evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;";
    private static readonly string[] Scripts =
        ["<script type=\"module\" src=\"/checkout/assets/checkout.js\">", "<script type=\"application/json\" id=\"embed-settings\">"];

    private static readonly Currency Dollars = Currency.Find("USD").Value;
    private static readonly BuyerDetails Ada = new("ada@example.com", "Ada Lovelace", "12 Square", "", "London", "", "SW1Y 4JH", "GB");

    private static readonly CheckoutPageModel Fresh = new()
    {
        ShopName = "Plantly",
        Token = "chk_123",
        Reference = "7K2M-9X1Q",
        State = OrderState.AwaitingPayment,
        AwaitsApproval = false,
        Lines = [new PageLine("Aloe vera", 2, new Money(1499, Dollars), new Money(2998, Dollars), "/media/aloe.svg")],
        Total = new Money(2998, Dollars),
        Refunded = new Money(0, Dollars),
        ExpiresAt = new DateTimeOffset(2026, 3, 4, 14, 30, 0, TimeSpan.Zero),
        Country = "US",
        Payment = new PaymentStep.Sandbox(),
        IsSimulated = true,
    };

    private static CheckoutPageModel Ready => Fresh with { Buyer = Ada };

    [Fact]
    public void A_new_order_asks_for_contact_and_delivery()
    {
        var page = CheckoutPage.Render(Fresh);

        Assert.Contains("<form method=\"post\" action=\"/checkout/chk_123/details\"", page, StringComparison.Ordinal);
        foreach (var (name, limit) in BuyerForm.Fields)
        {
            Assert.Contains($"<label for=\"{name}\">", page, StringComparison.Ordinal);
            Assert.Matches($"<(input|select) id=\"{name}\" name=\"{name}\"[^>]* autocomplete=\"[a-z0-9 -]+\"", page);
            if (name != "country")
            {
                Assert.Matches($"<input id=\"{name}\"[^>]* maxlength=\"{limit}\"", page);
            }
        }

        Assert.Contains("<option value=\"US\" selected>United States</option>", page, StringComparison.Ordinal);
        Assert.Contains("$29.98", page, StringComparison.Ordinal);
        Assert.Contains("2 × $14.99", page, StringComparison.Ordinal);
        Assert.Contains("datetime=\"2026-03-04T14:30:00Z\">14:30 UTC on 4 March 2026<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/sandbox", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_are_listed_first_and_stand_at_their_fields_with_what_was_typed()
    {
        var page = CheckoutPage.Render(Fresh with
        {
            Typed = new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = "ada", ["name"] = "Ada" },
            Mistakes = new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = "Enter an email address." },
        });

        Assert.Contains("<title>Please check: Checkout · Plantly</title>", page, StringComparison.Ordinal);
        Assert.Contains("<li><a href=\"#email\">Email</a>: Enter an email address.</li>", page, StringComparison.Ordinal);
        Assert.Matches("<input id=\"email\"[^>]* value=\"ada\"[^>]* aria-invalid=\"true\" aria-describedby=\"email-mistake\"", page);
        Assert.Contains("<p class=\"mistake\" id=\"email-mistake\">", page, StringComparison.Ordinal);
        Assert.Matches("<input id=\"name\"[^>]* value=\"Ada\" required>", page);
    }

    [Fact]
    public void With_the_details_given_the_sandbox_offers_its_outcomes_and_says_that_it_is_one()
    {
        var page = CheckoutPage.Render(Ready);

        Assert.Equal(["approve", "decline", "approval", "pending", "timeout"], Values(page));
        Assert.Contains("Simulated payment:</strong> no money moves, and no card is asked for.", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/checkout/chk_123?edit=1\"", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>SW1Y 4JH London</bdi>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<input", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Editing_shows_the_details_in_the_form_again_and_a_way_to_keep_them()
    {
        var page = CheckoutPage.Render(Ready with { IsEditing = true });

        Assert.Matches("<input id=\"name\"[^>]* value=\"Ada Lovelace\"", page);
        Assert.Contains("<option value=\"GB\" selected>", page, StringComparison.Ordinal);
        Assert.Contains("Keep what was there", page, StringComparison.Ordinal);
        Assert.Empty(Values(page));
    }

    [Fact]
    public void An_approval_that_is_waited_for_can_be_confirmed_or_rejected()
    {
        var page = CheckoutPage.Render(Ready with { State = OrderState.PaymentPending, AwaitsApproval = true });

        Assert.Equal(["confirm", "reject"], Values(page));
        Assert.Contains("data-awaits=\"true\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http-equiv", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pending_payment_reloads_the_page_where_no_script_runs_and_offers_no_second_payment()
    {
        var page = CheckoutPage.Render(Ready with { State = OrderState.PaymentPending });

        Assert.Contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<button", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_payment_says_so_and_can_be_tried_again()
    {
        var page = CheckoutPage.Render(Ready with { State = OrderState.PaymentFailed });

        Assert.Contains("The payment did not go through.", page, StringComparison.Ordinal);
        Assert.Contains("approve", Values(page));
    }

    [Theory]
    [InlineData(nameof(OrderState.Paid), "Thank you, your order is paid", true)]
    [InlineData(nameof(OrderState.Authorized), "Thank you, your order is placed", true)]
    [InlineData(nameof(OrderState.PartlyRefunded), "Part of your payment was refunded", true)]
    [InlineData(nameof(OrderState.Refunded), "Your payment was refunded", true)]
    [InlineData(nameof(OrderState.Voided), "This order was cancelled", true)]
    [InlineData(nameof(OrderState.Expired), "This checkout has expired", false)]
    public void What_is_over_shows_how_it_ended_and_nothing_to_press(string state, string title, bool hasReceipt)
    {
        var refunded = state switch { nameof(OrderState.PartlyRefunded) => 500, nameof(OrderState.Refunded) => 2998, _ => 0 };
        var page = CheckoutPage.Render(Ready with { State = Enum.Parse<OrderState>(state), Payment = new PaymentStep.None(), Refunded = new Money(refunded, Dollars) });

        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
        Assert.Equal(hasReceipt, page.Contains("<dl class=\"receipt\">", StringComparison.Ordinal));
        Assert.Equal(refunded > 0, page.Contains("<dt>Refunded</dt>", StringComparison.Ordinal));
        Assert.Contains("Simulated payment:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<button", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<progress", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_state_has_one_heading_one_main_part_and_no_inline_script_or_style()
    {
        foreach (var model in Enum.GetValues<OrderState>().SelectMany(state => Steps().Select(step => Ready with { State = state, Payment = step })))
        {
            var page = CheckoutPage.Render(model);
            Assert.Single(Regex.Matches(page, "<h1>"));
            Assert.Single(Regex.Matches(page, "<main "));
            Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
            Assert.DoesNotMatch(" on[a-z]+=", page);
            Assert.All(Regex.Matches(page, "<script[^>]*>"), script => Assert.Contains(script.Value, Scripts));
            var ids = Regex.Matches(page, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value).ToList();
            Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
            Assert.All(Regex.Matches(page, " aria-(describedby|labelledby)=\"([^\"]+)\""), match => Assert.Contains(match.Groups[2].Value, ids));
        }
    }

    [Fact]
    public void Whatever_is_written_into_names_and_addresses_stays_text()
    {
        var buyer = new BuyerDetails(Evil, Evil, Evil, Evil, Evil, Evil, Evil, Evil);
        var hostile = Fresh with
        {
            ShopName = Evil,
            Token = Evil,
            Reference = Evil,
            Country = Evil,
            Lines = [new PageLine(Evil, 1, new Money(1, Dollars), new Money(1, Dollars), "https://img.example/" + Evil)],
            Buyer = buyer,
            ReturnTo = new Uri("https://chat.example/?q=" + Evil),
        };
        CheckoutPageModel[] models =
        [
            hostile,
            hostile with { State = OrderState.Paid, Payment = new PaymentStep.None() },
            hostile with { Payment = new PaymentStep.Unavailable(Evil) },
            hostile with { Payment = Gr4vy(Evil) },
            hostile with { IsEditing = true },
            hostile with { Typed = BuyerForm.From(buyer), Mistakes = BuyerForm.Fields.ToDictionary(field => field.Name, _ => Evil, StringComparer.Ordinal) },
        ];

        foreach (var page in models.Select(CheckoutPage.Render).Append(CheckoutPage.RenderNotFound(Evil)))
        {
            Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img src=x", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"'>", page, StringComparison.Ordinal);
            Assert.Contains("&quot;&#x27;&gt;&lt;script&gt;", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:image/svg+xml,<svg/>")]
    [InlineData("//elsewhere.example/a.png")]
    [InlineData("/\\elsewhere.example/a.png")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_address_of_a_picture_gives_way_to_the_first_letter(string? image)
    {
        var page = CheckoutPage.Render(Fresh with { Lines = [Fresh.Lines[0] with { Image = image }] });

        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"letter\">A</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_back_is_a_link_where_the_address_is_known_and_travels_with_every_form()
    {
        var page = CheckoutPage.Render(Ready with { ReturnTo = new Uri("https://chat.example/c/1?a=b&c=d") });
        const string Carried = "redirectUrl=https%3A%2F%2Fchat.example%2Fc%2F1%3Fa%3Db%26c%3Dd";

        Assert.Contains("<a class=\"button quiet\" href=\"https://chat.example/c/1?a=b&amp;c=d\">Back to the conversation</a>", page, StringComparison.Ordinal);
        Assert.Contains($"action=\"/checkout/chk_123/sandbox?{Carried}\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/checkout/chk_123?edit=1&amp;{Carried}\"", page, StringComparison.Ordinal);
        Assert.Contains($"data-page=\"/checkout/chk_123?{Carried}\"", page, StringComparison.Ordinal);
        Assert.Contains("data-status=\"/checkout/chk_123/status\"", page, StringComparison.Ordinal);

        var other = CheckoutPage.Render(Ready with { ReturnTo = new Uri("javascript:alert(1)") });
        Assert.DoesNotContain("javascript:", other, StringComparison.Ordinal);
        Assert.Contains("close this page to go back", other, StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_the_payment_form_travel_as_data_and_only_while_something_is_to_be_paid()
    {
        var page = CheckoutPage.Render(Ready with { Payment = Gr4vy("Aloe </script> vera"), IsSimulated = false });

        var text = Regex.Match(page, "<script type=\"application/json\" id=\"embed-settings\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        using var json = JsonDocument.Parse(text);
        var setup = json.RootElement.GetProperty("setup");
        Assert.Equal("https://cdn.acme.gr4vy.app/embed.latest.js", json.RootElement.GetProperty("script").GetString());
        Assert.Equal("secret-token", setup.GetProperty("token").GetString());
        Assert.Equal(2998, setup.GetProperty("amount").GetInt64());
        Assert.Equal("capture", setup.GetProperty("intent").GetString());
        Assert.Equal("sandbox", setup.GetProperty("environment").GetString());
        Assert.Equal("ord_1", setup.GetProperty("externalIdentifier").GetString());
        Assert.Equal("ord_1", setup.GetProperty("metadata").GetProperty("order_id").GetString());
        Assert.Equal("Aloe </script> vera", setup.GetProperty("cartItems")[0].GetProperty("name").GetString());
        Assert.Equal(1499, setup.GetProperty("cartItems")[0].GetProperty("unitAmount").GetInt64());
        Assert.Contains("Pay $29.98", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Simulated", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", CheckoutPage.Render(Fresh with { Payment = Gr4vy("Aloe") }), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", CheckoutPage.Render(Ready with { State = OrderState.PaymentPending, Payment = Gr4vy("Aloe") }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_cannot_be_used_is_excused_in_words()
    {
        var page = CheckoutPage.Render(Ready with { Payment = new PaymentStep.Unavailable("The payment provider does not answer.") });

        Assert.Contains("The payment provider does not answer.", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("Try again", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("USD", 123456789, "$1,234,567.89")]
    [InlineData("USD", 5, "$0.05")]
    [InlineData("JPY", 1500, "¥1,500")]
    [InlineData("KWD", 1500, "KWD\u00a01.500")]
    [InlineData("CHF", 1490, "CHF\u00a014.90")]
    [InlineData("EUR", -250, "-€2.50")]
    public void Amounts_are_written_as_their_currency_is(string currency, long minor, string expected) =>
        Assert.Equal(expected, PageMoney.Format(new Money(minor, Currency.Find(currency).Value)));

    [Fact]
    public void An_address_that_opens_nothing_gets_a_page_that_tells_nothing()
    {
        var page = CheckoutPage.RenderNotFound("Plantly");

        Assert.Contains("<h1>This checkout page does not exist</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-", page, StringComparison.Ordinal);
    }

    private static PaymentStep.Gr4vy Gr4vy(string name) => new(
        new EmbedSettings("secret-token", "acme", "sandbox", "USD", "US", "default", 2998),
        new Uri("https://cdn.acme.gr4vy.app/embed.latest.js"),
        "ord_1",
        "capture",
        [new PaymentItem("aloe-vera", name, 2, 1499)]);

    private static PaymentStep[] Steps() =>
        [new PaymentStep.None(), new PaymentStep.Unavailable("Later."), new PaymentStep.Sandbox(), Gr4vy("Aloe")];

    private static IEnumerable<string> Values(string page) => Regex.Matches(page, "name=\"outcome\" value=\"([a-z]+)\"").Select(match => match.Groups[1].Value);
}
