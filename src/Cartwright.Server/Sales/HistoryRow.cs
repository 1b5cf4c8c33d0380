using System.Runtime.InteropServices;

namespace Cartwright.Server.Sales;

/// <summary>One line of an order of history, read and checked; or why it was refused.</summary>
/// <param name="Line">Of the file, from 1, for people.</param>
/// <param name="At">When the order was paid, Unix milliseconds; <paramref name="Day"/> is the shop's day of it.</param>
/// <param name="RefundedAt">When all of the line's money was given back; null: it was not.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HistoryRow(
    long Line,
    string? Refusal,
    string OrderId,
    long At,
    int Day,
    HistoryProduct? Product,
    long Quantity,
    long UnitPriceMinor,
    Currency? Currency,
    string? Country,
    long? RefundedAt = null)
{
    /// <summary>Reasons quote what was in the file, and are shown on terminals: what would steer one is replaced.</summary>
    public static HistoryRow Refused(long line, string reason) =>
        new(line, string.Create(reason.Length, reason, (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
            }
        }), "", 0, 0, null, 0, 0, null, null);
}

/// <summary>A product as a history names it. The key is known once it was written down.</summary>
internal sealed class HistoryProduct(string id, string name)
{
    public string Id => id;

    public string Name => name;

    public string? Category { get; set; }

    public int Key { get; set; }

    public bool IsCategorySaved { get; set; }
}

/// <summary>Where history comes from: a file, the sample.</summary>
/// <param name="Fingerprint">Of the content and of how it is read: tells that a load is one that was begun, or done, before.</param>
/// <param name="Rows">All rows, the same each time for the same moment: when the load was begun. What is later than its day is refused.</param>
internal sealed record HistorySource(string Name, string Fingerprint, int Book, Func<DateTimeOffset, IEnumerable<HistoryRow>> Rows);
