using Cartwright.Server.Payments;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Orders;

/// <summary>One thing that a provider, or the clock, tells of an order over <see cref="Amount"/>.</summary>
internal abstract record News
{
    /// <summary>What the orders of these tests are over.</summary>
    public const long Amount = 1000;

    public static DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal sealed record Payment(int Number, string Status, int At, long? Captured, long? Refunded, string? Error) : News
    {
        public PaymentTransaction For(string order) => new(
            $"{order} t{Number}", Status, Amount, "USD", Start.AddSeconds(At), CapturedAmount: Captured, RefundedAmount: Refunded, ErrorCode: Error);
    }

    internal sealed record Refund(int Number, string Status, int At, long Given) : News
    {
        public PaymentRefund For(string order) => new($"{order} r{Number}", $"{order} t{Number % 3}", Status, Given, "USD", Start.AddSeconds(At));
    }

    /// <summary>Another order took the place of this one.</summary>
    internal sealed record Replaced : News;

    /// <summary>Some of it, in any order, with moments that are often the same.</summary>
    public static Gen<List<News>> Some { get; } = Histories();

    private static Gen<List<News>> Histories()
    {
        var amounts = Gen.Elements<long?>(null, 0, 1, Amount / 2, Amount, Amount + 1, 2 * Amount);
        var payments =
            from number in Gen.Choose(0, 2)
            from status in Gen.Elements(
                TransactionStatus.Processing, TransactionStatus.BuyerApprovalPending, TransactionStatus.AuthorizationSucceeded,
                TransactionStatus.AuthorizationDeclined, TransactionStatus.AuthorizationFailed, TransactionStatus.AuthorizationVoidPending,
                TransactionStatus.AuthorizationVoided, TransactionStatus.CapturePending, TransactionStatus.CaptureSucceeded)
            from at in Gen.Choose(0, 3)
            from captured in amounts
            from refunded in amounts
            from error in Gen.Elements<string?>(null, "declined", "Declined")
            select (News)new Payment(number, status, at, captured, refunded, error);
        var refunds =
            from number in Gen.Choose(0, 3)
            from status in Gen.Elements(
                RefundStatus.Processing, RefundStatus.Succeeded, RefundStatus.Failed, RefundStatus.Declined, RefundStatus.Voided, "unheard of")
            from at in Gen.Choose(0, 3)
            from given in Gen.Elements(1, Amount / 2, Amount)
            select (News)new Refund(number, status, at, given);
        var one = Gen.Frequency((10, payments), (4, refunds), (1, Gen.Constant<News>(new Replaced())));
        return from size in Gen.Choose(1, 10) from news in Gen.ListOf(one, size) select news.ToList();
    }

    /// <summary>The same in another order, some of it twice.</summary>
    public static Gen<List<News>> Mixed(List<News> history) =>
        from twice in Gen.ListOf(Gen.Elements<News>(history), 3)
        from mixed in Gen.Shuffle([.. history, .. twice])
        select mixed.ToList();

    /// <summary>A history, and the same mixed.</summary>
    public static Arbitrary<(List<News> InTime, List<News> Mixed)> Pairs { get; } =
        (from history in Some
         from mixed in Mixed(history)
         select (history.OrderBy(Moment).ToList(), mixed)).ToArbitrary();

    private static int Moment(News news) => news switch
    {
        Payment payment => payment.At,
        Refund refund => refund.At,
        _ => 4,
    };
}
