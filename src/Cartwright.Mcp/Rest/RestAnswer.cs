using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp.Rest;

/// <summary>Sends a whole answer.</summary>
internal static class RestAnswer
{
    public static async ValueTask Write(
        HttpContext http, ReadOnlyMemory<byte> body, int status = StatusCodes.Status200OK, string contentType = "application/json")
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.XContentTypeOptions = "nosniff";

        // Lists and resources change with what is offered: nobody may guess how long they stay good.
        response.Headers.CacheControl = "no-cache";
        await response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }
}
