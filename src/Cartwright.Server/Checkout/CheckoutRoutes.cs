using System.Text;
using System.Text.Json;
using Cartwright.Server.Catalog;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Payments.Sandbox;
using Cartwright.Server.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cartwright.Server.Checkout;

/// <summary>
/// The hosted checkout page. Its address has a capability, so there are no cookies; the forms work without scripts. What is paid comes from
/// the order, never from the form.
/// </summary>
internal sealed class CheckoutRoutes(
    OrderBook orders, CheckoutDesk? desk, PaymentSide payments, ProductCatalog catalog)
{
    private const int MaxForm = 16 * 1024;
    private const string NoPolicy = "default-src 'none'";

    // Own images are on this origin, whatever it is called here.
    private static readonly ProductJson Images = new("");

    // A webhook of the sandbox usually arrives within this time; the page then shows the outcome at once.
    private const int Moments = 40;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    // Where "back to the conversation" may lead: the address comes with the link, and the page vouches for it.
    private static readonly string[] Assistants = ["chatgpt.com", "chat.openai.com", "claude.ai"];

    public void Map(IEndpointRouteBuilder routes)
    {
        var script = WebFile.Read("checkout-page.js", "text/javascript; charset=utf-8");
        var styles = WebFile.Read("checkout-page.css", "text/css; charset=utf-8");
        routes.MapGet("/checkout/assets/checkout.js", (RequestDelegate)(http => script.Send(http, NoPolicy)));
        routes.MapGet("/checkout/assets/checkout.css", (RequestDelegate)(http => styles.Send(http, NoPolicy)));
        routes.MapGet("/checkout/{token}", (RequestDelegate)Show);
        routes.MapPost("/checkout/{token}/details", (RequestDelegate)SaveDetails);
        routes.MapPost("/checkout/{token}/sandbox", (RequestDelegate)PaySimulated);
        foreach (var form in new[] { "details", "sandbox" })
        {
            // The address that a refused form leaves in the browser's address bar.
            routes.MapGet($"/checkout/{{token}}/{form}", (RequestDelegate)(http =>
            {
                Back(http);
                return Task.CompletedTask;
            }));
        }

        routes.MapGet("/checkout/{token}/status", (RequestDelegate)TellStatus);
    }

    private async Task Show(HttpContext http)
    {
        if (await Find(http) is { } file)
        {
            await Send(http, file, StatusCodes.Status200OK, isEditing: http.Request.Query["edit"] == "1");
        }
    }

    private async Task SaveDetails(HttpContext http)
    {
        if (await Find(http) is not { } file || await ReadForm(http) is not { } form)
        {
            return;
        }

        var typed = BuyerForm.Read(form);
        if (typed.Details is not { } buyer)
        {
            await Send(http, file, StatusCodes.Status422UnprocessableEntity, isEditing: true, typed);
            return;
        }

        // Afterwards the receipt stands.
        if (OrderWords.IsOpenToShopper(file.Order.State))
        {
            var json = JsonSerializer.Serialize(buyer, CheckoutJson.Default.BuyerDetails);
            var changed = await orders.Change(file.Order.Id, order => order with { Buyer = json }, http.RequestAborted);
            if (!changed.Ok)
            {
                await OutageAnswers.SendPage(http);
                return;
            }
        }

        Back(http);
    }

    private async Task PaySimulated(HttpContext http)
    {
        if (await Find(http) is not { } file || await ReadForm(http) is not { } form)
        {
            return;
        }

        var order = file.Order;
        if (payments.Sandbox is not null && desk is not null && order.IsSimulated && order.Buyer is not null && OrderWords.IsOpenToShopper(order.State))
        {
            if (!(await Simulate(file, form["outcome"].ToString(), http.RequestAborted)).Ok)
            {
                await OutageAnswers.SendPage(http);
                return;
            }

            await AwaitOutcome(order, http.RequestAborted);
        }

        Back(http);
    }

    /// <summary>Lets the sandbox take the outcome as the shopper's; an outcome that it does not know is none.</summary>
    private async ValueTask<Result<bool>> Simulate(OrderFile file, string outcome, CancellationToken cancellation)
    {
        if (outcome is "confirm" or "reject")
        {
            return await payments.Sandbox!.Confirm(file.Order.Id, outcome == "confirm", cancellation);
        }

        if (!Enum.TryParse<SandboxOutcome>(outcome, ignoreCase: true, out var chosen) || !Enum.IsDefined(chosen))
        {
            return false;
        }

        var begun = await desk!.Begin(file, cancellation);
        if (!begun.Ok)
        {
            return begun.Problem;
        }

        var paid = await payments.Sandbox!.Pay(begun.Value.Embed.Token, chosen, cancellation);
        if (paid.Ok && chosen == SandboxOutcome.Timeout)
        {
            // Nobody will tell: as with a real provider that does not answer, it is asked soon.
            await orders.CheckSoon(file.Order.Id, cancellation);
        }

        return paid;
    }

    private async ValueTask AwaitOutcome(Order order, CancellationToken cancellation)
    {
        for (var i = 0; i < Moments && IsWaiting(order, (await orders.Find(order.Id, cancellation))!.Order.State); i++)
        {
            await Task.Delay(Moment, cancellation);
        }
    }

    private static bool IsWaiting(Order before, OrderState state) =>
        state == before.State || (state == OrderState.Authorized && !before.CapturesLater);

    private async Task TellStatus(HttpContext http)
    {
        if (await Find(http) is not { } file)
        {
            return;
        }

        PageHeaders.Protect(http, NoPolicy);
        http.Response.ContentType = "application/json";
        var order = file.Order;
        await http.Response.WriteAsync(
            $$"""{"state":"{{OrderNames.Of(order.State)}}","awaits_approval":{{CheckoutPage.Flag(AwaitsApproval(file))}},"has_buyer":{{CheckoutPage.Flag(order.Buyer is not null)}},"updated":{{order.Version}}}""");
    }

    /// <summary>The order of the page's address; answers "not found", the same for every wrong address, when there is none.</summary>
    private async ValueTask<OrderFile?> Find(HttpContext http)
    {
        if (await orders.FindByToken((string)http.Request.RouteValues["token"]!, http.RequestAborted) is { } file)
        {
            return file;
        }

        PageHeaders.Protect(http, Policy([], null));
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(CheckoutPage.RenderNotFound((await catalog.Head(http.RequestAborted))?.Store.Name ?? "Shop"));
        return null;
    }

    private static async ValueTask<IFormCollection?> ReadForm(HttpContext http)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentLength is null or > MaxForm)
        {
            PageHeaders.Protect(http, NoPolicy);
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return null;
        }

        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            PageHeaders.Protect(http, NoPolicy);
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return null;
        }
    }

    private async ValueTask Send(
        HttpContext http,
        OrderFile file,
        int status,
        bool isEditing,
        BuyerForm? form = null)
    {
        var order = file.Order;
        var payment = await Payment(file, http.RequestAborted);
        var model = new CheckoutPageModel
        {
            ShopName = (await catalog.Head(http.RequestAborted))?.Store.Name ?? "Shop",
            Token = order.Token,
            Reference = order.Reference,
            State = order.State,
            AwaitsApproval = AwaitsApproval(file),
            Lines = [.. file.Lines.Select(line => PageLine(line, order.Currency))],
            Total = order.Amount,
            Refunded = new Money(order.RefundedMinor, order.Currency),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(order.ExpiresAt),
            Country = order.Country,
            Buyer = order.Buyer is null ? null : JsonSerializer.Deserialize(order.Buyer, CheckoutJson.Default.BuyerDetails),
            IsEditing = isEditing && OrderWords.IsOpenToShopper(order.State),
            Payment = payment,
            IsSimulated = order.IsSimulated,
            ReturnTo = ReturnTo(http),
        };
        model = form is null ? model : model with { Typed = form.Typed, Mistakes = form.Mistakes };
        PageHeaders.Protect(http, Policy(file.Lines, payment as PaymentStep.Gr4vy));
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(CheckoutPage.Render(model), Encoding.UTF8);
    }

    private async ValueTask<PaymentStep> Payment(OrderFile file, CancellationToken cancellation)
    {
        var order = file.Order;
        if (!OrderWords.IsOpenToShopper(order.State) || order.Buyer is null)
        {
            return new PaymentStep.None();
        }

        if (desk is null)
        {
            return new PaymentStep.Unavailable("This shop takes no payments at the moment. Your order is kept until its time is over.");
        }

        if (order.IsSimulated && payments.Sandbox is not null)
        {
            return new PaymentStep.Sandbox();
        }

        var begun = await desk.Begin(file, cancellation);
        return begun.Ok && payments.EmbedScript is not null
            ? new PaymentStep.Gr4vy(
                begun.Value.Embed,
                payments.EmbedScript,
                order.Id,
                order.CapturesLater ? "authorize" : "capture",
                [.. file.Lines.Select(line => new PaymentItem(line.ProductId, line.Name, line.Quantity, line.PriceMinor))])
            : new PaymentStep.Unavailable(begun.Problem?.Advice ?? "Paying does not work at the moment. Try again in a few minutes.");
    }

    private static bool AwaitsApproval(OrderFile file) =>
        file.Order.State == OrderState.PaymentPending && file.Attempts.Any(attempt => attempt.Status == TransactionStatus.BuyerApprovalPending);

    private static PageLine PageLine(OrderLine line, Currency currency)
    {
        var price = new Money(line.PriceMinor, currency);
        return new PageLine(line.Name, line.Quantity, price, price.Multiply(line.Quantity), Images.ImageUrl(line.Image));
    }

    private static Uri? ReturnTo(HttpContext http) =>
        Uri.TryCreate(http.Request.Query["redirectUrl"].ToString(), UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.IsDefaultPort && Assistants.Contains(uri.Host)
            ? uri
            : null;

    /// <summary>After a form the page is fetched anew, so that reloading it sends nothing twice.</summary>
    private static void Back(HttpContext http)
    {
        PageHeaders.Protect(http, NoPolicy);
        var to = ReturnTo(http) is { } uri ? $"?redirectUrl={Uri.EscapeDataString(uri.AbsoluteUri)}" : "";
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = $"/checkout/{Uri.EscapeDataString((string)http.Request.RouteValues["token"]!)}{to}";
    }

    private string Policy(IReadOnlyList<OrderLine> lines, PaymentStep.Gr4vy? gr4vy)
    {
        var images = lines
            .Select(line => Uri.TryCreate(Images.ImageUrl(line.Image), UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps ? uri.GetLeftPart(UriPartial.Authority) : null)
            .OfType<string>()
            .Distinct();
        var script = gr4vy is null ? "" : $" {gr4vy.Script.GetLeftPart(UriPartial.Authority)}";
        var frame = gr4vy is null || payments.EmbedFrame is null ? "" : $"frame-src {payments.EmbedFrame}; ";
        // Embed puts style elements of its own into the page.
        var styles = gr4vy is null ? "" : " 'unsafe-inline'";
        return $"default-src 'none'; script-src 'self'{script}; style-src 'self'{styles}; img-src 'self' {string.Join(' ', images)}; connect-src 'self'; "
            + $"{frame}form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    }
}
