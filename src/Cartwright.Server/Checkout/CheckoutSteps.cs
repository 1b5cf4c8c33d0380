using System.Buffers;
using System.Text.Json;
using Cartwright.Server.Orders;

namespace Cartwright.Server.Checkout;

/// <summary>The part of the page that changes from step to step.</summary>
internal static class CheckoutSteps
{
    // Name, label, autocomplete, type, wide, optional. Order and limits are those of BuyerForm.Fields.
    private static readonly (string Name, string Label, string Autocomplete, string Type, bool Half, bool Optional)[] Inputs =
    [
        ("email", "Email", "email", "email", false, false),
        ("name", "Full name", "shipping name", "text", false, false),
        ("line1", "Street and house number", "shipping address-line1", "text", false, false),
        ("line2", "Apartment, floor, company", "shipping address-line2", "text", false, true),
        ("city", "Town or city", "shipping address-level2", "text", true, false),
        ("region", "State or region", "shipping address-level1", "text", true, true),
        ("postal_code", "Postal code", "shipping postal-code", "text", true, false),
        ("country", "Country", "shipping country", "", true, false),
    ];

    private static readonly (string Value, string Label, string Text)[] Outcomes =
    [
        ("approve", "Approve", "The payment goes through at once."),
        ("decline", "Decline", "The bank says no; you can try again."),
        ("approval", "Needs approval", "The bank asks you to confirm first."),
        ("pending", "Pending", "The money arrives a little later."),
        ("timeout", "Time out", "The provider does not answer in time."),
    ];

    public static Html Render(CheckoutPageModel model, PageStage stage, PageLinks links) => stage.Name switch
    {
        "details" => Html.Of($"{Failure(model)}{Form(model, links)}"),
        "payment" => Html.Of($"{Failure(model)}{Payment(model, links)}"),
        "approval" => Approval(model, links),
        "pending" => Html.Of($"""
            <p>Nothing more is needed from you. This page shows the outcome as soon as it is known, and so does the conversation.</p>
            <p class="waiting" role="status"><span class="spinner" aria-hidden="true"></span><span>Waiting for the bank…</span></p>
            """),
        "authorized" => Html.Of($"""<p>{PageMoney.Format(model.Total)} is reserved at your bank. The shop takes it when the order is sent.</p>{Receipt(model)}"""),
        "paid" => Html.Of($"""<p>We have received {PageMoney.Format(model.Total)}. Keep the order number in case you want to ask about it.</p>{Receipt(model)}"""),
        "refunded" => Html.Of($"""<p>{PageMoney.Format(model.Refunded)} of {PageMoney.Format(model.Total)} went back to where it came from. Banks can take a few days to show it.</p>{Receipt(model)}"""),
        "voided" => Html.Of($"""<p>No money was taken: what your bank had reserved is free again.</p>{Receipt(model)}"""),
        _ => Html.Of($"""<p>Nobody paid in time, so nothing was ordered and the items are no longer held for you. To buy them, go back to your conversation and check out again.</p>"""),
    };

    private static Html Failure(CheckoutPageModel model) => model.State == OrderState.PaymentFailed
        ? Html.Of($"""<div class="notice error" role="alert">{PageIcon.Alert}<span><strong>The payment did not go through.</strong> No money was taken. Try again, or pay another way.</span></div>""")
        : Html.None;

    private static Html Form(CheckoutPageModel model, PageLinks links)
    {
        var values = model.Typed.Count > 0 || model.Buyer is null ? model.Typed : BuyerForm.From(model.Buyer);
        return Html.Of($"""
            {Problems(model)}
            <form method="post" action="{links.Details}" novalidate data-once="Saving…">
            <fieldset><legend><h2>Contact and delivery</h2></legend>
            <div class="fields">{Html.Join(Inputs.Select(input => Field(input, values, model)))}</div></fieldset>
            <button type="submit" class="button">Continue to payment</button>
            {(model.Buyer is null ? Html.None : Html.Of($"""<a class="text-button" href="{links.Page}">Keep what was there</a>"""))}
            </form>
            """);
    }

