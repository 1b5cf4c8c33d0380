namespace Cartwright.Tests.Shop;

/// <summary>Marks of tests that are about one engine and left out of the run on the other: <c>-trait- engine=postgres</c>.</summary>
internal static class Engine
{
    public const string Trait = "engine";
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
}
