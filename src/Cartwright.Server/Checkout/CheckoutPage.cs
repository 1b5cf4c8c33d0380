using System.Globalization;
using Cartwright.Server.Orders;

namespace Cartwright.Server.Checkout;

/// <summary>
/// The hosted checkout page as HTML, complete without its script: the script (web/src/checkout-page) adds that the page follows the order,
/// and runs the payment form of Gr4vy. No inline script or style, so that the page's policy can refuse them.
/// </summary>
internal static class CheckoutPage
{
    public static string Render(CheckoutPageModel model)
    {
        var links = new PageLinks(model.Token, WebAddress(model.ReturnTo));
        var stage = PageStage.Of(model);
        var body = Html.Of($"""
            <header><div class="shop"><p class="name"><bdi>{model.ShopName}</bdi></p><p class="muted small">Order <span class="reference">{model.Reference}</span></p></div>{SimulatedBanner(model)}</header>
            <main class="checkout-page {stage.Name}">
            <div class="heading">{Heading(stage)}</div>
            <div class="task">{CheckoutSteps.Render(model, stage, links)}{WayBack(stage, links)}</div>
            {Summary(model)}
            </main>
            <p class="unseen" role="status" id="announcement"></p>
            """);
        return Layout(
            model.Mistakes.Count > 0 && stage.IsForm ? $"Please check: {stage.Title}" : stage.Title,
            model.ShopName,
            Html.Of($" data-page=\"{links.Page}\" data-status=\"{links.Status}\" data-state=\"{OrderNames.Of(model.State)}\" data-awaits=\"{Flag(model.AwaitsApproval)}\" data-buyer=\"{Flag(model.Buyer is not null)}\" data-stage=\"{stage.Name}\""),
            stage.Name == "pending" ? Html.Of($"<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>") : Html.None,
            body);
    }

    /// <summary>The same for every address that opens nothing, so that it tells nothing.</summary>
    public static string RenderNotFound(string shopName) => Layout(
        "This checkout page does not exist",
        shopName,
        Html.None,
        Html.None,
        Html.Of($"""
            <header><div class="shop"><p class="name"><bdi>{shopName}</bdi></p></div></header>
            <main class="checkout-page unknown">
            <div class="heading"><h1>This checkout page does not exist</h1></div>
            <div class="task"><p>The address is not complete, or the order is long past. Go back to your conversation and check out again there: that gives you a new link.</p></div>
            </main>
            """));

    /// <summary>When the database cannot be reached. What asked for this page can be sent again: it loads itself anew, or the visitor does it.</summary>
    public static string RenderUnavailable(bool canReload) => Layout(
        "One moment, please",
        "Shop",
        Html.None,
        canReload ? Html.Of($"<meta http-equiv=\"refresh\" content=\"5\">") : Html.None,
        Html.Of($"""
            <main class="checkout-page unknown">
            <div class="heading"><h1>One moment, please</h1></div>
            <div class="task"><p>The shop cannot be reached at the moment. {(canReload ? "This page tries again by itself." : "What you sent was not saved: load this page again in a few seconds to send it once more.")} Your order is kept.</p></div>
            </main>
            """));

