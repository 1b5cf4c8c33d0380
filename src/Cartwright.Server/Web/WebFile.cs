using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Server.Web;

/// <summary>A file of the web part, as it is embedded.</summary>
internal sealed record WebFile(byte[] Bytes, string MediaType, string Tag)
{
    public static WebFile Read(string name, string mediaType)
    {
        using var stream = typeof(WebFile).Assembly.GetManifestResourceStream($"web/{name}")
            ?? throw new InvalidOperationException($"The file {name} is not part of this build.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new WebFile(bytes.ToArray(), mediaType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))}\"");
    }

    public Task Send(HttpContext http, string policy)
    {
        var headers = http.Response.Headers;
        headers.ETag = Tag;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (http.Request.Headers.IfNoneMatch.Contains(Tag, StringComparer.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        http.Response.ContentType = MediaType;
        http.Response.ContentLength = Bytes.Length;
        return http.Response.Body.WriteAsync(Bytes).AsTask();
    }
}
