using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>Clients that add to one cart at once, one unit in each call, and repeat each call with its key until it is acknowledged.</summary>
internal sealed class AddingClients(int port, string cartId, IReadOnlyList<string> products)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<int> _work = Channel.CreateUnbounded<int>();
    private readonly ConcurrentBag<int> _versions = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource _reached = new();
    private int _awaited = int.MaxValue;
    private int _acknowledged;
    private int _released;

    /// <summary>The version that each acknowledged add told.</summary>
    public IEnumerable<int> Versions => _versions;

    /// <summary>How many of each product are in the cart when every released add counts once.</summary>
    public IEnumerable<KeyValuePair<string, int>> Expected() =>
        Enumerable.Range(0, _released).CountBy(Product).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Lets so many clients work until there will be no more work.</summary>
    public Task Run(int clients) => Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(Work)));

    /// <summary>Gives the clients work up to this many adds in all.</summary>
    public void Release(int total)
    {
        for (; _released < total; _released++)
        {
            _work.Writer.TryWrite(_released);
        }
    }

    /// <summary>Gives the clients the last of their work.</summary>
    public void Finish(int total)
    {
        Release(total);
        _work.Writer.Complete();
    }

    /// <summary>Ends when so many adds are acknowledged: at that moment, on the thread of the client that was told so.</summary>
    public Task Acknowledged(int count)
    {
        lock (_lock)
        {
            (_awaited, _reached) = (count, new TaskCompletionSource());
        }

        Count(0);
        return _reached.Task;
    }

    private async Task Work()
    {
        using var caller = new ShopCaller(port);
        try
        {
            await foreach (var number in _work.Reader.ReadAllAsync())
            {
                _versions.Add(await AddUntilAcknowledged(caller, number));
                Count(1);
            }
        }
        catch (Exception exception)
        {
            // The others and the test need not wait for what will not come.
            _work.Writer.TryComplete(exception);
            _reached.TrySetException(exception);
            throw;
        }
    }

    private async Task<int> AddUntilAcknowledged(ShopCaller caller, int number)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var added = await caller.Call("add_to_cart", new JsonObject
                {
                    ["cart_id"] = cartId,
                    ["items"] = new JsonArray(ShopCaller.Item(Product(number), 1)),
                    ["idempotency_key"] = $"add {number}",
                });
                Assert.False(added.IsError(), added.ToJsonString());
                return added.Version();
            }
            catch (Exception exception) when (Network.IsTrouble(exception) && waited.Elapsed < Patience)
            {
                // Killed while it worked, or not there again yet: nobody knows whether the add was made.
                await Task.Delay(20);
            }
        }
    }

    private void Count(int acknowledged)
    {
        TaskCompletionSource? reached;
        lock (_lock)
        {
            _acknowledged += acknowledged;
            reached = _acknowledged >= _awaited ? _reached : null;
        }

        reached?.TrySetResult();
    }

    private string Product(int number) => products[number % products.Count];
}
