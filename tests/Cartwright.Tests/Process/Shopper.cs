using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>
/// Makes one purchase as assistants and browsers do: repeats a call with its key until it is answered, loads the page again after a
/// failure, and presses a button again only while the page still offers it. With several ports it turns from one server to the next.
/// </summary>
internal sealed class Shopper(PurchasePlan plan, Func<Task> hurryBank, params int[] ports) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Shop[] _shops = [.. ports.Select(port => new Shop(port))];
    private int _turn;

    /// <summary>Null before it is known.</summary>
    public string? OrderId { get; private set; }

    public async Task Buy()
    {
        var (orderId, page) = await CheckOut();
        OrderId = orderId;
        if (plan.GivesAddress)
        {
            Assert.True(await Repeat(shop => shop.Post($"{page}/details", Address())));
        }

        foreach (var press in plan.Presses)
        {
            await Press(page, press);
        }

        var order = (await Repeat(shop => shop.Caller.Call("get_order", new JsonObject { ["order_id"] = orderId }))).Data()["order"]!;
        Assert.Equal(plan.IsApproved, (string?)order["status"] == "paid");
    }

    public void Dispose()
    {
        foreach (var shop in _shops)
        {
            shop.Dispose();
        }
    }

    private async Task<(string OrderId, string Page)> CheckOut()
    {
        var key = $"checkout of purchase {plan.Seed}";
        var conversation = plan.Way == CheckoutWay.Conversation ? plan.Conversation : null;
        var arguments = plan.Way == CheckoutWay.Items ? new JsonObject { ["items"] = plan.Items() } : await FillCart(conversation);
        if (plan.Way != CheckoutWay.NoKey)
        {
            arguments["idempotency_key"] = key;
        }

        var started = await Twice(shop => shop.Caller.Call("start_checkout", (JsonObject)arguments.DeepClone(), conversation));
        Assert.All(started, answer => Assert.False(answer.IsError(), answer.ToJsonString()));
        return Assert.Single(started.Select(answer =>
            ((string)answer.Data()["order_id"]!, new Uri((string)answer.Data()["checkout_url"]!).AbsolutePath)).Distinct());
    }

    /// <summary>What the checkout needs to find the cart.</summary>
    private async Task<JsonObject> FillCart(string? conversation)
    {
        var filled = await Twice(shop => shop.Caller.Call(
            "add_to_cart",
            new JsonObject { ["items"] = plan.Items(), ["idempotency_key"] = $"filling of purchase {plan.Seed}" },
            conversation));
        Assert.All(filled, answer => Assert.False(answer.IsError(), answer.ToJsonString()));
        var cartId = Assert.Single(filled.Select(answer => answer.CartId()).Distinct());
        return conversation is null ? new JsonObject { ["cart_id"] = cartId } : [];
    }

    private async Task Press(string page, string outcome)
    {
        var waited = Stopwatch.StartNew();
        for (var isDone = false; !IsEffective(outcome, await Status(page));)
        {
            Assert.True(waited.Elapsed < Patience, $"{outcome} has no effect: {await Status(page)}");
            if (isDone)
            {
                await hurryBank();
                await Task.Delay(Pause);
            }
            else if (await Repeat(shop => shop.Offers(page, outcome)))
            {
                // Lost: nobody knows whether the button was pressed; the page tells.
                isDone = (await Try(shop => shop.Post($"{page}/sandbox", new() { ["outcome"] = outcome }))).Length > 0;
            }
            else
            {
                await Task.Delay(Pause);
            }
        }
    }

    private async Task<string> Status(string page) => await Repeat(shop => shop.Http.GetStringAsync(new Uri($"{page}/status", UriKind.Relative)));

    private static bool IsEffective(string outcome, string status)
    {
        var json = JsonNode.Parse(status)!;
        var state = (string)json["state"]!;
        return outcome switch
        {
            "approval" => (bool)json["awaits_approval"]!,
            "decline" or "reject" or "timeout" => state == "payment_failed",
            _ => state == "paid",
        };
    }

    private Dictionary<string, string> Address() => new(StringComparer.Ordinal)
    {
        ["email"] = "kim@example.com",
        ["name"] = $"Kim {plan.Seed}",
        ["line1"] = "1 High Street",
        ["city"] = "Springfield",
        ["region"] = "Oregon",
        ["postal_code"] = "97477",
        ["country"] = "US",
    };

    private async Task<T> Repeat<T>(Func<Shop, Task<T>> ask) => (await Until(() => Ask(ask, [_shops[_turn % _shops.Length]])))[0];

    private Task<T[]> Twice<T>(Func<Shop, Task<T>> ask) => Until(() => Try(ask));

    /// <summary>The answers that came: to one request, or to two made at once.</summary>
    private Task<T[]> Try<T>(Func<Shop, Task<T>> ask) =>
        Ask(ask, plan.IsDoubled ? [_shops[0], _shops[^1]] : [_shops[_turn % _shops.Length]]);

    private static async Task<T[]> Until<T>(Func<Task<T[]>> ask)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var answers = await ask();
            if (answers.Length > 0)
            {
                return answers;
            }

            Assert.True(waited.Elapsed < Patience, "No server answers.");
            await Task.Delay(Pause);
        }
    }

    private async Task<T[]> Ask<T>(Func<Shop, Task<T>> ask, Shop[] shops)
    {
        var asked = shops.Select(ask).ToArray();
        try
        {
            await Task.WhenAll(asked);
        }
        catch (Exception exception) when (Network.IsTrouble(exception))
        {
            _turn++;
        }

        return [.. asked.Where(task => task.IsCompletedSuccessfully).Select(task => task.Result)];
    }

    private sealed class Shop(int port) : IDisposable
    {
        public ShopCaller Caller { get; } = new(port);

        public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = Patience,
        };

        public async Task<bool> Offers(string page, string outcome) =>
            (await Http.GetStringAsync(new Uri(page, UriKind.Relative))).Contains($"name=\"outcome\" value=\"{outcome}\"", StringComparison.Ordinal);

        public async Task<bool> Post(string path, Dictionary<string, string> form)
        {
            using var content = new FormUrlEncodedContent(form);
            using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
            Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
            return true;
        }

        public void Dispose()
        {
            Caller.Dispose();
            Http.Dispose();
        }
    }
}
