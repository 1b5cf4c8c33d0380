using Cartwright.Server.Payments.Gr4vy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Payments;

/// <summary>
/// <c>POST /webhooks/gr4vy</c>. 200 once the delivery is stored (again for one that was stored before), 400 for what is not a delivery of the
/// provider, 413 for more than 1 MiB, 503 when nothing can be verified or stored now, so that the provider delivers again.
/// </summary>
internal sealed partial class WebhookRoute(
    WebhookInbox inbox, IReadOnlyList<string> secrets, TimeProvider time, ILogger<WebhookRoute> logger)
{
    public const string Path = "/webhooks/gr4vy";

    private const int MaxBody = 1024 * 1024;

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, (RequestDelegate)Receive);

    private async Task Receive(HttpContext http)
    {
        if (secrets.Count == 0)
        {
            await Answer(http, StatusCodes.Status503ServiceUnavailable, """{"error":"No webhook secret is configured: set GR4VY_WEBHOOK_SECRET."}""");
            return;
        }

        if (await Read(http) is not { } body)
        {
            await Answer(http, StatusCodes.Status413PayloadTooLarge, """{"error":"The body is larger than 1 MiB."}""");
            return;
        }

        var verified = WebhookSignature.Verify(http.Request.Headers, body, secrets, time.GetUtcNow(), Tolerance);
        var read = verified.Ok ? WebhookEvent.Read(body) : verified.Problem;
        if (!read.Ok)
        {
            // The sender is told no more than that: whoever forges learns nothing.
            LogRefused(read.Problem.Advice);
            await Answer(http, StatusCodes.Status400BadRequest, """{"error":"The webhook could not be verified."}""");
            return;
        }

        var id = verified.Value is { Length: > 0 } header ? header : read.Value.Id;
        var stored = await inbox.Receive(WebhookInbox.IdOf(id, body), body, http.RequestAborted);
        await (stored.Ok
            ? Answer(http, StatusCodes.Status200OK, """{"received":true}""")
            : Answer(http, StatusCodes.Status503ServiceUnavailable, """{"error":"The webhook could not be stored: deliver it again."}"""));
    }

    /// <summary>The body's very bytes; null when they are too many.</summary>
    private static async ValueTask<byte[]?> Read(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBody)
        {
            return null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (body.Length + count > MaxBody)
            {
                return null;
            }

            body.Write(buffer, 0, count);
        }

        return body.ToArray();
    }

    private static Task Answer(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(json);
    }

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "A webhook was refused: {Why}")]
    private partial void LogRefused(string why);
}
