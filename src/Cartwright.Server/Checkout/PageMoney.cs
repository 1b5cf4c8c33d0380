using System.Collections.Frozen;
using System.Globalization;

namespace Cartwright.Server.Checkout;

/// <summary>Amounts as the page writes them: as browsers do for English, "$1,234.50" and "CHF 14.90".</summary>
internal static class PageMoney
{
    // The process has no cultures (invariant globalization), so that the signs stand here (CLDR, English).
    private static readonly FrozenDictionary<string, string> Signs = new (string Code, string Sign)[]
    {
        ("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("JPY", "¥"), ("AUD", "A$"), ("BRL", "R$"), ("CAD", "CA$"),
        ("CNY", "CN¥"), ("HKD", "HK$"), ("ILS", "₪"), ("INR", "₹"), ("KRW", "₩"), ("MXN", "MX$"), ("NZD", "NZ$"),
        ("PHP", "₱"), ("TWD", "NT$"), ("VND", "₫"), ("XAF", "FCFA\u00a0"), ("XCD", "EC$"), ("XOF", "F\u202fCFA\u00a0"),
        ("XPF", "CFPF\u00a0"),
    }.ToFrozenDictionary(pair => pair.Code, pair => pair.Sign, StringComparer.Ordinal);

    public static string Format(Money money)
    {
        var amount = money.ToDecimal();
        var digits = Math.Abs(amount).ToString($"N{money.Currency.Exponent}", CultureInfo.InvariantCulture);
        return $"{(amount < 0 ? "-" : "")}{Signs.GetValueOrDefault(money.Currency.Code, $"{money.Currency.Code}\u00a0")}{digits}";
    }
}
