using Cartwright.Server;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Shop;

/// <summary>What the server answers beside MCP, and to whom it answers at all.</summary>
public sealed class OtherRoutes
{
    [Fact]
    public async Task An_image_comes_with_a_tag_and_as_a_document_that_can_do_nothing()
    {
        await using var shop = await ShopServer.Start();
        var address = new Uri((string)(await shop.Call("get_product", """{"product_id":"monstera"}""")).Data()["product"]!["image"]!);
        Assert.Equal((shop.Wire.Address.Port, "localhost"), (address.Port, address.Host));

        var image = await shop.Wire.Get(address.AbsolutePath);
        Assert.Equal(200, image.Status);
        Assert.Equal("image/svg+xml", image.Header("Content-Type"));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "samples", "images", "plantly", "monstera.svg")), image.Body);
        Assert.Contains("default-src 'none'", image.Header("Content-Security-Policy")!, StringComparison.Ordinal);
        Assert.Contains("sandbox", image.Header("Content-Security-Policy")!, StringComparison.Ordinal);
        Assert.Equal("nosniff", image.Header("X-Content-Type-Options"));
        Assert.Equal("cross-origin", image.Header("Cross-Origin-Resource-Policy"));
        Assert.Equal("*", image.Header("Access-Control-Allow-Origin"));
        Assert.Contains("max-age", image.Header("Cache-Control")!, StringComparison.Ordinal);

        var tag = image.Header("ETag")!;
        var known = await shop.Wire.Get(address.AbsolutePath, ("If-None-Match", tag));
        Assert.Equal((304, "", tag), (known.Status, known.Body, known.Header("ETag")));
        Assert.Equal(200, (await shop.Wire.Get(address.AbsolutePath, ("If-None-Match", "\"another\""))).Status);
    }

    [Theory]
    [InlineData("/media/images/plantly/no-such.svg")]
    [InlineData("/media/")]
    [InlineData("/media")]
    [InlineData("/media/plantly.json")]
    [InlineData("/media/../cartwright.db")]
    [InlineData("/media/%2e%2e/cartwright.db")]
    [InlineData("/media/..%2f..%2fcartwright.db")]
    [InlineData("/media/%ff")]
    [InlineData("/no/such/page")]
    public async Task Nothing_else_is_served(string path)
    {
        await using var shop = await ShopServer.Start();
        var reply = await shop.Wire.Get(path);
        Assert.Equal((404, ""), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Health_is_ok_and_readiness_ends_when_the_server_begins_to_stop()
    {
        await using var shop = await ShopServer.Start();
        foreach (var path in new[] { "/health", "/health/ready" })
        {
            var reply = await shop.Wire.Get(path);
            Assert.Equal((200, """{"status":"ok"}""", "application/json"), (reply.Status, reply.Body, reply.Header("Content-Type")));
        }

        shop.App.Lifetime.StopApplication();
        Assert.Equal(503, (await shop.Wire.Get("/health/ready")).Status);
        Assert.Equal(200, (await shop.Wire.Get("/health")).Status);
    }

    [Fact]
    public async Task The_front_page_names_the_address_for_clients()
    {
        await using var shop = await ShopServer.Start();
        var page = await shop.Wire.Get("/");
        Assert.Contains($"http://localhost:{shop.Wire.Address.Port}/mcp", page.Body, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page.Header("Content-Security-Policy")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "localhost", "", 200)]
    [InlineData("", "127.0.0.1", "http://localhost:5173", 200)]
    [InlineData("", "evil.example.com", "", 403)]
    [InlineData("", "localhost", "https://chatgpt.com", 403)]
    [InlineData("https://shop.example.com", "shop.example.com", "https://shop.example.com", 200)]
    [InlineData("https://shop.example.com", "localhost", "", 200)]
    [InlineData("https://shop.example.com", "localhost", "http://localhost:5173", 403)]
    [InlineData("https://shop.example.com", "shop.example.com", "https://evil.example.com", 403)]
    [InlineData("https://shop.example.com", "evil.example.com", "", 403)]
    [InlineData("https://shop.example.com", "more.example.com", "https://page.example.com", 200)]
    public async Task Only_the_public_address_and_what_was_allowed_get_in(string publicUrl, string host, string origin, int status)
    {
        await using var shop = await ShopServer.Start(change: settings => settings with
        {
            PublicUrl = publicUrl.Length == 0 ? null : new Uri(publicUrl),
            MoreHosts = ["more.example.com"],
            MoreOrigins = ["https://page.example.com"],
        });
        var reply = await shop.Wire.Ask("ping", "{}", [("Host", host), .. origin.Length == 0 ? Array.Empty<(string, string)>() : [("Origin", origin)]]);
        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 && origin.Length > 0 ? origin : null, reply.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("::1", "[::1]:3000")]
    [InlineData("127.0.0.1", "127.0.0.1:3000")]
    [InlineData("2001:db8::5", "[2001:db8::5]:3000")]
    [InlineData("192.0.2.7", "192.0.2.7:3000")]
    public void The_address_that_is_listened_on_is_a_host_name(string address, string host) =>
        Assert.Contains(
            new Microsoft.AspNetCore.Http.HostString(host).Host,
            ServerBuilder.HostNames(new Settings { Host = System.Net.IPAddress.Parse(address) }, new Uri("http://localhost:3000")));

    [Fact]
    public async Task A_data_folder_or_catalogue_that_cannot_be_used_is_told_in_words_and_nothing_is_served()
    {
        using var folder = new TempFolder();
        var settings = new Settings { Port = 0, DataFolder = Path.Combine(folder.File("a-file", ""), "data"), CatalogFile = ShopServer.SampleFile("plantly") };
        var noFolder = (await ServerBuilder.Build(settings, new FakeTime(), new IdSource())).Problem!;
        Assert.Contains("CARTWRIGHT_DATA", noFolder.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', noFolder.Advice);

        settings = settings with { DataFolder = Path.Combine(folder.Path, "data"), CatalogFile = "no-such.json" };
        var noFile = (await ServerBuilder.Build(settings, new FakeTime(), new IdSource())).Problem!;
        Assert.StartsWith("CARTWRIGHT_CATALOG: ", noFile.Advice, StringComparison.Ordinal);
        Assert.Contains("no-such.json", noFile.Advice, StringComparison.Ordinal);

        settings = settings with { CatalogFile = folder.File("bad.json", """{"store":{},"products":[{}]}""") };
        Assert.Contains("store", (await ServerBuilder.Build(settings, new FakeTime(), new IdSource())).Problem!.Advice, StringComparison.Ordinal);
        await using var shop = await ShopServer.Start(folder: folder);
        Assert.NotEmpty((await shop.Call("list_products")).Ids());
    }

    [Theory]
    [InlineData("json", false)]
    [InlineData("auto", false)]
    [InlineData("sse", true)]
    public async Task The_framing_is_as_set(string answers, bool stream)
    {
        await using var shop = await ShopServer.Start(change: settings => settings with { Answers = Enum.Parse<Cartwright.Mcp.AnswerFraming>(answers, ignoreCase: true) });
        Assert.Equal(stream, (await shop.Wire.AskTool("show_cart")).IsStream);
    }
}
