using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cartwright.Server.Sales;

/// <summary>An answer as it is sent: compact JSON in UTF-8, and the same in words.</summary>
internal sealed record SalesReply(byte[] Json, string Text)
{
    /// <summary>Bytes of JSON and words together. With the envelope around them an answer stays within 16 KiB.</summary>
    public const int MaxBytes = 15 * 1024;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string JsonText => Encoding.UTF8.GetString(Json);

    /// <summary>The first of the candidates that fits; the last one in any case.</summary>
    /// <param name="candidates">The same answer, shorter and shorter.</param>
    public static SalesReply Fit<T>(IEnumerable<T> candidates, JsonTypeInfo<T> type, Func<T, string> words)
    {
        SalesReply? reply = null;
        foreach (var candidate in candidates)
        {
            reply = new SalesReply(Encode(candidate, type), words(candidate));
            if (reply.Json.Length + SentLength(reply.Text) <= MaxBytes)
            {
                break;
            }
        }

        return reply ?? throw new ArgumentException("There is no candidate.", nameof(candidates));
    }

    /// <summary>Most rows of a list, candidate by candidate, down to one.</summary>
    public static IEnumerable<int> Caps(int most)
    {
        for (var cap = Math.Max(1, most); cap > 1; cap = cap * 4 / 5)
        {
            yield return cap;
        }

        yield return 1;
    }

    /// <summary>Most rows of each currency, and at last, with one row each, most currencies.</summary>
    public static IEnumerable<(int Rows, int Currencies)> Caps(int most, int currencies) =>
        Caps(most).Select(rows => (rows, currencies)).Concat(Caps(currencies).Skip(1).Select(cap => (1, cap)));

    private static byte[] Encode<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static int SentLength(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.Length;
}
