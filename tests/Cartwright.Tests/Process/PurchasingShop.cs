using System.Collections.Concurrent;
using System.Diagnostics;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>One data folder with one server or two, of which the first dies in the middle of purchases and is started again.</summary>
internal sealed class PurchasingShop : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly SemaphoreSlim _bank = new(1);
    private readonly int[] _ports;
    private readonly ShopProcess?[] _servers;
    private readonly string _catalog;
    private readonly string[] _stock;
    private readonly PurchaseLedger _ledger;
    private readonly int _reconcileSeconds;

    private PurchasingShop(IReadOnlyCollection<int> seeds, int servers)
    {
        _reconcileSeconds = PurchasePlan.AsksProvider(seeds.First()) ? 1 : 3600;
        _ports = [.. Enumerable.Range(0, servers).Select(_ => ShopProcess.FreePort())];
        _servers = new ShopProcess?[servers];
        _ledger = new PurchaseLedger(_folder.Path);
        var products = seeds.Select(seed => Sample.Product(PurchasePlan.ProductOf(seed), $"Only {seed}", $"{1 + (seed % 40)}.{seed % 100:00}", stock: 2));
        _catalog = _folder.File("catalog.json", Sample.Catalog(
            [Sample.Product("common", "Common", "3.30", stock: 500), Sample.Product("endless", "Endless", "0.99"), .. products]).ToJsonString());
        _stock = ["common 500", .. seeds.Select(seed => $"{PurchasePlan.ProductOf(seed)} 2")];
    }

    /// <summary>Makes the purchases of these seeds, all odd or all even, one after the other, the first server dying by the signal in each, and checks the books.</summary>
    /// <param name="progress">Takes what was reached when it died.</param>
    public static async Task Run(IReadOnlyCollection<int> seeds, int signal, int servers, ConcurrentBag<string> progress)
    {
        using var shop = new PurchasingShop(seeds, servers);
        for (var i = 0; i < servers; i++)
        {
            await shop.Start(i);
        }

        var expected = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var plan in seeds.Select(PurchasePlan.Of))
        {
            try
            {
                expected.Add(await shop.Buy(plan, signal, progress), plan.IsApproved);
                await shop.CheckAtRest(expected);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{plan}\n{exception.Message}\n{shop.Log()}", exception);
            }
        }

        foreach (var server in shop._servers)
        {
            Assert.Equal(0, await server!.Stop());
        }

        await shop._ledger.PassTime();
        await shop._ledger.CheckNow(shop._stock);
        Assert.Equal(
            expected.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value ? "paid" : "expired")),
            (await shop._ledger.States()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server?.Dispose();
        }

        _bank.Dispose();
        _folder.Dispose();
    }

    private async Task Start(int server) => _servers[server] = await ShopProcess.Serve(
        _folder, _ports[server], ("CARTWRIGHT_CATALOG", _catalog), ("CARTWRIGHT_RECONCILE_SECONDS", $"{_reconcileSeconds}"));

    private async Task<string> Buy(PurchasePlan plan, int signal, ConcurrentBag<string> progress)
    {
        using var shopper = new Shopper(plan, HurryBank, _ports);
        var dying = _servers[0]!;
        var watch = new CommitWatch(_ledger.File, plan.KillAfter, plan.Delay, () => Signals.Send(dying.Id, signal));
        try
        {
            var buying = shopper.Buy();
            await Task.WhenAny(buying, watch.Struck);

            // Only now is it certain that it will not strike any more.
            watch.Dispose();
            if (watch.Struck.IsCompleted)
            {
                var code = await dying.Exit();
                Assert.Equal(signal == ShopProcess.Kill9 ? 128 + ShopProcess.Kill9 : 0, code);

                // The bank is another process that has the database open: closing it as the last one folds the log into the database.
                await _bank.WaitAsync();
                try
                {
                    using var copy = new TempFolder();
                    var left = _ports.Length == 1 ? _ledger.CopyTo(copy.Path) : _ledger;
                    progress.Add(await left.Progress());
                    await left.CheckNow(_stock);
                    dying.Dispose();
                    await Start(0);
                }
                finally
                {
                    _bank.Release();
                }
            }

            await buying;
            return shopper.OrderId!;
        }
        finally
        {
            watch.Dispose();
        }
    }

    private async Task CheckAtRest(Dictionary<string, bool> expected)
    {
        var waited = Stopwatch.StartNew();
        while (await _ledger.Waiting() is { Count: > 0 } waiting)
        {
            Assert.True(waited.Elapsed < Patience, string.Join('\n', waiting));
            await Task.Delay(20);
        }

        await _ledger.CheckNow(_stock);
        Assert.Equal(
            expected.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            (await _ledger.States()).Select(pair => KeyValuePair.Create(pair.Key, pair.Value == "paid")).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    /// <summary>Has the simulated bank do at once what it would do in some seconds.</summary>
    private async Task HurryBank()
    {
        await _bank.WaitAsync();
        try
        {
            using var session = Server.Storage.Sqlite.Connect(_ledger.File, readOnly: false);
            await session.Execute("update sandbox_step set due_at = 0 where due_at <> 0");
        }
        finally
        {
            _bank.Release();
        }
    }

    private string Log() => string.Join('\n', _servers.Select(server => $"{server?.Output}{server?.Errors}"));
}
