using System.Text.Json;
using Cartwright.Tests.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Cartwright.Tests.Shop;

/// <summary>The official C# client against the shop, in every revision and transport that it speaks.</summary>
public sealed class OfficialClient(SampleShops shops) : IClassFixture<SampleShops>
{
    private static readonly JsonElement TwoAloes = Element("""[{"product_id":"aloe-vera","quantity":2}]""");

    [Theory]
    [InlineData(null, HttpTransportMode.StreamableHttp, "2026-07-28")]
    [InlineData(null, HttpTransportMode.AutoDetect, "2026-07-28")]
    [InlineData("2026-07-28", HttpTransportMode.StreamableHttp, "2026-07-28")]
    [InlineData("2025-11-25", HttpTransportMode.StreamableHttp, "2025-11-25")]
    [InlineData("2025-06-18", HttpTransportMode.StreamableHttp, "2025-06-18")]
    [InlineData("2025-03-26", HttpTransportMode.StreamableHttp, "2025-03-26")]
    [InlineData("2024-11-05", HttpTransportMode.Sse, "2024-11-05")]
    public async Task Shops(string? pinned, HttpTransportMode mode, string spoken)
    {
        await using var client = await Connect(shops.Plantly, pinned, mode);
        Assert.Equal(spoken, client.NegotiatedProtocolVersion);
        Assert.Equal("cartwright", client.ServerInfo!.Name);
        Assert.Contains("cart_id", client.ServerInstructions!, StringComparison.Ordinal);

        var tools = await client.ListToolsAsync();
        Assert.Equal(["add_to_cart", "get_order", "get_product", "list_products", "show_cart", "start_checkout", "update_cart"], tools.Select(tool => tool.Name).Order());
        Assert.All(tools, tool => Assert.NotNull(tool.ProtocolTool.OutputSchema));

        var resources = await client.ListResourcesAsync();
        Assert.Equal(3, resources.Count);
        var widget = Assert.IsType<TextResourceContents>(Assert.Single((await client.ReadResourceAsync("ui://widget/shopping-cart.html")).Contents));
        Assert.Equal("text/html;profile=mcp-app", widget.MimeType);

        var listed = await client.CallToolAsync("list_products", new Dictionary<string, object?> { ["sunlight"] = Element("\"Full Sun\""), ["limit"] = Element("5") });
        Assert.Contains("aloe-vera", listed.StructuredContent!.Value.GetRawText(), StringComparison.Ordinal);

        var added = await client.CallToolAsync("add_to_cart", new Dictionary<string, object?> { ["items"] = TwoAloes });
        Assert.NotEqual(true, added.IsError);
        Assert.Equal(29.98m, added.StructuredContent!.Value.GetProperty("subtotal").GetDecimal());
        var cartId = added.StructuredContent.Value.GetProperty("cart_id");
        Assert.Equal(cartId.GetString(), (string?)added.Meta!["openai/widgetSessionId"]);

        var shown = await client.CallToolAsync("show_cart", new Dictionary<string, object?> { ["cart_id"] = cartId });
        Assert.Equal(added.StructuredContent.Value.GetRawText(), shown.StructuredContent!.Value.GetRawText());

        var failed = await client.CallToolAsync("add_to_cart", new Dictionary<string, object?> { ["items"] = Element("""[{"product_id":"aloe"}]""") });
        Assert.True(failed.IsError);
        Assert.Contains("did you mean aloe-vera", Assert.IsType<TextContentBlock>(Assert.Single(failed.Content)).Text, StringComparison.Ordinal);

        var unknown = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("no_such_tool"));
        Assert.Equal(McpErrorCode.InvalidParams, unknown.ErrorCode);
        await Assert.ThrowsAnyAsync<McpException>(async () => await client.ReadResourceAsync("ui://widget/no-such.html"));
    }

    [Theory]
    [InlineData("2025-11-25", HttpTransportMode.StreamableHttp)]
    [InlineData("2024-11-05", HttpTransportMode.Sse)]
    public async Task Keeps_its_cart_by_its_session_alone(string pinned, HttpTransportMode mode)
    {
        await using var client = await Connect(shops.Plantly, pinned, mode);
        await client.CallToolAsync("add_to_cart", new Dictionary<string, object?> { ["items"] = TwoAloes });
        var shown = await client.CallToolAsync("show_cart");
        Assert.Equal(2, shown.StructuredContent!.Value.GetProperty("item_count").GetInt32());
    }

    [Theory]
    [InlineData("2025-11-25", HttpTransportMode.StreamableHttp)]
    [InlineData("2024-11-05", HttpTransportMode.Sse)]
    public async Task Hears_of_a_new_catalogue(string pinned, HttpTransportMode mode)
    {
        await using var shop = await ShopServer.Start();
        await using var client = await Connect(shop, pinned, mode);
        var changed = new TaskCompletionSource();
        await using var heard = client.RegisterNotificationHandler(NotificationMethods.ToolListChangedNotification, (_, _) =>
        {
            changed.TrySetResult();
            return ValueTask.CompletedTask;
        });
        await client.ListToolsAsync();

        // The client opens its stream in its own time, so the news are repeated until it hears them.
        using var late = new CancellationTokenSource(Wire.Patience);
        for (var i = 0; !changed.Task.IsCompleted; i++)
        {
            late.Token.ThrowIfCancellationRequested();
            var catalog = Sample.Catalog(Sample.Plants());
            catalog["store"]!["name"] = $"Shop {i}";
            await shop.Load(catalog);
            await Task.WhenAny(changed.Task, Task.Delay(300, late.Token));
        }
    }

    [Fact]
    public async Task Gets_the_progress_of_a_streamed_answer()
    {
        // The answer waits for the last report to be heard: the client passes notifications on in its own time.
        var heard = new TaskCompletionSource();
        var slow = TestTools.Of("slow", async (_, call) =>
        {
            await call.ReportProgress(1, 2);
            await call.ReportProgress(2, 2);
            await heard.Task.WaitAsync(Wire.Patience);
            return Cartwright.Mcp.ToolResult.Of(Cartwright.Mcp.Content.Text("done"));
        });
        await using var host = await McpHost.Start(new Cartwright.Mcp.McpServer(TestTools.Options(), TestTools.Features(slow)));
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(host.Wire.Address, "/mcp") }));
        var reports = new Reports(heard);
        var result = await client.CallToolAsync("slow", progress: reports);
        Assert.Equal("done", Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text);
        Assert.Equal(2, reports.Count);
    }

    private static Task<McpClient> Connect(ShopServer shop, string? pinned, HttpTransportMode mode)
    {
        var options = new HttpClientTransportOptions { Endpoint = new Uri(shop.Wire.Address, "/mcp"), TransportMode = mode };
        return McpClient.CreateAsync(new HttpClientTransport(options), new McpClientOptions { ProtocolVersion = pinned });
    }

    private static JsonElement Element(string json) => JsonElement.Parse(json);

    private sealed class Reports(TaskCompletionSource second) : IProgress<ProgressNotificationValue>
    {
        private int _count;

        public int Count => _count;

        public void Report(ProgressNotificationValue value)
        {
            if (Interlocked.Increment(ref _count) == 2)
            {
                second.SetResult();
            }
        }
    }
}
