using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Server.Payments.Gr4vy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Payments;

/// <summary>A call that came in, with its token already verified.</summary>
internal sealed record SeenCall(string Method, string Path, IReadOnlyDictionary<string, string> Headers, JsonNode? Body, TokenClaims Token);

/// <summary>What to answer. Hang waits until the client goes away, Drop closes the connection.</summary>
internal sealed record FakeAnswer(int Status, string Body = "{}", string? RetryAfter = null, bool Hangs = false, bool Drops = false)
{
    public static readonly FakeAnswer Hang = new(0, Hangs: true);
    public static readonly FakeAnswer Drop = new(0, Drops: true);
}

/// <summary>Gr4vy's API on a free port of this machine: gives the answers it was given, in order, and remembers the calls.</summary>
internal sealed class FakeGr4vy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<FakeAnswer> _answers = new();
    private readonly ConcurrentQueue<SeenCall> _calls = new();
    private readonly Func<string, TokenClaims> _verify;

    private FakeGr4vy(WebApplication app, Func<string, TokenClaims> verify) => (_app, _verify) = (app, verify);

    public Uri Url => new(_app.Urls.First());

    public IReadOnlyList<SeenCall> Calls => [.. _calls];

    public static async Task<FakeGr4vy> Start(Func<string, TokenClaims> verify)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var fake = new FakeGr4vy(app, verify);
        app.Run(fake.Answer);
        await app.StartAsync();
        return fake;
    }

    public void Expect(params ReadOnlySpan<FakeAnswer> answers)
    {
        foreach (var answer in answers)
        {
            _answers.Enqueue(answer);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Answer(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var token = headers["Authorization"]["Bearer ".Length..];
        _calls.Enqueue(new SeenCall(
            http.Request.Method, $"{http.Request.Path}{http.Request.QueryString}", headers, body.Length == 0 ? null : JsonNode.Parse(body), _verify(token)));
        if (!_answers.TryDequeue(out var answer))
        {
            answer = new FakeAnswer(418, """{"message":"nobody expected this call"}""");
        }

        if (answer.Drops)
        {
            http.Abort();
            return;
        }

        if (answer.Hangs)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.RetryAfter = answer.RetryAfter;
        if (answer.Status is >= 300 and < 400)
        {
            http.Response.Headers.Location = "/elsewhere";
        }

        await http.Response.WriteAsync(answer.Body.Replace("BEARER", token, StringComparison.Ordinal));
    }
}
