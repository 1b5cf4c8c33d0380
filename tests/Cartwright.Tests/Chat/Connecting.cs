using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Cartwright.Chat.Connections;
using Cartwright.Server.Sales;
using Cartwright.Server.Widgets;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Sales;
using Cartwright.Tests.Shop;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Chat;

/// <summary>The same over both transports, against the real back office and the real shop.</summary>
public sealed class Connecting
{
    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task The_back_office_is_all_there(string transport)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await using var connection = await Open(transport, Sales(shop), MerchantShop.Key);
        Assert.Equal(transport, connection.Transport);
        Assert.Equal(transport == "MCP" ? "biz-server" : shop.Wire.Address.Authority, connection.ServerName);
        Assert.Equal(transport == "MCP", connection.Instructions?.Contains("sales_report", StringComparison.Ordinal) == true);

        var tools = await connection.ListTools();
        var offered = (await shop.Ask("tools/list")).Result["tools"]!.AsArray();
        Assert.Equal(offered.Select(tool => (string)tool!["name"]!), tools.Select(tool => tool.Name));
        Assert.Equal(offered.Select(tool => (string?)tool!["title"]), tools.Select(tool => tool.Title));
        Assert.Equal(offered.Select(tool => (string?)tool!["description"]), tools.Select(tool => tool.Description));
        Assert.All(offered.Zip(tools), pair => Assert.True(JsonNode.DeepEquals(pair.First!["inputSchema"], JsonNode.Parse(pair.Second.InputSchema.GetRawText()))));
        Assert.All(tools, tool => Assert.True(tool is { ReadOnly: true, Destructive: false }));

        var sold = await connection.CallTool("sales_between", February());
        Assert.False(sold.Failed);
        Assert.Equal(112.47m, (decimal)sold.Structured!["totals"]![0]!["net"]!);
        Assert.Contains("112.47", sold.Text, StringComparison.Ordinal);
        Assert.Empty(sold.Others);

