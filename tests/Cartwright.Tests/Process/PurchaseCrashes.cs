using System.Collections.Concurrent;
using System.Globalization;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>
/// A purchase survives the death of its server after any of its commits: paid once or not at all, stock and totals add up, nothing is set
/// aside forever. To run one seed alone set PURCHASE_SEED.
/// </summary>
[Trait(Engine.Trait, Engine.Sqlite)]
public sealed class PurchaseCrashes(ITestOutputHelper output)
{
    private const int Group = 25;

    private static readonly string? Alone = Environment.GetEnvironmentVariable("PURCHASE_SEED");

    /// <summary>200 seeds: the first of each group, and how many.</summary>
    public static TheoryData<int, int> Groups => Alone is not null
        ? new() { { int.Parse(Alone, CultureInfo.InvariantCulture), 1 } }
        : [.. Enumerable.Range(0, 8).Select(i => (i * Group, Group))];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task A_server_killed_at_any_step_sells_what_was_paid_once_and_sets_nothing_aside_forever(int first, int count)
    {
        var progress = await Run(Enumerable.Range(first, count), ShopProcess.Kill9, servers: 1);

        // Or the watch is asleep, and nothing was killed in the middle of anything.
        Assert.True(count == 1 || progress.Count >= 5, $"It died at too few different steps: {string.Join('\n', progress)}");
    }

    [Fact]
    public async Task A_server_told_to_stop_in_the_middle_of_purchases_loses_nothing() =>
        await Run(Enumerable.Range(0, 12).Select(i => i * 13), ShopProcess.Terminate, servers: 1);

    [Fact]
    public async Task Two_servers_on_one_folder_sell_a_purchase_made_on_both_once_and_one_goes_on_when_the_other_is_killed() =>
        await Run(Enumerable.Range(0, 12).Select(i => i * 17), ShopProcess.Kill9, servers: 2);

    /// <summary>Four folders at once; the different steps at which servers died.</summary>
    private async Task<List<string>> Run(IEnumerable<int> seeds, int signal, int servers)
    {
        var progress = new ConcurrentBag<string>();
        await Task.WhenAll(seeds.GroupBy(seed => (PurchasePlan.AsksProvider(seed), seed % 4))
            .Select(lane => Task.Run(() => PurchasingShop.Run([.. lane], signal, servers, progress))));
        var steps = progress.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        output.WriteLine($"{progress.Count} deaths at {steps.Count} different steps:\n{string.Join('\n', steps)}");
        return steps;
    }
}
