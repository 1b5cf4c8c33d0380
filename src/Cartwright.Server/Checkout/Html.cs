using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Cartwright.Server.Checkout;

/// <summary>
/// A piece of HTML. Made by <see cref="Of"/> from an interpolated string, in which every value is encoded unless it is a piece of HTML
/// itself: nothing can be forgotten. Attribute values must stand in double quotes.
/// </summary>
internal readonly struct Html
{
    private readonly string? _text;

    private Html(string text) => _text = text;

    public static Html None => default;

    public static Html Of(Handler text) => new(text.ToString());

    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece._text)));

    /// <summary>JSON for a script element of type application/json. The JSON must have been written with an encoder that escapes &lt;.</summary>
    public static Html Json(ReadOnlySpan<byte> json) => json.Contains((byte)'<')
        ? throw new InvalidOperationException("JSON inside HTML must not contain a '<'.")
        : new Html(Encoding.UTF8.GetString(json));

    public override string ToString() => _text ?? "";

    /// <summary>Builds the text of an interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Handler
    {
        // Letters of every script stay readable in the source; what means something in HTML is encoded all the same.
        private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

        private readonly StringBuilder _text;

        public Handler(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (formattedCount * 24));

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(string? text) => _text.Append(Encoder.Encode(text ?? ""));

        public void AppendFormatted(long number) => _text.Append(number);

        public void AppendFormatted(Html piece) => _text.Append(piece.ToString());

        public override string ToString() => _text.ToString();
    }
}