        var swapped = await connection.CallTool("sales_between", new JsonObject { ["date_start"] = "2026-02-28", ["date_end"] = "2026-02-01" });
        Assert.True(swapped.Failed);
        Assert.Contains("swap them", swapped.Text, StringComparison.Ordinal);
        Assert.True((await connection.CallTool("sales_between", new JsonObject { ["date_start"] = 5 })).Failed);
        var unknown = await connection.CallTool("sales_betwen", []);
        Assert.True(unknown.Failed);
        Assert.Contains("sales_betwen", unknown.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task Prompts_and_resources_are_read(string transport)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await using var connection = await Open(transport, Sales(shop), MerchantShop.Key);
        var prompts = await connection.ListPrompts();
        Assert.Equal(7, prompts.Count);
        var deepDive = prompts.Single(prompt => prompt.Name == "product_deepdive_markdown");
        Assert.Equal(["product_id True", "date_start False", "date_end False"], deepDive.Arguments.Select(argument => $"{argument.Name} {argument.Required}"));
        Assert.All(deepDive.Arguments, argument => Assert.NotNull(argument.Description));
        var message = Assert.Single(await connection.GetPrompt("product_deepdive_markdown", Named(("product_id", "fern"), ("date_start", "2026-02-01"), ("date_end", "2026-02-28"))));
        Assert.Equal("user", message.Role);
        Assert.Contains("Boston Fern", message.Text, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<ConnectionProblem>(() => connection.GetPrompt("product_deepdive_markdown", Named()));
        Assert.Equal(ConnectionTrouble.Refused, missing.Trouble);
        Assert.Contains("product_id", missing.Advice, StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<ConnectionProblem>(() => connection.GetPrompt("no_such", Named()));
        Assert.Equal(ConnectionTrouble.Refused, unknown.Trouble);

        Assert.Equal(["shop://definitions", "shop://facts", Widget.SalesReport.Uri], (await connection.ListResources()).Select(resource => resource.Uri).Order());
        Assert.Equal(["shop://product/{id}", "shop://report/{month}", "ui://widget/{file}"], (await connection.ListResourceTemplates()).Select(template => template.UriTemplate).Order());
        var definitions = Assert.Single(await connection.ReadResource("shop://definitions"));
        Assert.Equal(("shop://definitions", "text/markdown", SalesDefinitions.Markdown), (definitions.Uri, definitions.MimeType, definitions.Text));
        var report = Assert.Single(await connection.ReadResource("shop://report/2026-02"));
        Assert.Equal("2026-02-28", (string?)JsonNode.Parse(report.Text)!["date_end"]);
        var none = await Assert.ThrowsAsync<ConnectionProblem>(() => connection.ReadResource("shop://report/2026-13"));
        Assert.Equal(ConnectionTrouble.Refused, none.Trouble);
    }

    [Fact]
    public async Task Values_are_completed_over_MCP_and_not_over_REST()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await using var mcp = await Open("MCP", Sales(shop), MerchantShop.Key);
        await using var rest = await Open("REST", Sales(shop), MerchantShop.Key);
        var prompt = new CompletionReference.Prompt("summarize_sales");
        Assert.Equal(["2026-03-01", "2026-02-28"], await mcp.Complete(prompt, "date_end", "", Named(("date_start", "2026-02-10"))));
        Assert.Equal(["2026-03", "2026-02", "2026-01"], await mcp.Complete(new CompletionReference.Template("shop://report/{month}"), "month", ""));
        Assert.Empty(await rest.Complete(prompt, "date_end", ""));
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task The_shop_says_which_tools_write(string transport)
    {
        await using var shop = await ShopServer.Start();
        await using var connection = await Open(transport, new Uri(shop.Wire.Address, "/mcp"), key: null);
        var tools = (await connection.ListTools()).ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        Assert.True(tools["list_products"] is { ReadOnly: true, Destructive: false });
        Assert.True(tools["add_to_cart"] is { ReadOnly: false, Destructive: false });
        Assert.True(tools["update_cart"] is { ReadOnly: false, Destructive: true });
        Assert.Empty(await connection.ListPrompts());
        Assert.Equal(["shop://cart/{cart_id}", "ui://widget/{file}"], (await connection.ListResourceTemplates()).Select(template => template.UriTemplate).Order());
        var added = await connection.CallTool("add_to_cart", new JsonObject { ["items"] = new JsonArray(new JsonObject { ["product_id"] = "aloe-vera", ["quantity"] = 2 }) });
        Assert.Equal(29.98m, (decimal)added.Structured!["subtotal"]!);
        var widget = Assert.Single(await connection.ReadResource("ui://widget/shopping-cart.html"));
        Assert.Equal("text/html;profile=mcp-app", widget.MimeType);
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task A_key_that_is_missing_or_wrong_is_asked_for(string transport)
    {
        await using var shop = await MerchantShop.Start();
        var missing = await Fails(transport, Sales(shop), null);
        Assert.Equal((ConnectionTrouble.Key, $"{Sales(shop)} wants a key: give it with --key (./run sales key prints the back office's, on its machine)."), (missing.Trouble, missing.Advice));
        var wrong = await Fails(transport, Sales(shop), "not-the-key-of-the-tests");
        Assert.Equal((ConnectionTrouble.Key, $"{Sales(shop)} does not take this key: give the right one with --key (./run sales key prints the back office's, on its machine)."), (wrong.Trouble, wrong.Advice));
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task Whoever_guesses_keys_is_told_to_wait(string transport)
    {
        await using var shop = await MerchantShop.Start();
        for (var i = 0; i < 8; i++)
        {
            await shop.Ask("tools/list", key: "not-the-key-of-the-tests");
        }

        var problem = await Fails(transport, Sales(shop), "not-the-key-of-the-tests");
        Assert.Equal(ConnectionTrouble.TooSlow, problem.Trouble);
        Assert.Contains("(HTTP 429): wait a minute", problem.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MCP", "/", "no MCP endpoint")]
    [InlineData("REST", "/", "no MCP endpoint")]
    [InlineData("MCP", "/no/such", "no MCP endpoint")]
    [InlineData("REST", "/no/such", "no MCP endpoint")]
    public async Task What_is_no_endpoint_is_called_that(string transport, string path, string advice)
    {
        await using var shop = await ShopServer.Start();
        var problem = await Fails(transport, new Uri(shop.Wire.Address, path), null);
        Assert.Equal(ConnectionTrouble.NotThisProtocol, problem.Trouble);
        Assert.Contains(advice, problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Advice);
    }

    [Theory]
    [InlineData("MCP", 200, "text/html", "no MCP endpoint")]
    [InlineData("REST", 200, "text/html", "no MCP endpoint")]
    [InlineData("MCP", 200, "application/json", "no MCP endpoint")]
    [InlineData("REST", 200, "application/json", "no MCP endpoint")]
    [InlineData("MCP", 307, "text/plain", "sends elsewhere (HTTP 307)")]
    [InlineData("REST", 307, "text/plain", "sends elsewhere (HTTP 307)")]
    [InlineData("MCP", 403, "text/plain", "(HTTP 403)")]
    [InlineData("REST", 403, "text/plain", "(HTTP 403)")]
    [InlineData("MCP", 502, "text/html", "has trouble of its own (HTTP 502)")]
    [InlineData("REST", 502, "text/html", "has trouble of its own (HTTP 502)")]
    public async Task Other_servers_are_told_apart(string transport, int status, string type, string advice)
    {
        var keys = new List<string?>();
        await using var server = await Serve(http =>
        {
            keys.Add(http.Request.Headers.Authorization);
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            http.Response.Headers.Location = status == 307 ? "/elsewhere" : default;
            return http.Response.WriteAsync("<html>\e[31m");
        });
        var problem = await Fails(transport, new Uri(new Uri(server.Urls.First()), "/mcp"), "a-key");
        Assert.Contains(advice, problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', problem.Advice);
        Assert.All(keys, key => Assert.Equal("Bearer a-key", key));
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task Nobody_there_says_how_to_start_the_shop(string transport)
    {
        var problem = await Fails(transport, new Uri("http://localhost:1/sales/mcp"), "a-key");
        Assert.Equal(
            (ConnectionTrouble.Unreachable, "Nothing listens at http://localhost:1/sales/mcp: start the shop with ./run in another terminal, or name another server with --url."),
            (problem.Trouble, problem.Advice));
        Assert.Equal("No host is called no-such-host.invalid: check --url, and the network.", (await Fails(transport, new Uri("http://no-such-host.invalid/mcp"), null)).Advice);
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task TLS_that_does_not_come_about_is_called_that(string transport)
    {
        await using var shop = await ShopServer.Start();
        var problem = await Fails(transport, new Uri($"https://127.0.0.1:{shop.Wire.Address.Port}/mcp"), null);
        Assert.Contains("it speaks plain HTTP (then write http://)", problem.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task A_server_that_hangs_up_is_no_riddle(string transport)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var stop = new CancellationTokenSource();
        var hangingUp = Task.Run(async () =>
        {
            while (true)
            {
                (await listener.AcceptSocketAsync(stop.Token)).Close();
            }
        });
        var problem = await Fails(transport, new Uri($"http://127.0.0.1:{port}/mcp"), null);
        Assert.Equal(ConnectionTrouble.Unreachable, problem.Trouble);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hangingUp);
    }

    [Theory]
    [InlineData("MCP")]
    [InlineData("REST")]
    public async Task A_server_that_goes_away_fails_the_call_with_advice(string transport)
    {
        var host = await McpHost.Start();
        await using var connection = await Open(transport, new Uri(host.Wire.Address, "/mcp"), null);
        Assert.False((await connection.CallTool("echo", [])).Failed);
        await host.Stop();
        await host.DisposeAsync();
        var problem = await Assert.ThrowsAsync<ConnectionProblem>(() => connection.CallTool("echo", []));
        Assert.Equal(ConnectionTrouble.Unreachable, problem.Trouble);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_no_advice()
    {
        await using var shop = await MerchantShop.Start();
        await using var connection = await Open("MCP", Sales(shop), MerchantShop.Key);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.ListTools(stop.Token));
    }

    [Fact]
    public async Task A_query_of_the_address_comes_after_the_path()
    {
        var asked = new List<string>();
        await using var server = await Serve(http =>
        {
            asked.Add($"{http.Request.Path}{http.Request.QueryString}");
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("{}");
        });
        await using var connection = await Open("REST", new Uri(new Uri(server.Urls.First()), "/mcp/?token=abc"), null);
        await connection.ListTools();
        await connection.ReadResource("shop://a/b");
        Assert.Equal(["/mcp/tools?token=abc", "/mcp/resources/read/shop:%2F%2Fa%2Fb?token=abc"], asked);
    }

    internal static async Task<WebApplication> Serve(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }

    private static Uri Sales(MerchantShop shop) => new(shop.Wire.Address, BackOffice.Path);

    private static Task<IShopConnection> Open(string transport, Uri address, string? key) =>
        transport == "MCP" ? ShopConnection.OpenMcp(address, key) : ShopConnection.OpenRest(address, key);

    /// <summary>What stands in the way of a list of tools.</summary>
    private static Task<ConnectionProblem> Fails(string transport, Uri address, string? key) => Assert.ThrowsAsync<ConnectionProblem>(async () =>
    {
        await using var connection = await Open(transport, address, key);
        await connection.ListTools();
    });

    private static JsonObject February() => new() { ["date_start"] = "2026-02-01", ["date_end"] = "2026-02-28" };

    private static Dictionary<string, string> Named(params (string Name, string Value)[] arguments) =>
        arguments.ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal);
}
