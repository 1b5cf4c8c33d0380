using System.Net;
using Cartwright.Server;
using Cartwright.Server.Playground;
using Cartwright.Tests.Shop;
using Microsoft.AspNetCore.Builder;

namespace Cartwright.Tests.Playground;

public sealed class PlaygroundPages
{
    private static readonly Uri Published = new("https://shop.example.com");

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/playground/playground.js", "text/javascript")]
    [InlineData("/playground/playground.css", "text/css")]
    [InlineData("/playground/sandbox", "text/html")]
    public async Task Every_file_has_its_type_a_policy_and_a_tag_that_spares_the_next_transfer(string path, string mediaType)
    {
        await using var shop = await Running.Start(new Settings());

        using var first = await shop.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(mediaType, first.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(await first.Content.ReadAsByteArrayAsync());
        var policy = Assert.Single(first.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(first.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(first.Headers.GetValues("Referrer-Policy")));

        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await shop.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_page_may_run_its_own_script_only_and_may_not_be_framed()
    {
        await using var shop = await Running.Start(new Settings());
        using var page = await shop.Client.GetAsync("/");
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", "http://localhost:3000", true)]
    [InlineData("auto", "http://127.0.0.1:3000", true)]
    [InlineData("auto", "http://[::1]:3000", true)]
    [InlineData("auto", "https://shop.example.com", false)]
    [InlineData("auto", "http://192.168.1.5:3000", false)]
    [InlineData("auto", "http://localhost.example.com", false)]
    [InlineData("on", "https://shop.example.com", true)]
    [InlineData("off", "http://localhost:3000", false)]
    public void Only_a_loopback_address_shows_it_unasked(string setting, string origin, bool shown)
    {
        var settings = Settings.Read(name => name == "CARTWRIGHT_PLAYGROUND" ? setting : null).Value;
        Assert.Equal(shown, settings.ServesPlayground(new Uri(origin)));
    }

    [Fact]
    public void The_setting_is_auto_unless_chosen_is_listed_and_refuses_other_words()
    {
        Assert.Equal(PlaygroundMode.Auto, Settings.Read(_ => null).Value.Playground);
        Assert.Contains(Settings.Help, setting => setting.Name == "CARTWRIGHT_PLAYGROUND");
        foreach (var word in new[] { "yes", "ON", "1", "auto,on" })
        {
            var refused = Settings.Read(name => name == "CARTWRIGHT_PLAYGROUND" ? word : null);
            Assert.False(refused.Ok);
            Assert.Contains("CARTWRIGHT_PLAYGROUND", refused.Problem.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_published_shop_has_its_front_page_and_nothing_of_the_playground()
    {
        await using var shop = await Running.Start(new Settings { PublicUrl = Published });
        Assert.Contains("Cartwright is serving a shop", await shop.Client.GetStringAsync("/"), StringComparison.Ordinal);
        foreach (var path in new[] { "/playground/playground.js", "/playground/playground.css", "/playground/sandbox", "/playground/" })
        {
            using var answer = await shop.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_published_shop_shows_it_when_it_is_asked_to()
    {
        await using var shop = await Running.Start(new Settings { PublicUrl = Published, Playground = PlaygroundMode.On });
        Assert.Contains("/playground/playground.js", await shop.Client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example%3B%20script-src%20*")]
    [InlineData("https://a.example%0D%0AX-Evil:%201")]
    [InlineData("https://a.example%0A")]
    [InlineData("https://a.example%20https://b.example")]
    [InlineData("https://a.example,https://b.example")]
    [InlineData("https://a.example/path")]
    [InlineData("'unsafe-eval'")]
    [InlineData("*")]
    [InlineData("data:")]
    [InlineData("javascript://a.example")]
    [InlineData("")]
    public async Task The_sandbox_refuses_what_is_not_an_origin(string source)
    {
        await using var shop = await Running.Start(new Settings());
        foreach (var name in new[] { "connect", "resource", "frame", "base", "Connect", "RESOURCE" })
        {
            using var answer = await shop.Client.GetAsync($"/playground/sandbox?{name}=https://fine.example&{name}={source}");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.False(answer.Headers.Contains("X-Evil"));
            Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task The_sandbox_allows_exactly_what_was_declared()
    {
        await using var shop = await Running.Start(new Settings());
        using var answer = await shop.Client.GetAsync(
            "/playground/sandbox?connect=https://api.example&connect=wss://live.example:8443&resource=https://*.cdn.example&frame=http://localhost:3000");
        Assert.Equal(
            "default-src 'none'; script-src 'unsafe-inline' https://*.cdn.example; style-src 'unsafe-inline' https://*.cdn.example; "
            + "img-src data: https://*.cdn.example; font-src data: https://*.cdn.example; media-src data: https://*.cdn.example; "
            + "connect-src https://api.example wss://live.example:8443; frame-src http://localhost:3000; base-uri 'none'; object-src 'none'; "
            + "form-action 'none'; frame-ancestors 'self'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task The_sandbox_refuses_a_policy_too_long_for_a_header()
    {
        await using var shop = await Running.Start(new Settings());
        var query = string.Join('&', Enumerable.Range(0, 51).Select(i => $"resource=https://{i}.example"));
        using var answer = await shop.Client.GetAsync($"/playground/sandbox?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>A shop that listens, with a client for it.</summary>
    private sealed class Running(TempFolder folder, WebApplication app, HttpClient client) : IAsyncDisposable
    {
        public HttpClient Client { get; } = client;

        public static async Task<Running> Start(Settings settings)
        {
            var folder = new TempFolder();
            var catalog = folder.File("catalog.json", Sample.Catalog(Sample.Plants()).ToJsonString());
            var app = (await ServerBuilder.Build(
                settings with { Port = 0, DataFolder = folder.Path, CatalogFile = catalog }, new FakeTime(), new IdSource())).Value;
            await app.StartAsync();
            return new Running(folder, app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await app.DisposeAsync();
            folder.Dispose();
        }
    }
}
