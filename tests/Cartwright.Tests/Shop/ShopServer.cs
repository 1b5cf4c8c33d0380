using System.Net;
using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Catalog;
using Cartwright.Tests.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Shop;

/// <summary>The real server over real HTTP, with a data folder of its own or one shared with another instance.</summary>
internal sealed class ShopServer : IAsyncDisposable
{
    private readonly TempFolder? _owned;

    private ShopServer(WebApplication app, TempFolder folder, bool ownsFolder)
    {
        (App, Folder) = (app, folder);
        _owned = ownsFolder ? folder : null;
        Wire = new Wire(new Uri(app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)));
    }

    public WebApplication App { get; }

    public TempFolder Folder { get; }

    public Wire Wire { get; }

    public static string SampleFile(string name) => Path.Combine(AppContext.BaseDirectory, "samples", $"{name}.json");

    public static Task<ShopServer> Start(string sample = "plantly", TempFolder? folder = null, TimeProvider? time = null, Func<Settings, Settings>? change = null) =>
        StartFile(SampleFile(sample), folder, time, change);

    public static async Task<ShopServer> Start(
        JsonObject catalog,
        TempFolder? folder = null,
        TimeProvider? time = null,
        Func<Settings, Settings>? change = null,
        Action<ILoggingBuilder>? logging = null)
    {
        var data = folder ?? new TempFolder();
        return new ShopServer(await Run(data.File("catalog.json", catalog.ToJsonString()), data, time, change, logging), data, ownsFolder: folder is null);
    }

    /// <summary>Loads another catalogue as another process would, past this server.</summary>
    public async Task Load(JsonObject catalog)
    {
        var file = CatalogFile.Read(Folder.File("next.json", catalog.ToJsonString())).Value;
        await using var database = await TestDatabase.Open(DataFolder(Folder), new FakeTime());
        Assert.True((await CatalogLoader.Load(database, file)).Ok);
    }

    /// <summary>The result of a tool call by a client of 2025-11-25; a protocol error fails the test.</summary>
    public async Task<JsonNode> Call(string tool, string arguments = "{}", string? meta = null, (string, string)? session = null)
    {
        var parameters = $$"""{"name":"{{tool}}","arguments":{{arguments}},"_meta":{{meta ?? "{}"}}}""";
        var reply = await Wire.Ask("tools/call", parameters, session is { } header ? [header] : []);
        Assert.DoesNotContain("Exception", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reply.Body, StringComparison.Ordinal);
        Assert.Equal(200, reply.Status);
        return reply.Result;
    }

    public async Task<JsonNode> Tool(string name) =>
        (await Wire.Ask("tools/list")).Result["tools"]!.AsArray().Single(tool => (string?)tool!["name"] == name)!;

    public async ValueTask DisposeAsync()
    {
        Wire.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _owned?.Dispose();
    }

    private static async Task<ShopServer> StartFile(string catalog, TempFolder? folder, TimeProvider? time, Func<Settings, Settings>? change)
    {
        var data = folder ?? new TempFolder();
        return new ShopServer(await Run(catalog, data, time, change), data, ownsFolder: folder is null);
    }

    private static async Task<WebApplication> Run(
        string catalog, TempFolder folder, TimeProvider? time, Func<Settings, Settings>? change, Action<ILoggingBuilder>? logging = null)
    {
        var data = DataFolder(folder);
        var settings = new Settings { Host = IPAddress.Loopback, Port = 0, DataFolder = data, Database = TestDatabase.Connection(data), CatalogFile = catalog };
        var built = await ServerBuilder.Build(change?.Invoke(settings) ?? settings, time ?? new FakeTime(), new IdSource(), logging);
        Assert.True(built.Ok, built.Problem?.Advice);
        await built.Value.StartAsync();
        return built.Value;
    }

    private static string DataFolder(TempFolder folder) => Path.Combine(folder.Path, "data");
}

internal static class ShopAnswers
{
    public static bool IsError(this JsonNode result) => (bool?)result["isError"] == true;

    public static string Text(this JsonNode result) => (string)result["content"]![0]!["text"]!;

    public static JsonNode Data(this JsonNode result) =>
        result["structuredContent"] ?? throw new InvalidOperationException($"No structured content: {result.ToJsonString()}");

    /// <summary>The cart's lines as "2 eggs, 1 milk".</summary>
    public static string Lines(this JsonNode result) =>
        string.Join(", ", result.Data()["items"]!.AsArray().Select(item => $"{item!["quantity"]} {item["product_id"]}"));

    public static string CartId(this JsonNode result) => (string)result.Data()["cart_id"]!;

    public static int Version(this JsonNode result) => (int)result.Data()["version"]!;

    public static string[] Ids(this JsonNode result) => [.. result.Data()["products"]!.AsArray().Select(product => (string)product!["id"]!)];
}

/// <summary>Both sample shops, one server each for all tests of a class that change nothing others see.</summary>
public sealed class SampleShops : IAsyncLifetime
{
    private ShopServer? _plantly;
    private ShopServer? _groceries;

    internal ShopServer Plantly => _plantly!;

    internal ShopServer Groceries => _groceries!;

    internal ShopServer this[string sample] => sample == "plantly" ? Plantly : Groceries;

    public async ValueTask InitializeAsync()
    {
        _plantly = await ShopServer.Start("plantly");
        _groceries = await ShopServer.Start("groceries");
    }

    public async ValueTask DisposeAsync()
    {
        await _plantly!.DisposeAsync();
        await _groceries!.DisposeAsync();
    }
}
