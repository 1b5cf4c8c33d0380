#pragma warning disable MA0025, MA0150, CS9113
using Cartwright.Server.Storage;

namespace Cartwright.Server.Catalog;

/// <summary>What a load did. Products that come back after they were retired count as added.</summary>
internal sealed record CatalogLoad(long Version, int Added, int Changed, int Unchanged, int Retired);

/// <summary>Puts a catalogue file into the database: whole, in one transaction, or not at all.</summary>
internal static class CatalogLoader
{
    public static ValueTask<Result<CatalogLoad>> Load(Database database, CatalogFile file, CancellationToken cancellation = default) =>
        throw new NotImplementedException($"{database}{file}{cancellation}");
}
