namespace Cartwright.Tests.Mcp;

/// <summary>Who may talk to the endpoint: Host, Origin, CORS.</summary>
public sealed class Gates
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    private static readonly string[] Origins = ["http://localhost", "http://127.0.0.1", "http://[::1]", "https://shop.example.com"];
    private static readonly string[] Hosts = ["localhost", "127.0.0.1", "[::1]", "shop.example.com"];

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("localhost:3000", true)]
    [InlineData("LOCALHOST:1", true)]
    [InlineData("127.0.0.1:3000", true)]
    [InlineData("[::1]:3000", true)]
    [InlineData("shop.example.com", true)]
    [InlineData("Shop.Example.com:443", true)]
    [InlineData("evil.example.com", false)]
    [InlineData("localhost.evil.example.com", false)]
    [InlineData("shop.example.com.evil.example.com", false)]
    [InlineData("evilshop.example.com", false)]
    [InlineData("127.0.0.1.evil.example.com", false)]
    [InlineData("10.0.0.1", false)]
    public async Task Only_known_host_names_are_answered(string name, bool allowed)
    {
        await using var host = await Start();
        foreach (var reply in new[]
        {
            await host.Wire.Post(Ping, ("Host", name)),
            await host.Wire.Send("POST", "/mcp/messages?sessionId=x", Wire.Json(Ping), ("Host", name)),
            await host.Wire.Get("/mcp", ("Host", name)),
            await host.Wire.Delete(("Host", name)),
        })
        {
            Assert.Equal(allowed, reply.Status != 403);
        }
    }

    [Theory]
    [InlineData("http://localhost", true)]
    [InlineData("http://localhost:5173", true)]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://[::1]:8080", true)]
    [InlineData("https://shop.example.com", true)]
    [InlineData("https://shop.example.com:8443", false)]
    [InlineData("http://shop.example.com", false)]
    [InlineData("https://localhost", false)]
    [InlineData("http://localhost.evil.example.com", false)]
    [InlineData("http://evil.example.com", false)]
    [InlineData("http://localhost@evil.example.com", false)]
    [InlineData("http://localhost:5173/path", false)]
    [InlineData("http://localhost:5173/", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("*", false)]
    [InlineData("localhost", false)]
    [InlineData("http://127.0.0.2", false)]
    public async Task Only_pages_of_known_origins_may_call(string origin, bool allowed)
    {
        await using var host = await Start();
        var call = await host.Wire.Post(Ping, ("Origin", origin));
        var preflight = await host.Wire.Send("OPTIONS", "/mcp", null, ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,mcp-method"));
        Assert.Equal(allowed ? 200 : 403, call.Status);
        Assert.Equal(allowed ? 204 : 403, preflight.Status);
        Assert.Equal(allowed ? origin : null, call.Header("Access-Control-Allow-Origin"));
        Assert.Equal(allowed ? origin : null, preflight.Header("Access-Control-Allow-Origin"));
        Assert.Equal(allowed ? "GET, POST, DELETE" : null, preflight.Header("Access-Control-Allow-Methods"));
        Assert.Equal(allowed ? "content-type,mcp-method" : null, preflight.Header("Access-Control-Allow-Headers"));
        Assert.Equal(allowed, call.Headers.ContainsKey("Access-Control-Expose-Headers"));
        if (allowed)
        {
            Assert.Contains("Mcp-Session-Id", call.Header("Access-Control-Expose-Headers")!, StringComparison.Ordinal);
            Assert.Equal("Origin", call.Header("Vary"));
        }
        else
        {
            Assert.DoesNotContain(call.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
            Assert.Equal(-32600, call.Code);
        }
    }

    [Fact]
    public async Task A_caller_that_is_no_page_needs_no_origin_and_gets_no_CORS_headers()
    {
        await using var host = await Start();
        var reply = await host.Wire.Post(Ping);
        Assert.Equal(200, reply.Status);
        Assert.DoesNotContain(reply.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_page_can_read_the_answer_of_its_stream_and_its_errors_too()
    {
        await using var host = await Start();
        using var stream = await host.Wire.OpenGet(("Origin", "http://localhost:5173"));
        Assert.Equal(["http://localhost:5173"], stream.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal("http://localhost:5173", (await host.Wire.Post("nonsense", ("Origin", "http://localhost:5173"))).Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Without_CORS_there_is_no_preflight_and_no_header()
    {
        await using var host = await McpHost.Start(TestTools.Options(cors: false));
        Assert.Equal(405, (await host.Wire.Send("OPTIONS", "/mcp", null, ("Origin", "http://localhost"))).Status);
        var reply = await host.Wire.Post(Ping, ("Origin", "http://localhost"));
        Assert.Equal(200, reply.Status);
        Assert.Null(reply.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_star_lets_every_origin_in_and_no_list_every_host()
    {
        await using var host = await McpHost.Start(TestTools.Options(origins: ["*"], hosts: []));
        var reply = await host.Wire.Post(Ping, ("Origin", "https://anywhere.example"), ("Host", "any.example"));
        Assert.Equal(200, reply.Status);
        Assert.Equal("https://anywhere.example", reply.Header("Access-Control-Allow-Origin"));
    }

    private static Task<McpHost> Start() => McpHost.Start(TestTools.Options(origins: Origins, hosts: Hosts));
}
