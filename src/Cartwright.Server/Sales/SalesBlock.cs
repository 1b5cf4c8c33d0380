using System.Runtime.InteropServices;

namespace Cartwright.Server.Sales;

/// <summary>The figures of one product, by its key.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProductTotals(int Product, long Orders, long Units, long GrossMinor, long RefundsMinor);

/// <summary>
/// Rows of sales_day_product packed into bytes, because scanning millions of rows takes seconds and adding up as many packed ones
/// milliseconds. Per product, in ascending order of keys: how much the key is above the one before, orders, units, gross and refunds. All
/// are variable-length integers (7 bits a byte, low ones first); figures that can be below zero are zigzag-coded.
/// </summary>
internal static class SalesBlock
{
    public static byte[] Pack(IEnumerable<ProductTotals> ascending)
    {
        using var packed = new MemoryStream();
        var last = 0;
        foreach (var totals in ascending)
        {
            Write(packed, (ulong)(totals.Product - last));
            WriteSigned(packed, totals.Orders);
            WriteSigned(packed, totals.Units);
            WriteSigned(packed, totals.GrossMinor);
            WriteSigned(packed, totals.RefundsMinor);
            last = totals.Product;
        }

        return packed.ToArray();
    }

    /// <summary>Adds all of a block to the sums.</summary>
    public static void AddTo(SalesSums sums, ReadOnlySpan<byte> packed)
    {
        var at = 0;
        var product = 0;
        while (at < packed.Length)
        {
            product += (int)Read(packed, ref at);
            var cell = sums[product];
            checked
            {
                cell[0] += ReadSigned(packed, ref at);
                cell[1] += ReadSigned(packed, ref at);
                cell[2] += ReadSigned(packed, ref at);
                cell[3] += ReadSigned(packed, ref at);
            }
        }
    }

    private static void WriteSigned(MemoryStream packed, long value) => Write(packed, (ulong)((value << 1) ^ (value >> 63)));

    private static void Write(MemoryStream packed, ulong value)
    {
        while (value >= 0x80)
        {
            packed.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        packed.WriteByte((byte)value);
    }

    private static long ReadSigned(ReadOnlySpan<byte> packed, ref int at)
    {
        var value = Read(packed, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static ulong Read(ReadOnlySpan<byte> packed, ref int at)
    {
        ulong value = packed[at++];
        if (value < 0x80)
        {
            return value;
        }

        value &= 0x7f;
        for (var shift = 7; ; shift += 7)
        {
            ulong next = packed[at++];
            value |= (next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}

/// <summary>Sums of one currency, by product key.</summary>
internal sealed class SalesSums
{
    private const int Width = 4;

    private long[] _cells = new long[Width * 1024];

    /// <summary>Orders, units, gross and refunds of a product.</summary>
    public Span<long> this[int product]
    {
        get
        {
            var at = product * Width;
            if (at >= _cells.Length)
            {
                Array.Resize(ref _cells, Math.Max(_cells.Length * 2, at + Width));
            }

            return _cells.AsSpan(at, Width);
        }
    }

    public void Add(ProductTotals totals)
    {
        var cell = this[totals.Product];
        checked
        {
            cell[0] += totals.Orders;
            cell[1] += totals.Units;
            cell[2] += totals.GrossMinor;
            cell[3] += totals.RefundsMinor;
        }
    }

    /// <summary>Products with any figure but zero, in ascending order of keys.</summary>
    public IEnumerable<ProductTotals> Totals()
    {
        for (var at = 0; at < _cells.Length; at += Width)
        {
            if ((_cells[at] | _cells[at + 1] | _cells[at + 2] | _cells[at + 3]) != 0)
            {
                yield return new ProductTotals(at / Width, _cells[at], _cells[at + 1], _cells[at + 2], _cells[at + 3]);
            }
        }
    }
}