    private static Html Problems(CheckoutPageModel model)
    {
        if (model.Mistakes.Count == 0)
        {
            return Html.None;
        }

        var items = Inputs.Where(input => model.Mistakes.ContainsKey(input.Name))
            .Select(input => Html.Of($"""<li><a href="#{input.Name}">{input.Label}</a>: {model.Mistakes[input.Name]}</li>"""));
        return Html.Of($"""
            <div class="notice error problems" role="alert" id="problems" tabindex="-1" autofocus>{PageIcon.Alert}<div><h2>Please check these fields</h2><ul>{Html.Join(items)}</ul></div></div>
            """);
    }

    private static Html Field(
        (string Name, string Label, string Autocomplete, string Type, bool Half, bool Optional) input,
        IReadOnlyDictionary<string, string> values,
        CheckoutPageModel model)
    {
        var (name, label, autocomplete, type, half, optional) = input;
        var mistake = model.Mistakes.GetValueOrDefault(name);
        var value = values.GetValueOrDefault(name, "");
        var described = mistake is null ? Html.None : Html.Of($" aria-invalid=\"true\" aria-describedby=\"{name}-mistake\"");
        var needed = optional ? Html.None : Html.Of($" required");
        var control = name == "country"
            ? Html.Of($"""<select id="{name}" name="{name}" autocomplete="{autocomplete}"{needed}{described}>{Options(value.Length == 0 ? model.Country : value)}</select>""")
            : Html.Of($"""<input id="{name}" name="{name}" type="{type}" dir="auto" autocomplete="{autocomplete}" maxlength="{MaxLength(name)}" value="{value}"{needed}{described}>""");
        return Html.Of($"""
            <div class="field{(half ? " half" : "")}"><label for="{name}">{label}{(optional ? Html.Of($" <span class=\"muted\">(optional)</span>") : Html.None)}</label>{control}{(mistake is null ? Html.None : Html.Of($"""<p class="mistake" id="{name}-mistake">{mistake}</p>"""))}</div>
            """);
    }

    private static Html Options(string chosen) => Html.Join(
    [
        Countries.IsKnown(chosen) ? Html.None : Html.Of($"""<option value="" selected>Choose a country</option>"""),
        .. Countries.All.Select(country =>
            Html.Of($"""<option value="{country.Code}"{(country.Code == chosen ? Html.Of($" selected") : Html.None)}>{country.Name}</option>""")),
    ]);

    private static int MaxLength(string name) => BuyerForm.Fields.First(field => field.Name == name).MaxLength;

    private static Html Payment(CheckoutPageModel model, PageLinks links) => Html.Of($"""
        {(model.Buyer is { } buyer ? Html.Of($"""<section class="given" aria-labelledby="given-title"><h2 id="given-title">Contact and delivery</h2>{Address(buyer)}<a class="text-button" href="{links.Editing}">Change<span class="unseen"> contact and delivery</span></a></section>""") : Html.None)}
        <section class="payment" aria-labelledby="payment-title"><h2 id="payment-title">Payment</h2>
        {PaymentForm(model, links)}
        </section>
        """);

    private static Html PaymentForm(CheckoutPageModel model, PageLinks links) => model.Payment switch
    {
        PaymentStep.Sandbox => Buttons(model, links),
        PaymentStep.Gr4vy gr4vy => Embed(model, gr4vy, links),
        PaymentStep.Unavailable unavailable => Unavailable(unavailable.Text, links),
        _ => Unavailable("This order cannot be paid right now.", links),
    };

    private static Html Buttons(CheckoutPageModel model, PageLinks links) => Html.Of($"""
        <p>Choose how the payment of <strong class="amount">{PageMoney.Format(model.Total)}</strong> ends.</p>
        <form method="post" action="{links.Sandbox}" data-once="Working…"><ul class="outcomes">{Html.Join(Outcomes.Select(outcome => Html.Of($"""<li><button type="submit" class="button{(outcome.Value == "approve" ? "" : " quiet")}" name="outcome" value="{outcome.Value}" aria-describedby="about-{outcome.Value}">{outcome.Label}</button><p class="muted small" id="about-{outcome.Value}">{outcome.Text}</p></li>""")))}</ul></form>
        """);

