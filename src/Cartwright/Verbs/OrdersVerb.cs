using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Cartwright.Server;
using Cartwright.Server.Checkout;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cartwright;

/// <summary><c>cartwright orders</c>: the merchant looks at orders, takes authorized money and gives money back.</summary>
internal static class OrdersVerb
{
    public static Command Create() => new("orders", "Lists orders, shows one, captures and refunds.") { List(), Show(), Refund(), Capture() };

    private static Command List()
    {
        var state = new Option<string?>("--state") { Description = $"only those that are: {string.Join(", ", OrderNames.All)}" };
        state.AcceptOnlyFromAmong([.. OrderNames.All]);
        var limit = new Option<int>("--limit") { Description = "how many at most", DefaultValueFactory = _ => 20 };
        var verb = new Command("list", "Lists orders, newest first.") { state, limit };
        verb.SetAction((parsed, cancellation) => With(async desk =>
        {
            var orders = await desk.List(parsed.GetValue(state), Math.Clamp(parsed.GetValue(limit), 1, 10_000), cancellation);
            if (orders.Count == 0)
            {
                Console.WriteLine("No orders.");
                return 0;
            }

            // At least as wide as the headings.
            var amount = Math.Max(6, orders.Max(order => order.Amount.ToString().Length));
            var name = Math.Max(5, orders.Max(order => OrderNames.Of(order.State).Length));
            Console.WriteLine($"{"ORDER",-9}  {"CREATED (UTC)",-16}  {"AMOUNT".PadLeft(amount)}  STATE");
            foreach (var order in orders)
            {
                var mark = order.IsSimulated ? "  simulated" : "";
                Console.WriteLine($"{order.Reference}  {Time(order.CreatedAt)}  {order.Amount.ToString().PadLeft(amount)}  {OrderNames.Of(order.State).PadRight(name)}{mark}".TrimEnd());
            }

            return 0;
        }));
        return verb;
    }

    private static Command Show()
    {
        var name = Name();
        var verb = new Command("show", "Shows an order: lines, buyer, payments and everything that happened to it.") { name };
        verb.SetAction((parsed, cancellation) => With(async desk =>
        {
            var found = await desk.Find(parsed.GetRequiredValue(name), cancellation);
            if (!found.Ok)
            {
                return Terminal.Complain(found.Problem);
            }

            Print(found.Value, await desk.Trail(found.Value.Order.Id, cancellation));
            return 0;
        }));
        return verb;
    }

    private static Command Refund()
    {
        var name = Name();
        var amount = new Option<string?>("--amount") { Description = "how much, such as 9.99; left out, all that is left" };
        var yes = Yes();
        var verb = new Command("refund", "Gives the money of an order back, all of it or a part. Repeated after a failure, it is given back once.") { name, amount, yes };
        verb.SetAction((parsed, cancellation) => With(async desk =>
        {
            var found = await desk.Find(parsed.GetRequiredValue(name), cancellation);
            if (!found.Ok)
            {
                return Terminal.Complain(found.Problem);
            }

            var order = found.Value.Order;
            var wanted = parsed.GetValue(amount) is { } text ? Money.Parse(text, order.Currency) : MerchantDesk.Refundable(found.Value);
            if (!wanted.Ok)
            {
                return Terminal.Complain(Problem.Invalid($"--amount {wanted.Problem.Advice}"));
            }

            Money? given = parsed.GetValue(amount) is null ? null : wanted.Value;
            return Confirms(parsed.GetValue(yes), $"Give {wanted.Value} of order {order.Reference} back?")
                ? Report(await desk.Refund(found.Value, given, cancellation))
                : NotDone();
        }));
        return verb;
    }

    private static Command Capture()
    {
        var name = Name();
        var yes = Yes();
        var verb = new Command("capture", "Takes the money of an authorized order.") { name, yes };
        verb.SetAction((parsed, cancellation) => With(async desk =>
        {
            var found = await desk.Find(parsed.GetRequiredValue(name), cancellation);
            if (!found.Ok)
            {
                return Terminal.Complain(found.Problem);
            }

            return Confirms(parsed.GetValue(yes), $"Take {found.Value.Order.Amount} for order {found.Value.Order.Reference}?")
                ? Report(await desk.Capture(found.Value, cancellation))
                : NotDone();
        }));
        return verb;
    }

    private static Argument<string> Name() => new("ORDER") { Description = "as orders list names it, or its id" };

    private static Option<bool> Yes() => new("--yes", "-y") { Description = "do not ask" };

