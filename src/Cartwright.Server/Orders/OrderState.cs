namespace Cartwright.Server.Orders;

/// <summary>Where an order stands. In JSON and in the database the names are snake_case ("payment_pending").</summary>
internal enum OrderState
{
    /// <summary>Nothing was paid or tried yet; the stock is reserved.</summary>
    AwaitingPayment,

    /// <summary>The provider works on a payment, or waits for the buyer or a bank.</summary>
    PaymentPending,

    /// <summary>The last try was declined or failed; another one may be made until the order expires.</summary>
    PaymentFailed,

    /// <summary>The money is reserved, not taken.</summary>
    Authorized,

    /// <summary>The money is taken, and so is the stock.</summary>
    Paid,

    /// <summary>The authorization was given up; the stock is free again.</summary>
    Voided,

    /// <summary>Nobody paid in time; the stock is free again. Money that comes all the same still makes the order paid.</summary>
    Expired,

    /// <summary>Part of the money went back.</summary>
    PartlyRefunded,

    /// <summary>All of the money went back.</summary>
    Refunded,
}
