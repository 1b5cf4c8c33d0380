#pragma warning disable MA0025, MA0150, CS9113
namespace Cartwright.Server.Catalog;

/// <summary>A catalogue file that was read and found without a mistake.</summary>
internal sealed record CatalogFile(StoreFacts Store, IReadOnlyList<Facet> Facets, IReadOnlyList<Product> Products, IReadOnlyList<CatalogImage> Images)
{
    public static Result<CatalogFile> Read(string path) => throw new NotImplementedException(path);
}

/// <summary>An image beside the file: its path as products name it, and what it was when the catalogue was checked.</summary>
internal sealed record CatalogImage(string Path, string File, string MediaType, string Sha256);
