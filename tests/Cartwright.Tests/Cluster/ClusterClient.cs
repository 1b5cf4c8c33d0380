using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Cluster;

/// <summary>A cart of one or more clients, and everything that they were told about it.</summary>
internal sealed class SharedCart(string conversation)
{
    private readonly ConcurrentQueue<CartCall> _history = [];
    private string? _id;

    public string Conversation => conversation;

    /// <summary>Null until the first answer.</summary>
    public string? Id => _id;

    public IReadOnlyCollection<CartCall> History => _history;

    /// <summary>Keeps a call and where it was answered from: always the same cart.</summary>
    public void Tell(CartCall call, string? id)
    {
        if (id is not null)
        {
            Assert.Equal(Interlocked.CompareExchange(ref _id, id, null) ?? id, id);
        }

        _history.Enqueue(call);
    }
}

/// <summary>
/// A client that does one thing after the other to its cart, and knows no other remedy than to send the same request again, with its key,
/// until the answer is definite.
/// </summary>
internal sealed partial class ClusterClient(Uri address, SharedCart cart, int number, IReadOnlyList<string> products) : IDisposable
{
    /// <summary>How long a request may stay without a definite answer, whatever happens to the shop.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);
    private static long _moments;

    private readonly Random _random = new(number);
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
    private int _calls;
    private long _version;

    /// <summary>The largest number of times that one request was sent.</summary>
    public int MostTries { get; private set; }

    public TimeSpan LongestWait { get; private set; }

    /// <summary>Requests that were sent more than once.</summary>
    public int Repeated { get; private set; }

    /// <summary>Why requests were sent again, and how often.</summary>
    public Dictionary<string, int> Reasons { get; } = new(StringComparer.Ordinal);

    /// <summary>The instances that have answered.</summary>
    public HashSet<string> Instances { get; } = new(StringComparer.Ordinal);

    public async Task Run(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await Do(Next());
            await Task.Delay(_random.Next(100, 250), CancellationToken.None);
        }
    }

    public void Dispose() => _http.Dispose();

    private CartRequest Next()
    {
        var (first, second) = (_random.Next(products.Count), _random.Next(1, products.Count));
        var both = new[] { products[first], products[(first + second) % products.Count] }.Take(_random.Next(1, 3));
        var key = $"call {++_calls} of client {number}";
        return _random.Next(100) switch
        {
            < 45 => new CartRequest(CartAction.Add, [.. both.Select(product => (product, _random.NextInt64(1, 3)))], Key: key),
            < 60 => new CartRequest(CartAction.Update, [.. both.Select(product => (product, _random.NextInt64(0, 4)))], _version, key),
            < 80 => new CartRequest(CartAction.Update, [.. both.Select(product => (product, _random.NextInt64(0, 4)))], Key: key),
            _ => CartRequest.Show,
        };
    }

    private async Task Do(CartRequest request)
    {
        // The cart is found by its id as well as by the conversation; repeating it keeps to the one that was chosen.
        var id = _random.Next(2) == 0 ? cart.Id : null;
        var body = Body(request, id);
        var waited = Stopwatch.StartNew();
        var made = Interlocked.Increment(ref _moments);
        var pause = TimeSpan.FromMilliseconds(25);
        for (var tries = 1; ; tries++)
        {
            var (result, trouble) = await Try(body);
            if (result is not null)
            {
                var answered = Interlocked.Increment(ref _moments);
                var answer = Read(result);
                _version = answer.State?.Version ?? answer.ConflictingVersion!.Value;
                cart.Tell(new CartCall(request, answer, made, answered), answer.State is null ? null : result.CartId());
                MostTries = Math.Max(MostTries, tries);
                LongestWait = waited.Elapsed > LongestWait ? waited.Elapsed : LongestWait;
                Repeated += tries > 1 ? 1 : 0;
                return;
            }

            Reasons[trouble!] = Reasons.GetValueOrDefault(trouble!) + 1;
            if (waited.Elapsed > Patience)
            {
                cart.Tell(new CartCall(request, null, made, long.MaxValue), null);
                Assert.Fail($"No definite answer in {Patience.TotalSeconds} s and {tries} tries to {request}: {trouble}");
            }

            await Task.Delay(pause);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    /// <summary>A definite answer, or why there is none.</summary>
    private async Task<(JsonNode? Result, string? Trouble)> Try(string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _http.PostAsync(new Uri("/mcp", UriKind.Relative), content);
            var text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
            {
                return (null, $"status {(int)response.StatusCode}");
            }

            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {text}");
            Instances.Add(response.Headers.GetValues(Balancer.Instance).Single());
            var result = JsonNode.Parse(text)!["result"];
            Assert.True(result is not null, text);
            return result.IsError() && AsksToRepeat().IsMatch(result.Text()) ? (null, result.Text()) : (result, null);
        }
        catch (Exception error) when (Network.IsTrouble(error) || error is TaskCanceledException)
        {
            return (null, error is TaskCanceledException ? "no answer in time" : "the connection broke");
        }
    }

    private string Body(CartRequest request, string? id)
    {
        var arguments = new JsonObject();
        if (request.Action != CartAction.Show)
        {
            arguments["items"] = new JsonArray([.. request.Items.Select(item => new JsonObject { ["product_id"] = item.Product, ["quantity"] = item.Quantity })]);
            arguments["idempotency_key"] = request.Key;
        }

        if (request.ExpectedVersion is { } version)
        {
            arguments["expected_version"] = version;
        }

        if (id is not null)
        {
            arguments["cart_id"] = id;
        }

        return new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = _calls,
            ["method"] = "tools/call",
            ["params"] = new JsonObject
            {
                ["name"] = request.Action switch { CartAction.Add => "add_to_cart", CartAction.Update => "update_cart", _ => "show_cart" },
                ["arguments"] = arguments,
                ["_meta"] = id is null ? new JsonObject { ["openai/session"] = cart.Conversation } : [],
            },
        }.ToJsonString();
    }

    private static CartAnswer Read(JsonNode result)
    {
        if (!result.IsError())
        {
            var lines = result.Data()["items"]!.AsArray().Select(item => ((string)item!["product_id"]!, (long)item["quantity"]!)).ToArray();
            return new CartAnswer(CartState.Of(result.Version(), lines));
        }

        var conflict = Conflict().Match(result.Text());
        Assert.True(conflict.Success, result.Text());
        return new CartAnswer(null, long.Parse(conflict.Groups["version"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"Try the same again|is not known", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AsksToRepeat();

    [GeneratedRegex(@"^The cart is at version (?<version>\d+), not \d+:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Conflict();
}
