using System.Collections.Frozen;

namespace Cartwright.Server;

/// <summary>A currency of ISO 4217 (list one) with the number of decimals of its minor unit. One instance per code.</summary>
internal sealed class Currency
{
    // Codes without a minor unit in the list (gold, test codes and the like) are left out: nothing can be priced in them.
    private static readonly FrozenDictionary<string, Currency> Known = Table(
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY " +
            "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR " +
            "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD " +
            "NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP " +
            "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"));

    private Currency(string code, int exponent)
    {
        Code = code;
        Exponent = exponent;
    }

    /// <summary>Three upper-case letters.</summary>
    public string Code { get; }

    /// <summary>Decimals of an amount: 2 for USD, 0 for JPY, 3 for KWD.</summary>
    public int Exponent { get; }

    public static Result<Currency> Find(string code) => Known.TryGetValue(code, out var currency)
        ? currency
        : Problem.Invalid($"\"{code}\" is not a currency code of ISO 4217: use three capital letters, such as USD, EUR or JPY");

    public override string ToString() => Code;

    private static FrozenDictionary<string, Currency> Table(params (int Exponent, string Codes)[] rows) => rows
        .SelectMany(row => row.Codes.Split(' ').Select(code => new Currency(code, row.Exponent)))
        .ToFrozenDictionary(currency => currency.Code);
}
