using System.Globalization;

namespace Cartwright.Server;

/// <summary>An amount in whole minor units (cents, fils, or yen, which have none). Never a binary fraction.</summary>
internal readonly record struct Money(long Minor, Currency Currency)
{
    private static readonly long[] PowersOfTen = [1, 10, 100, 1_000, 10_000];

    /// <summary>Reads decimal text as a catalogue has it: digits, optionally a point and more digits ("14.99").</summary>
    public static Result<Money> Parse(string text, Currency currency, bool allowNegative = false)
    {
        var digits = text.AsSpan();
        var negative = digits is ['-', ..];
        if (negative)
        {
            digits = digits[1..];
        }

        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (!IsDigits(whole) || (point >= 0 && !IsDigits(fraction)))
        {
            return Problem.Invalid($"\"{text}\" is not an amount: write digits with a point before the decimals, such as \"{Example(currency)}\"");
        }

        if (negative && !allowNegative)
        {
            return Problem.Invalid($"\"{text}\" is below zero");
        }

        if (fraction.Length > currency.Exponent)
        {
            return Problem.Invalid($"\"{text}\" has more decimals than {currency.Code} allows ({currency.Exponent})");
        }

        // Int128 holds every product of a long with the scale, so that one comparison finds the overflow.
        if (!long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out var units))
        {
            return TooLarge(text);
        }

        var padding = PowersOfTen[currency.Exponent - fraction.Length];
        var decimals = fraction.IsEmpty ? 0 : long.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture) * padding;
        var minor = ((Int128)units * PowersOfTen[currency.Exponent]) + decimals;
        return minor > long.MaxValue ? TooLarge(text) : new Money(negative ? -(long)minor : (long)minor, currency);
    }

    /// <summary>Takes an amount from JSON's edge. Trailing zeros are fine; a fraction of a minor unit is not.</summary>
    public static Result<Money> FromDecimal(decimal amount, Currency currency)
    {
        // The largest decimal times the scale would overflow before it could be compared.
        if (Math.Abs(amount) > (decimal)long.MaxValue / PowersOfTen[currency.Exponent])
        {
            return TooLarge(amount.ToString(CultureInfo.InvariantCulture));
        }

        var minor = amount * PowersOfTen[currency.Exponent];
        return minor == decimal.Truncate(minor)
            ? new Money((long)minor, currency)
            : Problem.Invalid($"{amount} has more decimals than {currency.Code} allows ({currency.Exponent})");
    }

    /// <summary>The amount with exactly the currency's decimals (14.90 stays 14.90), as JSON shows it.</summary>
    public decimal ToDecimal()
    {
        var magnitude = (ulong)Int128.Abs(Minor);
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), 0, Minor < 0, (byte)Currency.Exponent);
    }

    /// <summary>Adds; different currencies, and sums beyond a long, are bugs and throw.</summary>
    public Money Add(Money other) => Currency == other.Currency
        ? this with { Minor = checked(Minor + other.Minor) }
        : throw new InvalidOperationException($"{Currency} and {other.Currency} do not add up.");

    /// <summary>Multiplies by a quantity; a product beyond a long is a bug and throws.</summary>
    public Money Multiply(long quantity) => this with { Minor = checked(Minor * quantity) };

    /// <summary>"14.99": the decimals of the currency, no sign for it.</summary>
    public string ToAmount() => ToDecimal().ToString(CultureInfo.InvariantCulture);

    /// <summary>"64.97 USD".</summary>
    public override string ToString() => $"{ToAmount()} {Currency.Code}";

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static string Example(Currency currency) => new Money(15 * PowersOfTen[currency.Exponent], currency).ToAmount();

    private static Problem TooLarge(string text) => Problem.Invalid($"{text} is too large an amount");
}