    /// <summary>Money moves only when somebody says so; a script says it with --yes.</summary>
    private static bool Confirms(bool yes, string question)
    {
        if (yes)
        {
            return true;
        }

        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine($"cartwright: {question} Nobody can be asked here: add --yes.");
            return false;
        }

        Console.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static int NotDone()
    {
        Console.Error.WriteLine("cartwright: Nothing was done.");
        return 1;
    }

    private static int Report(Result<OrderFile> result)
    {
        if (!result.Ok)
        {
            return Terminal.Complain(result.Problem);
        }

        var order = result.Value.Order;
        var refunded = order.RefundedMinor > 0 ? $", {new Money(order.RefundedMinor, order.Currency)} given back" : "";
        Console.WriteLine($"Order {order.Reference} is {OrderNames.Of(order.State)}: {new Money(order.CapturedMinor, order.Currency)} taken{refunded}.");
        return 0;
    }

    private static void Print(OrderFile file, IReadOnlyList<OrderEvent> trail)
    {
        var order = file.Order;
        Console.WriteLine($"Order {order.Reference}{(order.IsSimulated ? " (simulated payment)" : "")}");
        Row("Id", order.Id);
        Row("State", OrderNames.Of(order.State));
        Row("Created", $"{Time(order.CreatedAt)} UTC");
        Row(order.PaidAt is null ? "Payable until" : "Paid", $"{Time(order.PaidAt ?? order.ExpiresAt)} UTC");
        Row("Provider", $"{order.Provider}, {order.Environment}");
        Row("Amount", order.Amount.ToString());
        Row("Taken", new Money(order.CapturedMinor, order.Currency).ToString());
        Row("Given back", new Money(order.RefundedMinor, order.Currency).ToString());
        if (order.Buyer is not null && JsonSerializer.Deserialize(order.Buyer, CheckoutJson.Default.BuyerDetails) is { } buyer)
        {
            string[] address = [buyer.Name, buyer.Line1, buyer.Line2, $"{buyer.PostalCode} {buyer.City}", buyer.Region, buyer.Country];
            Row("Buyer", buyer.Email);
            Row("Deliver to", string.Join(", ", address.Select(part => part.Trim()).Where(part => part.Length > 0)));
        }

        Console.WriteLine("\nLines");
        foreach (var line in file.Lines)
        {
            Console.WriteLine($"  {line.Quantity} × {line.Name} ({line.ProductId}) at {new Money(line.PriceMinor, order.Currency).ToAmount()}");
        }

        Section("Payments", file.Attempts.Select(attempt => $"{attempt.TransactionId}  {attempt.Status}{(attempt.ErrorCode is null ? "" : $" ({attempt.ErrorCode})")}"));
        Section("Refunds", file.Refunds.Select(refund => $"{refund.Id}  {new Money(refund.AmountMinor, order.Currency)}  {refund.Status}"));
        Section("What happened (UTC)", trail.Select(entry =>
            $"{Time(entry.At)}  {(entry.From == entry.To ? OrderNames.Of(entry.To) : $"{OrderNames.Of(entry.From)} > {OrderNames.Of(entry.To)}")}: {entry.Cause}"));
    }

    private static void Section(string title, IEnumerable<string> rows)
    {
        foreach (var (i, row) in rows.Index())
        {
            Console.WriteLine(i == 0 ? $"\n{title}\n  {row}" : $"  {row}");
        }
    }

    private static void Row(string name, string value) => Console.WriteLine($"  {name,-14} {value}");

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static async Task<int> With(Func<MerchantDesk, Task<int>> act)
    {
        var read = Terminal.ReadSettings();
        if (!read.Ok)
        {
            return Terminal.Complain(read.Problem);
        }

        var settings = read.Value;
        var time = Terminal.Time;
        var opened = await Database.Open(settings.DataFolder, settings.Database, time);
        if (!opened.Ok)
        {
            return Terminal.Complain(opened.Problem);
        }

        await using var database = opened.Value;
        var ids = new IdSource();
        var opening = await PaymentKeys.Open(settings.Payments, settings.Origin(settings.Port), new Secrets(database, ids));
        if (!opening.Ok)
        {
            return Terminal.Complain(opening.Problem);
        }

        using var keys = opening.Value;
        using var payments = PaymentSide.Create(settings.Payments, keys, database, ids, time, NullLoggerFactory.Instance);
        var options = new OrderOptions { Lifetime = settings.Payments.OrderLifetime, FirstCheck = settings.Payments.FirstCheck };
        var orders = new OrderBook(database, time, options, NullLogger<OrderBook>.Instance);
        return await act(new MerchantDesk(database, orders, payments.Provider, ids, time));
    }
}
