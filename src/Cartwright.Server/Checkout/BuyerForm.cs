using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Server.Checkout;

/// <summary>
/// The form for contact and delivery, as it was sent: what was typed, what is wrong with it, and the details when nothing is. Field names
/// are those of the form: email, name, line1, line2, city, region, postal_code, country.
/// </summary>
internal sealed class BuyerForm
{
    /// <summary>Every field in the order of the page, with the longest text it takes, in UTF-16 units.</summary>
    public static readonly IReadOnlyList<(string Name, int MaxLength)> Fields =
    [
        ("email", 254), ("name", 100), ("line1", 120), ("line2", 120), ("city", 80), ("region", 80), ("postal_code", 16), ("country", 2),
    ];

    private static readonly SearchValues<char> NotInEmail = SearchValues.Create(",;<>()[]\"\\");

    private readonly Dictionary<string, string> _typed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _mistakes = new(StringComparer.Ordinal);

    private BuyerForm(IReadOnlyDictionary<string, string> fields)
    {
        foreach (var (name, limit) in Fields)
        {
            var text = fields.GetValueOrDefault(name, "").Trim();
            // What is shown again in the form stays within bounds, however much was sent.
            _typed[name] = text.Length > limit ? Cut(text, limit) : text;
            if (text.Length > limit)
            {
                Refuse(name, $"This is too long: use at most {limit} characters.");
            }
            else if (text.Any(IsControl))
            {
                Refuse(name, "This has characters that cannot be printed: type it again by hand.");
            }
        }

        Check();
        Details = _mistakes.Count > 0
            ? null
            : new BuyerDetails(this["email"], this["name"], this["line1"], this["line2"], this["city"], this["region"], this["postal_code"], this["country"]);
    }

    /// <summary>Null exactly when there are mistakes.</summary>
    public BuyerDetails? Details { get; }

    /// <summary>Every field, trimmed and cut to its limit.</summary>
    public IReadOnlyDictionary<string, string> Typed => _typed;

    /// <summary>What to do about each wrong field, for shoppers.</summary>
    public IReadOnlyDictionary<string, string> Mistakes => _mistakes;

    private string this[string name] => _typed[name];

    public static BuyerForm Read(IReadOnlyDictionary<string, string> fields) => new(fields);

    /// <summary>The first value counts where a field was sent several times.</summary>
    public static BuyerForm Read(IFormCollection form) =>
        new(Fields.ToDictionary(field => field.Name, field => form[field.Name].FirstOrDefault() ?? "", StringComparer.Ordinal));

    /// <summary>What is known already, as if it had been typed.</summary>
    public static IReadOnlyDictionary<string, string> From(BuyerDetails details) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["email"] = details.Email,
        ["name"] = details.Name,
        ["line1"] = details.Line1,
        ["line2"] = details.Line2,
        ["city"] = details.City,
        ["region"] = details.Region,
        ["postal_code"] = details.PostalCode,
        ["country"] = details.Country,
    };

    private void Check()
    {
        if (this["email"].Length == 0)
        {
            Refuse("email", "Enter your email address: the shop writes there about the order.");
        }
        else if (!IsEmail(this["email"]))
        {
            Refuse("email", "Enter an email address with an @ in it, such as name@example.com.");
        }

        Require("name", "Enter the name of whoever receives the parcel.");
        Require("line1", "Enter the street and house number.");
        Require("city", "Enter the town or city.");
        if (!Countries.IsKnown(this["country"]))
        {
            Refuse("country", "Choose a country from the list.");
        }
        else if (Countries.HasPostalCodes(this["country"]))
        {
            Require("postal_code", "Enter the postal code: addresses in this country have one.");
        }
    }

    private void Require(string name, string advice)
    {
        if (this[name].Length == 0)
        {
            Refuse(name, advice);
        }
    }

    // The first thing that is wrong with a field is the one to mend first.
    private void Refuse(string name, string advice) => _mistakes.TryAdd(name, advice);

    // Only sending a letter tells whether an address works; a host without a dot is fine in an intranet.
    private static bool IsEmail(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && at < text.Length - 1 && text.IndexOf('@') == at && !text.Any(char.IsWhiteSpace)
            && text[at + 1] is not ('.' or '-') && text[^1] is not ('.' or '-') && !text.AsSpan(at).Contains("..", StringComparison.Ordinal)
            && !text.AsSpan().ContainsAny(NotInEmail);
    }

    // Besides control characters: marks that change the direction of the text after them, which can make an address read as another one,
    // and the mark that takes the place of bytes that were no text.
    private static bool IsControl(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufffd';

    private static string Cut(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
