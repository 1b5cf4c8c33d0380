using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Cartwright.Server.Catalog;

/// <summary>
/// Where a page ended: the last product's sort key and id. As text: base64url of the query's fingerprint and
/// "key\nid" (neither holds a line break). Position, not offset: products that come or go elsewhere move nothing.
/// </summary>
internal sealed record ProductCursor(object SortKey, string Id)
{
    public const int FingerprintLength = 8;

    // Longer than any we make: a name key of 150 characters and an id of 64.
    private const int MaxLength = 2048;

    public static Result<ProductCursor> Read(string text, ReadOnlySpan<byte> fingerprint, ProductSort sort)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            return Foreign();
        }

        var bytes = Base64Url.DecodeFromChars(text).AsSpan();
        if (bytes.Length <= FingerprintLength)
        {
            return Foreign();
        }

        if (!bytes[..FingerprintLength].SequenceEqual(fingerprint))
        {
            return Problem.Invalid(
                "This cursor belongs to a list with other filters or another sort: repeat those with it, or leave out cursor to start at the first page.");
        }

        var parts = Encoding.UTF8.GetString(bytes[FingerprintLength..]).Split('\n');
        if (parts is not [var key, var id])
        {
            return Foreign();
        }

        if (sort.IsText)
        {
            return new ProductCursor(key, id);
        }

        return long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new ProductCursor(number, id)
            : Foreign();
    }

    public string Write(ReadOnlySpan<byte> fingerprint) =>
        Base64Url.EncodeToString([.. fingerprint, .. Encoding.UTF8.GetBytes($"{SortKey}\n{Id}")]);

    private static Problem Foreign() => Problem.Invalid("This is not a cursor of this shop: leave out cursor to start at the first page.");
}
