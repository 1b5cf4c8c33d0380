using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cartwright.Server.Web;

/// <summary>What goes along with pages whose address is a secret.</summary>
internal static class PageHeaders
{
    public static void Protect(HttpContext http, string policy)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = new StringValues("noindex");
    }
}
