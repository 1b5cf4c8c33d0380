using Cartwright.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Cartwright.Tests;

/// <summary>Starts the classes that take minutes before the others: begun at the end, they would run while nothing else does.</summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [nameof(Process.PurchaseCrashes), nameof(Cluster.Failover), nameof(Process.RunScript), nameof(Chat.ChatsOnTerminals), nameof(Chat.Scripting)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName)).ThenBy(collection => collection.UniqueID, StringComparer.Ordinal)];

    // Such a name has the class in it: "Test collection for Cartwright.Tests.Process.RunScript (id: …)".
    private static int Rank(string collection)
    {
        var rank = Array.FindIndex(Long, name => collection.Contains($".{name} ", StringComparison.Ordinal));
        return rank < 0 ? Long.Length : rank;
    }
}
