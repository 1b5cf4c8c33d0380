using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Cartwright.Server.Sales;

/// <summary>Whether a file is UTF-8, or says by a byte order mark that it is UTF-16 or UTF-32.</summary>
internal static class Utf8Text
{
    private const int BufferSize = 1 << 16;
    private const int LongestCharacter = 4;

    /// <summary>The first line, from 1, that is not UTF-8; null: all of it is. UTF-16 without a mark is none from its first line on.</summary>
    public static async ValueTask<long?> FirstBadLine(Stream stream, CancellationToken cancellation = default)
    {
        var buffer = new byte[BufferSize];
        var (line, kept) = (1L, 0);
        for (var isFirst = true; ; isFirst = false)
        {
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(kept), LongestCharacter, throwOnEndOfStream: false, cancellation);
            var text = buffer.AsSpan(0, kept + read);
            if (isFirst && text is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF, ..])
            {
                return null;
            }

            if (isFirst && text is [0, ..] or [_, 0, ..])
            {
                return line;
            }

            var end = read == 0 ? text.Length : Whole(text);
            if (!Utf8.IsValid(text[..end]))
            {
                return line + text[..ValidPart(text)].Count((byte)'\n');
            }

            if (read == 0)
            {
                return null;
            }

            line += text[..end].Count((byte)'\n');
            text[end..].CopyTo(buffer);
            kept = text.Length - end;
        }
    }

    // Without a last character that may go on in the next piece.
    private static int Whole(ReadOnlySpan<byte> text)
    {
        for (var length = 1; length < LongestCharacter && length <= text.Length; length++)
        {
            if (Rune.DecodeFromUtf8(text[^length..], out _, out var used) == OperationStatus.NeedMoreData && used == length)
            {
                return text.Length - length;
            }
        }

        return text.Length;
    }

    private static int ValidPart(ReadOnlySpan<byte> text)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(text[valid..], out _, out var used) == OperationStatus.Done)
        {
            valid += used;
        }

        return valid;
    }
}
