using Cartwright.Server.Orders;

namespace Cartwright.Server.Checkout;

/// <summary>Which of its faces the page shows. The step is 1 or 2 in the progress, 0 when there is none any more.</summary>
internal sealed record PageStage(string Name, string Title, int Step, string Tone, Html Icon)
{
    private static readonly PageStage Details = new("details", "Checkout", 1, "", Html.None);
    private static readonly PageStage Payment = new("payment", "Checkout", 2, "", Html.None);
    private static readonly PageStage Approval = new("approval", "Confirm the payment", 2, "", Html.None);
    private static readonly PageStage Pending = new("pending", "Your payment is being processed", 0, "waits", PageIcon.Clock);
    private static readonly PageStage Authorized = new("authorized", "Thank you, your order is placed", 0, "good", PageIcon.Check);
    private static readonly PageStage Paid = new("paid", "Thank you, your order is paid", 0, "good", PageIcon.Check);
    private static readonly PageStage PartlyRefunded = new("refunded", "Part of your payment was refunded", 0, "good", PageIcon.Check);
    private static readonly PageStage Refunded = new("refunded", "Your payment was refunded", 0, "good", PageIcon.Check);
    private static readonly PageStage Voided = new("voided", "This order was cancelled", 0, "waits", PageIcon.Close);
    private static readonly PageStage Expired = new("expired", "This checkout has expired", 0, "waits", PageIcon.Clock);

    public bool IsForm => Name == "details";

    /// <summary>Whether there is still something to do here before the order is placed.</summary>
    public bool IsOpen => Step > 0;

    public static PageStage Of(CheckoutPageModel model) => model.State switch
    {
        OrderState.AwaitingPayment or OrderState.PaymentFailed =>
            model.Buyer is null || model.IsEditing || model.Mistakes.Count > 0 ? Details : Payment,
        // The bank of a real provider asks in a window of its own.
        OrderState.PaymentPending => model is { AwaitsApproval: true, Payment: PaymentStep.Sandbox } ? Approval : Pending,
        OrderState.Authorized => Authorized,
        OrderState.Paid => Paid,
        OrderState.PartlyRefunded => PartlyRefunded,
        OrderState.Refunded => Refunded,
        OrderState.Voided => Voided,
        _ => Expired,
    };
}

/// <summary>The widgets' line drawings (web/src/shared/icons.tsx), for sighted people only.</summary>
internal static class PageIcon
{
    public static readonly Html Alert = Draw("M12 8v5M12 16.5h.01M12 3 2.5 20h19L12 3z");
    public static readonly Html Check = Draw("M5 12.5l4.5 4.5L19 7.5");
    public static readonly Html Clock = Draw("M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2");
    public static readonly Html Close = Draw("M6 6l12 12M18 6 6 18");

    private static Html Draw(string path) => Html.Of(
        $"<svg class=\"icon\" viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{path}\"/></svg>");
}
