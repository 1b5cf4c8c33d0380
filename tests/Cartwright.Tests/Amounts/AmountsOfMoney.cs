using Cartwright.Server;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Amounts;

public sealed class AmountsOfMoney
{
    private static readonly Currency Usd = Currency.Find("USD").Value;

    [Theory]
    [InlineData("JPY", 0)]
    [InlineData("KRW", 0)]
    [InlineData("USD", 2)]
    [InlineData("EUR", 2)]
    [InlineData("KWD", 3)]
    [InlineData("BHD", 3)]
    public void Currencies_have_the_decimals_of_ISO_4217(string code, int exponent) =>
        Assert.Equal(exponent, Currency.Find(code).Value.Exponent);

    [Theory]
    [InlineData("usd")]
    [InlineData("XYZ")]
    [InlineData("")]
    public void Unknown_codes_are_refused(string code) => Assert.Equal(ProblemKind.Invalid, Currency.Find(code).Problem!.Kind);

    [Theory]
    [InlineData("JPY")]
    [InlineData("USD")]
    [InlineData("KWD")]
    [InlineData("CLF")]
    public void What_is_written_reads_back_the_same_whatever_the_decimals(string code)
    {
        var currency = Currency.Find(code).Value;
        // All magnitudes, not only the small numbers that come by default.
        var minors = from number in ArbMap.Default.GeneratorFor<long>() from shift in Gen.Choose(0, 62) select number * (1L << shift);
        Prop.ForAll(minors.Where(minor => minor != long.MinValue).ToArbitrary(), minor =>
        {
            var money = new Money(minor, currency);
            Assert.Equal(money, Money.Parse(money.ToAmount(), currency, allowNegative: true).Value);
            Assert.Equal(money, Money.FromDecimal(money.ToDecimal(), currency).Value);
            Assert.Equal(currency.Exponent, money.ToDecimal().Scale);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(long.MaxValue, "92233720368547758.07")]
    [InlineData(long.MinValue + 1, "-92233720368547758.07")]
    [InlineData(6497, "64.97")]
    [InlineData(5, "0.05")]
    [InlineData(-5, "-0.05")]
    public void Amounts_are_exact_at_the_edges(long minor, string text)
    {
        Assert.Equal(text, new Money(minor, Usd).ToAmount());
        Assert.Equal(minor, Money.Parse(text, Usd, allowNegative: true).Value.Minor);
    }

    [Theory]
    [InlineData("14.999", "has more decimals than USD allows (2)")]
    [InlineData("14.990", "has more decimals than USD allows (2)")]
    [InlineData("-1", "is below zero")]
    [InlineData("92233720368547758.08", "too large")]
    [InlineData("99999999999999999999", "too large")]
    [InlineData("", "is not an amount")]
    [InlineData("1,5", "is not an amount")]
    [InlineData("1.", "is not an amount")]
    [InlineData(".5", "is not an amount")]
    [InlineData("+1", "is not an amount")]
    [InlineData("1e3", "is not an amount")]
    [InlineData(" 1", "is not an amount")]
    [InlineData("١", "is not an amount")]
    public void Anything_but_a_plain_amount_is_refused(string text, string why) =>
        Assert.Contains(why, Money.Parse(text, Usd).Problem!.Advice, StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_an_amount_or_a_problem() =>
        Prop.ForAll<string?>(text => _ = Money.Parse(text ?? "", Usd)).QuickCheckThrowOnFailure();

    [Fact]
    public void Decimals_beyond_the_minor_unit_or_a_long_are_refused()
    {
        Assert.Equal(1490, Money.FromDecimal(14.900m, Usd).Value.Minor);
        Assert.False(Money.FromDecimal(14.901m, Usd).Ok);
        Assert.False(Money.FromDecimal(decimal.MaxValue, Usd).Ok);
        Assert.False(Money.FromDecimal(decimal.MinValue, Usd).Ok);
    }

    [Fact]
    public void Sums_of_two_currencies_and_beyond_a_long_are_bugs()
    {
        var one = new Money(100, Usd);
        Assert.Equal("3.00 USD", one.Add(one.Multiply(2)).ToString());
        Assert.Throws<InvalidOperationException>(() => one.Add(new Money(1, Currency.Find("EUR").Value)));
        Assert.Throws<OverflowException>(() => one.Add(new Money(long.MaxValue, Usd)));
        Assert.Throws<OverflowException>(() => one.Multiply(long.MaxValue));
    }
}
