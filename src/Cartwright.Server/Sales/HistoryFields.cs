using System.Buffers;
using System.Globalization;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;
using CsvHelper;

namespace Cartwright.Server.Sales;

/// <summary>Reads and checks the fields of one line of history. Everything that is wrong is a refusal with its reason.</summary>
internal sealed class HistoryFields
{
    private const int MaxId = 200;
    private const int MaxName = 500;
    private const long MaxQuantity = 1_000_000;

    // So many minor units that the sum of ten million such lines still fits a long.
    private const long MaxGross = 900_000_000_000;

    // A name is one line wherever it is shown, and PostgreSQL stores no NUL.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl), '\u2028', '\u2029']);

    private readonly HistoryProducts _products;
    private readonly SalesCalendar _calendar;
    private readonly bool _decimalComma;
    private readonly string _shopCurrency;
    private Currency? _currency;

    private HistoryFields(HistoryProducts products, SalesCalendar calendar, bool decimalComma, Currency currency)
    {
        (_products, _calendar, _decimalComma) = (products, calendar, decimalComma);
        (_currency, _shopCurrency) = (currency, currency.Code);
    }

    public static ValueTask<Result<HistoryFields>> Load(Database database, HistoryColumns columns) => database.Read<Result<HistoryFields>>(async session =>
    {
        var currencies = await session.Query("select currency from store", row => row.GetString(0));
        if (currencies is not [var code])
        {
            return ProductCatalog.NotLoaded();
        }

        return new HistoryFields(await HistoryProducts.Load(session), await SalesCalendar.Of(session), columns.DecimalComma, Currency.Find(code).Value);
    });

    public int DayOf(DateTimeOffset moment) => _calendar.DayOf(moment);

    /// <summary>What is later than the last day is refused: no question could ask for it.</summary>
    public HistoryRow Read(long line, CsvReader row, HistoryPositions at, int lastDay)
    {
        if (row.FieldCount <= Math.Max(Math.Max(at.OrderId, at.Time), Math.Max(at.Quantity, at.UnitPrice)))
        {
            return HistoryRow.Refused(line, $"has {row.FieldCount} fields, fewer than the first line");
        }

        var orderId = row.GetString(at.OrderId);
        if (orderId.Length is 0 or > MaxId)
        {
            return HistoryRow.Refused(line, orderId.Length == 0 ? "has no order id" : $"the order id is longer than {MaxId} characters");
        }

        var (id, name, category) = (Field(row, at.ProductId), Field(row, at.Product), Field(row, at.Category));
        if ((Control("the order id", orderId) ?? Control("the product's id", id) ?? Control("the product's name", name) ?? Control("the category", category)) is { } control)
        {
            return HistoryRow.Refused(line, control);
        }

        var time = row.GetString(at.Time);
        if (!HistoryTime.TryRead(time, _calendar, out var moment, out var day))
        {
            return HistoryRow.Refused(line, $"\"{Short(time)}\" is not a time: write it as 2025-03-31T14:05 or 2025-03-31, with an offset if you like");
        }

        if (moment < 0 || day > lastDay)
        {
            return HistoryRow.Refused(line, $"\"{time}\" is {(moment < 0 ? "before 1970" : "in the future")}");
        }

        if (id.Length > MaxId || name.Length > MaxName)
        {
            return HistoryRow.Refused(line, $"the product's id is longer than {MaxId} characters, or its name longer than {MaxName}");
        }

        if (id.Length == 0 && name.Length == 0)
        {
            return HistoryRow.Refused(line, "names no product");
        }

        if (Quantity(row.GetString(at.Quantity)) is not { } quantity)
        {
            return HistoryRow.Refused(line, $"\"{Short(row.GetString(at.Quantity))}\" is not a quantity: a whole number from 1 to {MaxQuantity} (what came back is not loaded)");
        }

        var code = Field(row, at.Currency);
        if (Find(code.Length > 0 ? code : _shopCurrency) is not { } currency)
        {
            return HistoryRow.Refused(line, $"\"{Short(code)}\" is not a currency code of ISO 4217");
        }

        var price = Price(row.GetString(at.UnitPrice), currency);
        if (!price.Ok)
        {
            return HistoryRow.Refused(line, price.Problem.Advice);
        }

        if ((Int128)price.Value.Minor * quantity > MaxGross)
        {
            return HistoryRow.Refused(line, $"{quantity} times {price.Value} is too large an amount");
        }

        var country = Field(row, at.Country);
        if (country is not ("" or [>= 'A' and <= 'Z', >= 'A' and <= 'Z']))
        {
            return HistoryRow.Refused(line, $"\"{Short(country)}\" is not a country code of ISO 3166: use two capital letters, such as US");
        }

        // Last: what is refused names nothing, for it leaves nothing behind that a load that goes on could know of.
        var product = _products.Find(id, name);
        if (product.Category is null && category.Length is > 0 and <= MaxName)
        {
            product.Category = category;
        }

        return new HistoryRow(line, null, orderId, moment, day, product, quantity, price.Value.Minor, currency, country.Length > 0 ? country : null);
    }

    private static string Field(CsvReader row, int position) => position >= 0 && position < row.FieldCount ? row.GetString(position) : "";

    private static string? Control(string what, string text) => text.AsSpan().IndexOfAny(Controls) is >= 0 and var at
        ? $"{what} has a line break or control character (U+{(int)text[at]:X4}): take it out"
        : null;

    // Mostly the same as on the line before.
    private Currency? Find(string code)
    {
        if (_currency?.Code != code)
        {
            var found = Currency.Find(code);
            if (!found.Ok)
            {
                return null;
            }

            _currency = found.Value;
        }

        return _currency;
    }

    // Programs write "2.0" for 2.
    private static long? Quantity(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point > 0 && text.AsSpan(point + 1).Trim('0').IsEmpty ? text.AsSpan(0, point) : text.AsSpan();
        return long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out var quantity) && quantity is >= 1 and <= MaxQuantity ? quantity : null;
    }

    private Result<Money> Price(string text, Currency currency)
    {
        if (_decimalComma)
        {
            text = text.Replace(',', '.');
        }

        // "14.9900" and "500.00" in a currency without decimals are exact.
        var end = text.Length;
        if (text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point)
        {
            while (end > point + 1 + currency.Exponent && end > point + 1 && text[end - 1] == '0')
            {
                end--;
            }

            end = end == point + 1 && end < text.Length ? point : end;
        }

        var price = Money.Parse(end < text.Length ? text[..end] : text, currency);
        return price.Ok || !text.Contains(',', StringComparison.Ordinal)
            ? price
            : Problem.Invalid($"{price.Problem.Advice} (where a comma stands before the decimals, load it with --decimal-comma)");
    }

    private static string Short(string text) => text.Length > 40 ? $"{text[..40]}…" : text;
}
