using System.Net;
using Cartwright.Mcp;
using Cartwright.Tests.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Rest;

/// <summary>Who may call over REST, and with which methods.</summary>
public sealed class RestGates
{
    private const string Call = """{"name":"echo"}""";
    private const string Page = "http://localhost:5173";

    private static readonly (string Method, string Path)[] Addresses =
    [
        ("GET", "/mcp/tools"), ("GET", "/mcp/prompts"), ("GET", "/mcp/resources"), ("GET", "/mcp/resources/read/test://one"),
        ("POST", "/mcp/tools/call"), ("POST", "/mcp/prompts/get"),
    ];

    public static TheoryData<string, string> Routes => [.. Addresses];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Foreign_hosts_and_pages_are_kept_out(string method, string path)
    {
        await using var host = await McpHost.Start();
        foreach (var asked in new[] { method, "OPTIONS" })
        {
            (await host.Wire.Send(asked, path, Body(asked), ("Host", "evil.example.com"))).Detail(403);
            var page = await host.Wire.Send(asked, path, Body(asked), ("Origin", "https://evil.example.com"));
            page.Detail(403);
            Assert.DoesNotContain(page.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Pages_of_a_known_origin_may_call_and_read_answers_and_problems(string method, string path)
    {
        await using var host = await McpHost.Start();
        var preflight = await host.Wire.Send(
            "OPTIONS", path, null, ("Origin", Page), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type"));
        Assert.Equal((204, Page, method), (preflight.Status, preflight.Header("Access-Control-Allow-Origin"), preflight.Header("Access-Control-Allow-Methods")));
        Assert.Equal("content-type", preflight.Header("Access-Control-Allow-Headers"));
        Assert.Equal(Page, (await host.Wire.Send(method, path, Body(method), ("Origin", Page))).Header("Access-Control-Allow-Origin"));
        Assert.Equal(Page, (await host.Wire.Send("DELETE", path, null, ("Origin", Page))).Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Without_CORS_a_preflight_gets_no_permission(string method, string path)
    {
        await using var host = await McpHost.Start(TestTools.Options(cors: false));
        var preflight = await host.Wire.Send("OPTIONS", path, null, ("Origin", Page), ("Access-Control-Request-Method", method));
        Assert.Equal(204, preflight.Status);
        Assert.DoesNotContain(preflight.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Other_methods_are_told_which_there_are(string method, string path)
    {
        await using var host = await McpHost.Start();
        var allowed = method == "GET" ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
        foreach (var other in new[] { "PUT", "DELETE", "PATCH", "PURGE", method == "GET" ? "POST" : "GET" })
        {
            var reply = await host.Wire.Send(other, path, null);
            Assert.Equal($"This address knows {allowed}.", reply.Detail(405));
            Assert.Equal(allowed, reply.Header("Allow"));
        }

        var options = await host.Wire.Send("OPTIONS", path, null);
        Assert.Equal((204, allowed), (options.Status, options.Header("Allow")));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task HEAD_is_GET_without_the_body(string method, string path)
    {
        await using var host = await McpHost.Start();
        var head = await host.Wire.Send("HEAD", path, null);
        Assert.Equal((method == "GET" ? 200 : 405, ""), (head.Status, head.Body));
        if (method == "GET")
        {
            Assert.Equal((await host.Wire.Get(path)).Header("Content-Length"), head.Header("Content-Length"));
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_filter_of_the_group_stands_before_everything(string method, string path)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.MapRest("/mcp", new McpServer(TestTools.Options(), TestTools.Features())).AddEndpointFilter((context, next) =>
            context.HttpContext.Request.Headers.Authorization == "Bearer key" ? next(context) : ValueTask.FromResult<object?>(Results.StatusCode(401)));
        await app.StartAsync();
        using var wire = new Wire(new Uri(app.Urls.First()));
        foreach (var asked in new[] { method, "PUT" })
        {
            var refused = await wire.Send(asked, path, Body(asked));
            Assert.Equal((401, ""), (refused.Status, refused.Body));
        }

        Assert.NotEqual(401, (await wire.Send(method, path, Body(method), ("Authorization", "Bearer key"))).Status);
    }

    [Theory]
    [InlineData("/mcp/tools/")]
    [InlineData("/mcp/tools/echo")]
    [InlineData("/mcp/tools/call/echo")]
    [InlineData("/mcp/nothing")]
    [InlineData("/tools")]
    public async Task Nothing_else_is_served(string path)
    {
        await using var host = await McpHost.Start();
        var isList = path.TrimEnd('/') == "/mcp/tools";
        Assert.Equal(isList ? 200 : 404, (await host.Wire.Get(path)).Status);
    }

    private static StringContent? Body(string method) => method == "POST" ? Wire.Json(Call) : null;
}