    private static string Layout(string title, string shopName, Html bodyData, Html head, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <meta name="color-scheme" content="light dark">
        <title>{title} · {shopName}</title>
        <link rel="stylesheet" href="/checkout/assets/checkout.css">
        <script type="module" src="/checkout/assets/checkout.js"></script>
        {head}
        </head>
        <body{bodyData}>
        {body}
        </body>
        </html>

        """).ToString();

    /// <summary>As the page's attributes and its status say it, which the script compares.</summary>
    public static string Flag(bool value) => value ? "true" : "false";

    private static Html SimulatedBanner(CheckoutPageModel model) => model.IsSimulated || model.Payment is PaymentStep.Sandbox
        ? Html.Of($"""<p class="simulated">{PageIcon.Alert}<span><strong>Simulated payment:</strong> no money moves, and no card is asked for.</span></p>""")
        : Html.None;

    private static Html Heading(PageStage stage) => Html.Of($"""
        {(stage.Step == 0 ? Badge(stage) : Html.None)}<h1>{stage.Title}</h1>
        {(stage.Step > 0 ? Progress(stage.Step) : Html.None)}
        """);

    private static Html Badge(PageStage stage) => Html.Of($"""<span class="badge {stage.Tone}">{stage.Icon}</span>""");

    private static Html Progress(int current)
    {
        string[] names = ["Contact and delivery", "Payment", "Receipt"];
        return Html.Of($"""
            <ol class="progress" aria-label="Steps of the checkout">{Html.Join(names.Select((name, index) => (index + 1).CompareTo(current) switch
            {
                < 0 => Html.Of($"""<li class="done"><span class="dot">{PageIcon.Check}</span><span>{name}<span class="unseen"> (done)</span></span></li>"""),
                0 => Html.Of($"""<li class="current" aria-current="step"><span class="dot">{index + 1}</span><span>{name}</span></li>"""),
                _ => Html.Of($"""<li><span class="dot">{index + 1}</span><span>{name}</span></li>"""),
            }))}</ol>
            """);
    }

    private static Html Summary(CheckoutPageModel model) => Html.Of($"""
        <section class="summary" aria-labelledby="summary-title">
        <h2 id="summary-title">Your order</h2>
        <ul class="lines">{Html.Join(model.Lines.Select(Line))}</ul>
        <p class="sum"><span>Total</span><span class="amount">{PageMoney.Format(model.Total)}</span></p>
        {(model.Refunded.Minor > 0 ? Html.Of($"""<p class="sum part"><span>Refunded</span><span class="amount">{PageMoney.Format(model.Refunded)}</span></p>""") : Html.None)}
        {(model.State is OrderState.AwaitingPayment or OrderState.PaymentFailed ? Reserved(model.ExpiresAt) : Html.None)}
        </section>
        """);

    private static Html Line(PageLine line) => Html.Of($"""
        <li class="line"><span class="picture" aria-hidden="true">{Picture(line)}</span><p class="name">{line.Name}</p><p class="muted small amount">{line.Quantity} × {PageMoney.Format(line.Price)}</p><p class="total amount">{PageMoney.Format(line.Total)}</p></li>
        """);

    // The letter stands under the picture, and shows where the picture does not load.
    private static Html Picture(PageLine line)
    {
        var letter = line.Name.Length == 0 ? "" : StringInfo.GetNextTextElement(line.Name);
        return IsPicture(line.Image)
            ? Html.Of($"""<img src="{line.Image}" alt="" width="88" height="88" data-letter="{letter}">""")
            : Html.Of($"""<span class="letter">{letter}</span>""");
    }

    private static bool IsPicture(string? image) => image is not null
        && (image is ['/', not ('/' or '\\'), ..] || (Uri.TryCreate(image, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"));

    private static Html Reserved(DateTimeOffset until) => Html.Of($"""
        <p class="muted small reserved">Reserved for you until {Time(until)}.</p>
        """);

    // The script writes it relative and in the reader's time zone.
    private static Html Time(DateTimeOffset time) => Html.Of($"""
        <time datetime="{time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}">{time.ToUniversalTime().ToString("HH:mm 'UTC on' d MMMM yyyy", CultureInfo.InvariantCulture)}</time>
        """);

    private static Html WayBack(PageStage stage, PageLinks links) => links.ReturnTo is { } address
        ? Html.Of($"""<p class="back"><a class="button quiet" href="{address}">Back to the conversation</a></p>""")
        : Html.Of($"""<p class="back muted small">{(stage.IsOpen ? "Your cart is in the conversation you came from: close this page to go back to it." : "You can close this page and go back to the conversation you came from.")}</p>""");

    private static string? WebAddress(Uri? address) =>
        address is { IsAbsoluteUri: true, Scheme: "http" or "https" } ? address.AbsoluteUri : null;
}

/// <summary>The page's own addresses, which carry the way back along.</summary>
internal sealed class PageLinks(string token, string? returnTo)
{
    private readonly string _path = $"/checkout/{Uri.EscapeDataString(token)}";

    /// <summary>A web address, or null.</summary>
    public string? ReturnTo => returnTo;

    public string Page => _path + Query("?");

    public string Editing => $"{_path}?edit=1{Query("&")}";

    public string Details => $"{_path}/details{Query("?")}";

    public string Sandbox => $"{_path}/sandbox{Query("?")}";

    public string Status => $"{_path}/status";

    private string Query(string before) => returnTo is null ? "" : $"{before}redirectUrl={Uri.EscapeDataString(returnTo)}";
}
