using System.Buffers;
using Cartwright.Server.Catalog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Cartwright.Server.Sales;

/// <summary>Asks for the back office's key in front of every route it guards (RFC 6750).</summary>
internal sealed partial class KeyGuard(SalesKey key, TimeProvider time, ILogger<KeyGuard> logger)
{
    private const string Realm = "Bearer realm=\"Cartwright back office\"";
    private const string Prefix = "Bearer ";
    private const string Advice = "cartwright sales key prints it, on the server's machine.";

    private readonly WrongKeys _wrong = new(time);

    /// <summary>Puts the guard before every endpoint of the group, those mapped later included.</summary>
    public void Protect(IEndpointConventionBuilder group) => group.Add(endpoint =>
    {
        var next = endpoint.RequestDelegate ?? throw new InvalidOperationException("The guard only knows endpoints that are request delegates.");
        endpoint.RequestDelegate = http => Lets(http) ? next(http) : Task.CompletedTask;
    });

    /// <summary>Lets the request in; or answers it.</summary>
    private bool Lets(HttpContext http)
    {
        // What is behind the key is not for shared caches, and neither is the refusal.
        http.Response.Headers.CacheControl = "no-store";
        var address = http.Connection.RemoteIpAddress;
        var presented = Presented(http);
        if (presented is null)
        {
            // Clients look in without a key to learn that one is needed; nothing was guessed.
            Refuse(http, Realm, $"The back office needs its key, in the header Authorization: Bearer KEY. {Advice}");
            return false;
        }

        var wait = _wrong.Wait(address);
        if (wait > TimeSpan.Zero && !_wrong.IsTrusted(address))
        {
            RefuseForNow(http, wait);
            return false;
        }

        if (key.Matches(presented))
        {
            _wrong.Right(address);
            return true;
        }

        if (wait > TimeSpan.Zero)
        {
            RefuseForNow(http, wait);
            return false;
        }

        if (_wrong.Wrong(address))
        {
            LogSlowed(address, WrongKeys.FreeTries);
        }

        Refuse(http, $"{Realm}, error=\"invalid_token\", error_description=\"The key is wrong\"", $"This is not the key of the back office. {Advice}");
        return false;
    }

    /// <summary>The key as it was sent; null when none was. Two are as good as a wrong one.</summary>
    private static string? Presented(HttpContext http) => http.Request.Headers.Authorization switch
    {
        [] => null,
        [{ } one] => one.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? one[Prefix.Length..].Trim() : null,
        _ => "",
    };

    private static void Refuse(HttpContext http, string challenge, string advice)
    {
        http.Response.Headers.WWWAuthenticate = challenge;
        Answer(http, StatusCodes.Status401Unauthorized, "Unauthorized", advice);
    }

    private static void RefuseForNow(HttpContext http, TimeSpan wait)
    {
        var seconds = (long)Math.Ceiling(wait.TotalSeconds);
        http.Response.Headers[HeaderNames.RetryAfter] = $"{seconds}";
        Answer(
            http,
            StatusCodes.Status429TooManyRequests,
            "Too Many Requests",
            $"Too many wrong keys came from this address: wait {seconds} seconds, then send the right one. {Advice}");
    }

    /// <summary>Problem details (RFC 9457). The body of the request is not read.</summary>
    private static void Answer(HttpContext http, int status, string title, string advice)
    {
        var json = ProductJson.Encode(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "about:blank"u8);
            writer.WriteString("title"u8, title);
            writer.WriteNumber("status"u8, status);
            writer.WriteString("detail"u8, advice);
            writer.WriteEndObject();
        });
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        http.Response.ContentLength = json.Length;
        http.Response.BodyWriter.Write(json);
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Warning, Message = "Wrong keys of the back office came from {Address}, {Count} within a minute: it has to wait before it tries again")]
    private partial void LogSlowed(System.Net.IPAddress? address, int count);
}
