using System.Security.Cryptography;

namespace Cartwright.Server.Catalog;

/// <summary>An image beside the file: its path as products name it, and what it was when the catalogue was checked.</summary>
internal sealed record CatalogImage(string Path, string File, string MediaType, string Sha256);

/// <summary>The images of a catalogue file while it is checked: relative to its folder and inside it, or on the web.</summary>
internal sealed class CatalogImages(string folder)
{
    private const long MaxBytes = 2 * 1024 * 1024;

    private readonly Dictionary<string, CatalogImage> _found = new(StringComparer.Ordinal);

    public IReadOnlyList<CatalogImage> Found => [.. _found.Values];

    /// <summary>What is wrong with an image; null when nothing is.</summary>
    public string? Check(string image)
    {
        if (_found.ContainsKey(image) || IsOnTheWeb(image))
        {
            return null;
        }

        if (image.Contains("://", StringComparison.Ordinal))
        {
            return $"\"{image}\" is not an https address";
        }

        if (image.Contains('\\') || image.Contains(':') || image.Split('/').Any(part => part is "" or "." or ".."))
        {
            return $"\"{image}\" is not a path below the catalogue's folder: write it as images/name.svg";
        }

        if (MediaType(image) is not { } mediaType)
        {
            return $"\"{image}\" is not an image that can be served: use svg, png, jpg, jpeg, webp, gif or avif";
        }

        return CheckFile(image, mediaType);
    }

    private static bool IsOnTheWeb(string image) =>
        Uri.TryCreate(image, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host.Length > 0;

    private static string? MediaType(string image) => Path.GetExtension(image).ToLowerInvariant() switch
    {
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".webp" => "image/webp",
        ".gif" => "image/gif",
        ".avif" => "image/avif",
        _ => null,
    };

    private string? CheckFile(string image, string mediaType)
    {
        var path = Path.Combine(folder, image);
        try
        {
            // A link may stand for a file inside the folder, but not be a way out of it.
            var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (!Path.GetFullPath(real).StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                return $"\"{image}\" is a link out of the catalogue's folder";
            }

            using var stream = File.OpenRead(real);
            if (stream.Length > MaxBytes)
            {
                return $"\"{image}\" is larger than {MaxBytes >> 20} MiB";
            }

            _found.Add(image, new CatalogImage(image, real, mediaType, Convert.ToHexStringLower(SHA256.HashData(stream))));
            return null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"there is no file \"{image}\" beside the catalogue";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the file \"{image}\" cannot be read";
        }
    }
}
