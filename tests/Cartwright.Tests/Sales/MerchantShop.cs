using System.Globalization;
using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Orders;
using Cartwright.Server.Payments;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;

namespace Cartwright.Tests.Sales;

/// <summary>A shop in New York with the back office open, whose sales a test writes itself. It is 7 o'clock there on 1 March 2026.</summary>
internal sealed class MerchantShop : IAsyncDisposable
{
    public const string Key = "the-key-of-the-tests";

    private readonly TempFolder _files;

    private MerchantShop(ShopServer server, FakeTime time, TempFolder files) => (Server, Time, _files) = (server, time, files);

    public ShopServer Server { get; }

    public FakeTime Time { get; }

    public Wire Wire => Server.Wire;

    public Database Database => Server.App.Services.GetRequiredService<Database>();

    public static async Task<MerchantShop> Start(JsonObject? catalog = null, string zone = "America/New_York", Func<Settings, Settings>? change = null)
    {
        var (files, time) = (new TempFolder(), new FakeTime());
        catalog ??= Sample.Catalog(Sample.Plants());
        catalog["store"]!["time_zone"] = zone;
        var file = files.File("catalog.json", catalog.ToJsonString());
        var server = await ShopServer.Start(
            folder: files,
            time: time,
            change: settings => (change?.Invoke(settings) ?? settings) with { CatalogFile = file, SalesKey = Key });
        return new MerchantShop(server, time, files);
    }

    /// <summary>February in two currencies, one order in January, and a refund: what the tests of figures know the results of.</summary>
    public async Task SellFebruary()
    {
        await Sell("order-aa", "2026-02-10T15:00Z", "USD", ("aloe-vera", 1499, 2), ("fern", 950, 1));
        await Sell("order-bb", "2026-02-11T04:30Z", "USD", ("monstera", 3499, 1));
        await Sell("order-cc", "2026-02-12T15:00Z", "EUR", ("aloe-vera", 1300, 1));
        await Sell("order-dd", "2026-02-20T15:00Z", "USD", ("fern", 950, 4));
        await Sell("order-ee", "2026-01-25T15:00Z", "USD", ("aloe-vera", 1499, 1));
    }

    public Task RefundFebruary() => GiveBack("order-aa", "2026-02-21T15:00Z", "USD", 1000, ("aloe-vera", 1499, 2), ("fern", 950, 1));

    /// <summary>A paid order. Prices are minor units.</summary>
    public async Task Sell(string id, string paidAt, string currency, params (string Product, long Price, long Quantity)[] lines)
    {
        var at = Moment(paidAt);
        Assert.True((await Database.Write<bool>(async session =>
        {
            await SalesBook.Sold(session, Order(id, currency, lines, at), Lines(lines), at);
            return true;
        })).Ok);
    }

    public async Task GiveBack(string id, string at, string currency, long amount, params (string Product, long Price, long Quantity)[] lines) =>
        Assert.True((await Database.Write<bool>(async session =>
        {
            await SalesBook.GivenBack(session, Order(id, currency, lines, Moment(at)), Lines(lines), amount, Moment(at));
            return true;
        })).Ok);

    public Task<Reply> Ask(string method, string parameters = "{}", string? key = Key, params (string, string)[] headers) => Wire.Send(
        "POST",
        BackOffice.Path,
        Wire.Json($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}"""),
        [.. key is null ? Array.Empty<(string, string)>() : [("Authorization", $"Bearer {key}")], .. headers]);

    /// <summary>A request to the REST twin, with the key.</summary>
    public Task<Reply> Rest(string method, string path, string? body = null) =>
        Wire.Send(method, $"{BackOffice.Path}{path}", body is null ? null : Wire.Json(body), ("Authorization", $"Bearer {Key}"));

    /// <summary>The result of a tool, which fits into 16 KiB and shows nothing of the inside.</summary>
    public async Task<JsonNode> Call(string tool, string arguments)
    {
        var reply = await Ask("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""");
        Assert.Equal(200, reply.Status);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(reply.Body), 1, 16 * 1024);
        Assert.DoesNotContain("Exception", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("SQLite", reply.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Key, reply.Body, StringComparison.Ordinal);
        return reply.Result;
    }

    public Task<JsonNode> Call(string tool, string start, string end) => Call(tool, $$"""{"date_start":"{{start}}","date_end":"{{end}}"}""");

    /// <summary>The structured content; an error fails the test.</summary>
    public async Task<JsonNode> Data(string tool, string arguments)
    {
        var result = await Call(tool, arguments);
        Assert.False(result.IsError(), result.ToJsonString());
        return result.Data();
    }

    public Task<JsonNode> Data(string tool, string start, string end) => Data(tool, $$"""{"date_start":"{{start}}","date_end":"{{end}}"}""");

    public Task<McpClient> Connect(string? pinned = null, HttpTransportMode mode = HttpTransportMode.StreamableHttp, string key = Key) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(Wire.Address, BackOffice.Path),
            TransportMode = mode,
            AdditionalHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {key}" },
        }),
        new McpClientOptions { ProtocolVersion = pinned });

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _files.Dispose();
    }

    private static long Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static Order Order(string id, string currency, (string Product, long Price, long Quantity)[] lines, long at) => new()
    {
        Id = id,
        Token = $"token-{id}",
        CartId = "cart",
        State = OrderState.Paid,
        Currency = Currency.Find(currency).Value,
        Country = "US",
        AmountMinor = lines.Sum(line => line.Price * line.Quantity),
        Provider = ProviderNames.Gr4vy,
        Environment = "production",
        Content = "",
        CreatedAt = at,
        ExpiresAt = at,
        UpdatedAt = at,
        PaidAt = at,
    };

    private static List<OrderLine> Lines((string Product, long Price, long Quantity)[] lines) =>
        [.. lines.Select(line => new OrderLine(line.Product, line.Product, null, line.Price, line.Quantity))];
}