    private static Html Approval(CheckoutPageModel model, PageLinks links) => Html.Of($"""
        <p>The simulated bank asks whether you want to pay <strong class="amount">{PageMoney.Format(model.Total)}</strong> to <bdi>{model.ShopName}</bdi>.</p>
        <form method="post" action="{links.Sandbox}" class="choice" data-once="Working…"><button type="submit" class="button" name="outcome" value="confirm">Confirm</button><button type="submit" class="button quiet" name="outcome" value="reject">Reject</button></form>
        """);

    // The script reads the settings, loads Gr4vy's own and puts its form into the empty element.
    private static Html Embed(CheckoutPageModel model, PaymentStep.Gr4vy gr4vy, PageLinks links) => Html.Of($"""
        <div id="embed" class="embed"></div>
        <p id="embed-status" role="status" class="waiting" hidden></p>
        <div id="embed-problem" role="alert"></div>
        <button type="button" class="button" id="pay" hidden>Pay {PageMoney.Format(model.Total)}</button>
        <script type="application/json" id="embed-settings">{Settings(gr4vy)}</script>
        <noscript><p class="notice">{PageIcon.Alert}<span>Paying needs JavaScript, which this browser does not run. Switch it on and <a href="{links.Page}">load this page again</a>, or open it in another browser.</span></p></noscript>
        """);

    private static Html Unavailable(string text, PageLinks links) => Html.Of($"""
        <div class="notice" role="status">{PageIcon.Alert}<span>{text}</span></div><p><a class="button" href="{links.Page}">Try again</a></p>
        """);

    private static Html Receipt(CheckoutPageModel model) => Html.Of($"""
        <dl class="receipt"><dt>Order number</dt><dd class="reference">{model.Reference}</dd><dt>Total</dt><dd class="amount">{PageMoney.Format(model.Total)}</dd>{(model.Refunded.Minor > 0 ? Html.Of($"""<dt>Refunded</dt><dd class="amount">{PageMoney.Format(model.Refunded)}</dd>""") : Html.None)}{(model.Buyer is { } buyer ? Html.Of($"""<dt>Contact and delivery</dt><dd>{Address(buyer)}</dd>""") : Html.None)}</dl>
        """);

    private static Html Address(BuyerDetails buyer)
    {
        string[] lines = [buyer.Name, buyer.Line1, buyer.Line2, $"{buyer.PostalCode} {buyer.City}".Trim(), buyer.Region, Countries.NameOf(buyer.Country), buyer.Email];
        return Html.Of($"""<address>{Html.Join(lines.Where(line => line.Length > 0).Select(line => Html.Of($"""<span><bdi>{line}</bdi></span>""")))}</address>""");
    }

    // Names are those of gr4vy.setup, except for the script's address.
    private static Html Settings(PaymentStep.Gr4vy gr4vy)
    {
        var (settings, buffer) = (gr4vy.Settings, new ArrayBufferWriter<byte>());
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("script", gr4vy.Script.AbsoluteUri);
            json.WriteStartObject("setup");
            json.WriteString("token", settings.Token);
            json.WriteString("gr4vyId", settings.Gr4vyId);
            json.WriteString("environment", settings.Environment);
            json.WriteString("merchantAccountId", settings.MerchantAccountId);
            json.WriteNumber("amount", settings.Amount);
            json.WriteString("currency", settings.Currency);
            json.WriteString("country", settings.Country);
            json.WriteString("intent", gr4vy.Intent);
            json.WriteString("externalIdentifier", gr4vy.OrderId);
            json.WriteStartObject("metadata");
            json.WriteString("order_id", gr4vy.OrderId);
            json.WriteEndObject();
            json.WriteStartArray("cartItems");
            foreach (var item in gr4vy.Items)
            {
                json.WriteStartObject();
                json.WriteString("name", item.Name);
                json.WriteNumber("quantity", item.Quantity);
                json.WriteNumber("unitAmount", item.UnitAmountMinor);
                json.WriteString("externalIdentifier", item.ProductId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Html.Json(buffer.WrittenSpan);
    }
}
