using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cartwright.Server.Catalog;

/// <summary>Serves the catalogue's own images.</summary>
internal static class MediaRoutes
{
    private const string Prefix = "/media/";

    /// <summary>The absolute address of an image of the catalogue.</summary>
    public static string Address(string origin, string path) =>
        $"{origin}{Prefix}{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    public static void MapMedia(this IEndpointRouteBuilder routes, ProductCatalog catalog) =>
        routes.MapGet(Prefix + "{**path}", (RequestDelegate)(http => Send(http, catalog)));

    private static async Task Send(HttpContext http, ProductCatalog catalog)
    {
        var image = await catalog.Image((string)http.Request.RouteValues["path"]!, http.RequestAborted);
        if (image is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = http.Response.Headers;
        var tag = $"\"{image.Sha256}\"";
        headers.ETag = tag;
        headers.CacheControl = "public, max-age=3600";

        // Widgets show the images from the assistant's origin.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.AccessControlAllowOrigin = "*";

        // A merchant's SVG is a document of its own when it is opened: it gets no scripts and no network.
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        headers.XContentTypeOptions = "nosniff";
        if (http.Request.Headers.IfNoneMatch.Contains(tag, StringComparer.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = image.MediaType;
        http.Response.ContentLength = image.Bytes.Length;
        await http.Response.Body.WriteAsync(image.Bytes, http.RequestAborted);
    }
}
