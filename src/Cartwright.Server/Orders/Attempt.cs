using System.Collections.Frozen;
using Cartwright.Server.Payments;

namespace Cartwright.Server.Orders;

/// <summary>One try to pay an order, as far as is known of the provider's transaction. Amounts are minor units of the order's currency.</summary>
internal sealed record Attempt(
    string TransactionId,
    string Status,
    long UpdatedAt,
    long CapturedMinor,
    long RefundedMinor,
    string? Method = null,
    string? ErrorCode = null)
{
    // How far along a status is: decides between two of the same moment. A status that is not here is not understood and says nothing.
    private static readonly FrozenDictionary<string, int> Ranks = new (string Status, int Rank)[]
    {
        (TransactionStatus.Processing, 0),
        (TransactionStatus.BuyerApprovalPending, 1),
        (TransactionStatus.AuthorizationSucceeded, 2),
        (TransactionStatus.CapturePending, 3),
        (TransactionStatus.AuthorizationVoidPending, 4),
        (TransactionStatus.AuthorizationFailed, 5),
        (TransactionStatus.AuthorizationDeclined, 6),
        (TransactionStatus.AuthorizationVoided, 7),
        (TransactionStatus.CaptureSucceeded, 8),
    }.ToFrozenDictionary(pair => pair.Status, pair => pair.Rank, StringComparer.Ordinal);

    public bool IsCaptured => Status == TransactionStatus.CaptureSucceeded;

    /// <summary>Whether the provider may still say something else of it without the buyer or the merchant doing anything.</summary>
    public bool IsUnderWay => Status is TransactionStatus.Processing or TransactionStatus.CapturePending or TransactionStatus.AuthorizationVoidPending;

    /// <summary>What a transaction of a known status says.</summary>
    public static Attempt Of(PaymentTransaction news) => new(
        news.Id,
        news.Status,
        news.UpdatedAt.ToUnixTimeMilliseconds(),
        Math.Clamp(news.CapturedAmount ?? (news.Status == TransactionStatus.CaptureSucceeded ? news.Amount : 0), 0, news.Amount),
        Math.Clamp(news.RefundedAmount ?? 0, 0, news.Amount),
        news.Method,
        news.ErrorCode);

    public static bool IsKnown(string status) => Ranks.ContainsKey(status);

    /// <summary>
    /// What is known after both were heard. Neither order nor repetition matters: the later moment counts, captured money stays captured,
    /// and amounts only grow.
    /// </summary>
    public Attempt Merge(Attempt other)
    {
        var later = Compare(this, other) >= 0 ? this : other;
        return later with
        {
            CapturedMinor = Math.Max(CapturedMinor, other.CapturedMinor),
            RefundedMinor = Math.Max(RefundedMinor, other.RefundedMinor),
        };
    }

    private static int Compare(Attempt one, Attempt other) =>
        (one.IsCaptured, one.UpdatedAt, Ranks[one.Status], one.Method, one.ErrorCode)
        .CompareTo((other.IsCaptured, other.UpdatedAt, Ranks[other.Status], other.Method, other.ErrorCode));
}

/// <summary>Money on its way back. One that we asked for and heard nothing of yet has the status <see cref="Requested"/>.</summary>
internal sealed record OrderRefund(string Id, string TransactionId, long AmountMinor, string Status, long UpdatedAt)
{
    public const string Requested = "requested";

    public bool IsDone => Status == RefundStatus.Succeeded;

    /// <summary>Whether the money is gone or may go.</summary>
    public bool Counts => Status is RefundStatus.Succeeded or RefundStatus.Processing or Requested;

    /// <summary>As with attempts: the later moment counts, a refund that succeeded stays so, with no less than it was once said to be.</summary>
    public OrderRefund Merge(OrderRefund other) =>
        (IsDone, DoneMinor, UpdatedAt, Rank, AmountMinor).CompareTo((other.IsDone, other.DoneMinor, other.UpdatedAt, other.Rank, other.AmountMinor)) >= 0 ? this : other;

    private long DoneMinor => IsDone ? AmountMinor : 0;

    private int Rank => Status switch
    {
        Requested => 0,
        RefundStatus.Processing => 1,
        RefundStatus.Failed => 2,
        RefundStatus.Declined => 3,
        RefundStatus.Voided => 4,
        RefundStatus.Succeeded => 5,
        _ => -1,
    };
}
