namespace Cartwright.Server.Orders;

/// <summary>States in words, for shoppers and models.</summary>
internal static class OrderWords
{
    /// <summary>Whether the checkout page has something to do for the shopper.</summary>
    public static bool IsOpenToShopper(OrderState state) => OrderRules.IsPayable(state) || state == OrderState.PaymentPending;

    public static string Of(OrderFile file)
    {
        var order = file.Order;
        var simulated = order.IsSimulated ? " (simulated payment, no money moved)" : "";
        return order.State switch
        {
            OrderState.AwaitingPayment => "It is not paid yet. The shopper pays on the checkout page.",
            OrderState.PaymentPending => "The payment is under way. Ask again in a moment.",
            OrderState.PaymentFailed => $"The payment did not succeed{Reason(file)}. The shopper can try again on the checkout page.",
            OrderState.Authorized => "The payment is authorized; the shop takes the money later.",
            OrderState.Paid => $"It is paid{simulated}.",
            OrderState.Voided => "The payment was given up; nothing was taken.",
            OrderState.Expired => "It was not paid in time and is void. Call start_checkout for a new order; the cart is kept.",
            OrderState.PartlyRefunded => $"It was paid{simulated}, and {new Money(order.RefundedMinor, order.Currency)} of it were given back.",
            _ => $"It was paid{simulated}, and all of it was given back.",
        };
    }

    // The provider's codes are written for people to guess ("insufficient_funds"); which try failed last decides.
    private static string Reason(OrderFile file) => file.Attempts.LastOrDefault(attempt => attempt.ErrorCode is not null)?.ErrorCode is { } code
        && code.Length <= 60 && code.All(c => char.IsAsciiLetterLower(c) || c == '_')
            ? $" ({code.Replace('_', ' ')})"
            : "";
}
