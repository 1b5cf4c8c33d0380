using System.Text.Json.Nodes;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;
using Npgsql;

namespace Cartwright.Tests.Cluster;

/// <summary>The shop on four instances, a balancer and a pair of databases, of which each may die.</summary>
[Trait(Engine.Trait, Engine.Postgres)]
public sealed class Failover
{
    private const int Instances = 4;
    private const int Kills = 12;

    // The id of the log line about an exception that nobody expected.
    private const string Bug = "[1001]";

    // 24 carts of one client each, 14 of two, 4 of three: 64 clients.
    private static readonly int[] Writers = [.. Enumerable.Repeat(1, 24), .. Enumerable.Repeat(2, 14), .. Enumerable.Repeat(3, 4)];
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Every_acknowledged_write_is_there_once_whatever_dies()
    {
        using var databases = await PostgresPair.Start();
        int[] ports = [.. Enumerable.Range(0, Instances).Select(_ => ShopProcess.FreePort())];
        using var balancer = new Balancer(ShopProcess.FreePort(), ports);
        using var shops = new ShopInstances(ports, databases.Connection, balancer.Address);
        await shops.Start();
        await balancer.Ready();

        SharedCart[] carts = [.. Writers.Select((_, i) => new SharedCart($"conversation {i}"))];
        var products = Crashes.ProductsWithStock(99)[..6];
        ClusterClient[] clients = [.. carts.SelectMany((cart, i) => Enumerable.Repeat(cart, Writers[i])).Select((cart, i) => new ClusterClient(balancer.Address, cart, i, products))];
        using var end = new CancellationTokenSource();
        var running = clients.Select(client => Task.Run(() => RunUntilEnd(client, end))).ToList();
        try
        {
            await Disturb(databases, shops, end.Token);
        }
        catch (OperationCanceledException)
        {
            // A client gave up: its reason follows.
        }
        finally
        {
            await end.CancelAsync();
            foreach (var line in shops.Logs.SelectMany(log => log.Split('\n')).Where(line => line.Contains(Bug, StringComparison.Ordinal)).Distinct())
            {
                Console.WriteLine(line);
            }

            await Task.WhenAll(running);
            foreach (var client in clients)
            {
                client.Dispose();
            }
        }

        Report(carts, clients);
        Assert.All(clients, client => Assert.Equal(Instances, client.Instances.Count));
        Assert.DoesNotContain(shops.Logs, log => log.Contains(Bug, StringComparison.Ordinal));
        await using var source = NpgsqlDataSource.Create(databases.StandbyConnection);
        await AssertOnce(source, carts);
        foreach (var cart in carts)
        {
            // What is in the database is what the next call would show.
            var moment = long.MaxValue - 2;
            var last = new CartCall(CartRequest.Show, new CartAnswer(await Stored(source, cart.Id!)), moment, moment + 1);
            Assert.Null(Linearizability.FindFault([.. cart.History, last]));
        }
    }

    private static async Task RunUntilEnd(ClusterClient client, CancellationTokenSource end)
    {
        try
        {
            await client.Run(end.Token);
        }
        catch
        {
            await end.CancelAsync();
            throw;
        }
    }

    private static async Task Disturb(PostgresPair databases, ShopInstances shops, CancellationToken end)
    {
        // The next one is killed on time, whether or not the one before is back; no one is killed before it is.
        var replaced = Enumerable.Repeat(Task.CompletedTask, Instances).ToArray();
        for (var kill = 0; kill < Kills; kill++)
        {
            var pause = Task.Delay(BetweenKills, end);
            await replaced[kill % Instances];
            replaced[kill % Instances] = shops.Replace(kill % Instances);
            await pause;
        }

        await Task.WhenAll(replaced);
        await databases.Restart();
        await Task.Delay(AfterOutage, end);
        databases.KillPrimary();
        await databases.Promote();
        await Task.Delay(AfterOutage, end);
    }

    private static void Report(IEnumerable<SharedCart> carts, ClusterClient[] clients)
    {
        var calls = carts.Sum(cart => cart.History.Count);
        Console.WriteLine(
            $"{calls} calls by {clients.Length} clients; {clients.Sum(client => client.Repeated)} were sent again, at most {clients.Max(client => client.MostTries) - 1} times, "
            + $"and got their answer within {clients.Max(client => client.LongestWait).TotalSeconds:0.0} s.");
        foreach (var (reason, count) in clients.SelectMany(client => client.Reasons).GroupBy(pair => pair.Key, pair => pair.Value).Select(group => (group.Key, group.Sum())))
        {
            Console.WriteLine($"  {count} times: {reason}");
        }
    }

    /// <summary>Each key that was acknowledged is kept once, with the version that its client was told; no other is; no version is missing.</summary>
    private static async Task AssertOnce(NpgsqlDataSource source, SharedCart[] carts)
    {
        Assert.Equal(carts.Select(cart => cart.Id!).Order(StringComparer.Ordinal), await Query(source, """select id from cart order by id collate "C" """, row => row.GetString(0)));
        foreach (var cart in carts)
        {
            var kept = await Query(
                source, "select key, response from idempotency where scope = $1", row => (Key: row.GetString(0), Version: (long)JsonNode.Parse(row.GetString(1))!["version"]!), cart.Id!);
            var acknowledged = cart.History
                .Where(call => call is { Request.Key: not null, Answer.State: not null })
                .Select(call => (Key: call.Request.Key!, call.Answer!.State!.Version));
            Assert.Equal(acknowledged.OrderBy(call => call.Key, StringComparer.Ordinal), kept.OrderBy(call => call.Key, StringComparer.Ordinal));

            var adds = cart.History.Where(call => call.Request.Action == CartAction.Add).Select(call => call.Answer!.State!.Version).ToList();
            Assert.Equal(adds.Distinct().Count(), adds.Count);
            var last = (await Stored(source, cart.Id!)).Version;
            Assert.Equal(Enumerable.Range(1, (int)last), kept.Select(call => (int)call.Version).Where(version => version > 0).Distinct().Order());
        }
    }

    private static async Task<CartState> Stored(NpgsqlDataSource source, string id)
    {
        var version = Assert.Single(await Query(source, "select version from cart where id = $1", row => row.GetInt64(0), id));
        var lines = await Query(source, "select product_id, quantity from cart_line where cart_id = $1", row => (row.GetString(0), row.GetInt64(1)), id);
        return CartState.Of(version, [.. lines]);
    }

    private static async Task<List<T>> Query<T>(NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> read, params string[] arguments)
    {
        var rows = new List<T>();
#pragma warning disable CA2100 // Constants of this file.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var argument in arguments)
        {
            command.Parameters.AddWithValue(argument);
        }

        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
