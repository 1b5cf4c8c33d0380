using FsCheck;

namespace Cartwright.Tests.Mcp;

/// <summary>CARTWRIGHT_TEST_EFFORT=50 tries fifty times as many values: now and then, for what turns up in one run out of many.</summary>
internal static class Properties
{
    private static readonly int Effort = int.TryParse(Environment.GetEnvironmentVariable("CARTWRIGHT_TEST_EFFORT"), out var effort) ? Math.Max(effort, 1) : 1;

    /// <summary>Tries this many random values; the smallest one that fails is in the exception.</summary>
    public static void Holds(this Property property, int runs = 100) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(runs * Effort));
}
