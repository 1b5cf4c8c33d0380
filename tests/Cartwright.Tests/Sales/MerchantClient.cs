using System.Text.Json;
using System.Text.Json.Nodes;
using Cartwright.Server.Sales;
using Cartwright.Server.Widgets;
using Cartwright.Tests.Shop;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Cartwright.Tests.Sales;

/// <summary>The official C# client in the back office: tools, prompts, resources, completion.</summary>
public sealed class MerchantClient
{
    private static readonly string[] Tools = ["find_products", "sales_between", "sales_report", "top_products"];

    private static readonly string[] Prompts =
    [
        "category_insights_json", "compare_periods_json", "merchandising_actions_json", "natural_language_sales_summary",
        "product_deepdive_markdown", "sales_overview_json", "summarize_sales",
    ];

    [Theory]
    [InlineData(null, HttpTransportMode.StreamableHttp)]
    [InlineData("2025-11-25", HttpTransportMode.StreamableHttp)]
    [InlineData("2024-11-05", HttpTransportMode.Sse)]
    public async Task Finds_everything_and_calls_it(string? pinned, HttpTransportMode mode)
    {
        await using var shop = await MerchantShop.Start(change: settings => settings with { ServerName = "my-books" });
        await shop.SellFebruary();
        await using var client = await shop.Connect(pinned, mode);
        Assert.Equal("my-books", client.ServerInfo!.Name);
        Assert.Contains("sales_report", client.ServerInstructions!, StringComparison.Ordinal);

        var tools = await client.ListToolsAsync();
        Assert.Equal(Tools, tools.Select(tool => tool.Name).Order());
        Assert.All(tools, tool =>
        {
            Assert.NotNull(tool.ProtocolTool.OutputSchema);
            Assert.True(tool.ProtocolTool.Annotations!.ReadOnlyHint);
        });
        var between = await client.CallToolAsync("sales_between", Arguments(("date_start", "2026-02-01"), ("date_end", "2026-02-28")));
        Assert.Equal(112.47m, between.StructuredContent!.Value.GetProperty("totals")[0].GetProperty("net").GetDecimal());
        var failed = await client.CallToolAsync("sales_between", Arguments(("date_start", "2026-02-28"), ("date_end", "2026-02-01")));
        Assert.True(failed.IsError);

        Assert.Equal(Prompts, (await client.ListPromptsAsync()).Select(prompt => prompt.Name).Order());
        Assert.Equal(["shop://definitions", "shop://facts", Widget.SalesReport.Uri], (await client.ListResourcesAsync()).Select(resource => resource.Uri).Order());
        Assert.Equal(["shop://product/{id}", "shop://report/{month}", "ui://widget/{file}"], (await client.ListResourceTemplatesAsync()).Select(template => template.UriTemplate).Order());
    }

    [Fact]
    public async Task A_wrong_key_stops_the_client()
    {
        await using var shop = await MerchantShop.Start();
        var refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() => shop.Connect(key: "not-the-key-of-it"));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Shoppers_have_no_tool_of_the_merchant_and_the_merchant_none_of_theirs()
    {
        await using var shop = await MerchantShop.Start();
        foreach (var tool in Tools)
        {
            var reply = await shop.Wire.Post($$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{tool}}","arguments":{"query":"x"} } }""");
            Assert.Equal(-32602, reply.Code);
        }

        var offered = (await shop.Wire.Post("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""")).Result["tools"]!.AsArray().Select(tool => (string)tool!["name"]!);
        Assert.Empty(offered.Intersect(Tools));
        foreach (var tool in new[] { "list_products", "add_to_cart", "start_checkout" })
        {
            Assert.Equal(-32602, (await shop.Ask("tools/call", $$"""{"name":"{{tool}}","arguments":{} }""")).Code);
        }

        // A session of the one is none of the other.
        var opened = await shop.Wire.Post("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");
        Assert.Equal(404, (await shop.Ask("tools/list", headers: ("Mcp-Session-Id", opened.Header("Mcp-Session-Id")!))).Status);
        Assert.Equal(-32601, (await shop.Wire.Post("""{"jsonrpc":"2.0","id":1,"method":"prompts/list"}""")).Code);
    }

    [Fact]
    public async Task Answers_fit_their_output_schemas()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await shop.RefundFebruary();
        var tools = (await shop.Ask("tools/list")).Result["tools"]!.AsArray().ToDictionary(tool => (string)tool!["name"]!, tool => tool!["outputSchema"]!);
        foreach (var tool in Tools)
        {
            var arguments = tool == "find_products" ? """{"query":"fern"}""" : """{"date_start":"2026-02-01","date_end":"2026-02-28"}""";
            JsonFit.Assert(tools[tool], await shop.Data(tool, arguments));
        }
    }

    [Theory]
    [InlineData("sales_report", """{"date_start":"2026-02-01","date_end":"2026-02-28"}""")]
    [InlineData("sales_between", """{"date_start":"2025-12-01","date_end":"2026-02-28"}""")]
    [InlineData("top_products", """{"n":2,"date_start":"2026-02-01","date_end":"2026-02-28"}""")]
    [InlineData("top_products", "{}")]
    [InlineData("find_products", """{"query":"boston"}""")]
    public async Task REST_answers_each_tool_as_MCP_does(string tool, string arguments)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await shop.RefundFebruary();
        var rest = await shop.Rest("POST", "/tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""");
        Assert.Equal(200, rest.Status);
        Assert.NotEmpty(JsonNode.Parse(rest.Body)!["rows"]!.AsArray());
        Assert.Equal((await shop.Data(tool, arguments)).ToJsonString(), JsonNode.Parse(rest.Body)!.ToJsonString());
    }

    [Fact]
    public async Task REST_wants_the_same_key_and_gives_the_same_advice()
    {
        await using var shop = await MerchantShop.Start();
        var body = """{"name":"sales_report","arguments":{"date_start":"2026-02-01","date_end":"2026-02-28"}}""";
        var reversed = await shop.Rest("POST", "/tools/call", """{"name":"sales_between","arguments":{"date_start":"2026-02-02","date_end":"2026-02-01"}}""");
        Assert.Equal(400, reversed.Status);
        Assert.Contains("swap them", reversed.Body, StringComparison.Ordinal);
        foreach (var (method, path) in new[] { ("POST", "/tools/call"), ("GET", "/tools"), ("GET", "/prompts"), ("GET", "/resources"), ("GET", "/resources/read/shop://facts"), ("POST", "/prompts/get") })
        {
            var refused = await shop.Wire.Send(method, $"{BackOffice.Path}{path}", method == "POST" ? Mcp.Wire.Json(body) : null);
            Assert.Equal(401, refused.Status);
            Assert.StartsWith("Bearer ", refused.Header("WWW-Authenticate")!, StringComparison.Ordinal);
        }

        var document = JsonNode.Parse((await shop.Wire.Get("/openapi/v1.json")).Body)!;
        Assert.Contains(document["paths"]!.AsObject(), path => path.Key.StartsWith(BackOffice.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resources_tell_facts_definitions_products_and_months()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await using var client = await shop.Connect();

        var facts = JsonNode.Parse(await Read(client, "shop://facts"))!;
        Assert.Equal(
            ("Plantly", "USD", "America/New_York", "2026-03-01", "2026-01-25", "2026-02-20"),
            ((string)facts["name"]!, (string)facts["currency"]!, (string)facts["time_zone"]!, (string)facts["today"]!, (string)facts["first_day"]!, (string)facts["last_day"]!));
        Assert.Equal(["Accessories", "Essentials", "Top Rated"], facts["categories"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(SalesDefinitions.Markdown, await Read(client, "shop://definitions"));
        Assert.Equal(SalesDefinitions.Markdown, await Read(client, "shop://definitions/"));

        var fern = JsonNode.Parse(await Read(client, "shop://product/fern"))!;
        Assert.Equal(("fern", 5), ((string)fern["rows"]![0]!["product_id"]!, (int)fern["rows"]![0]!["sold"]![0]!["units"]!));
        var unknown = await Assert.ThrowsAnyAsync<McpException>(() => Read(client, "shop://product/fren"));
        Assert.Contains("did you mean fern (Boston Fern)", unknown.Message, StringComparison.Ordinal);

        Assert.Equal(
            (await shop.Data("sales_report", "2026-02-01", "2026-02-28")).ToJsonString(),
            JsonNode.Parse(await Read(client, "shop://report/2026-02"))!.ToJsonString());
        Assert.Equal("2026-03-01", (string?)JsonNode.Parse(await Read(client, "shop://report/2026-03"))!["date_end"]);
        foreach (var month in new[] { "2026-04", "2026-13", "2026-2", "last", "0001-01" })
        {
            await Assert.ThrowsAnyAsync<McpException>(() => Read(client, $"shop://report/{month}"));
        }
    }

    [Theory]
    [InlineData("shop://product/fren", "did you mean fern (Boston Fern)")]
    [InlineData("shop://report/2026-13", "no month: write it as yyyy-mm, such as 2026-03")]
    [InlineData("shop://report/abc", "no month: write it as yyyy-mm")]
    [InlineData("shop://report/1969-12", "before 1970-01")]
    [InlineData("shop://report/2026-04", "2026-04 is in the future (today is 2026-03-01 in America/New_York)")]
    public async Task A_resource_that_is_not_there_is_404_with_advice(string uri, string advice)
    {
        await using var shop = await MerchantShop.Start();
        var rest = await shop.Rest("GET", $"/resources/read/{uri}");
        Assert.Equal(404, rest.Status);
        Assert.Contains(advice, rest.Body, StringComparison.Ordinal);
        var over = await shop.Ask("resources/read", $$"""{"uri":"{{uri}}"}""");
        Assert.Equal((await shop.Ask("resources/read", """{"uri":"shop://nothing"}""")).Code, over.Code);
        Assert.Contains(advice, (string)over.Answer["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(uri, (string?)over.Answer["error"]!["data"]!["uri"]);
    }

    [Theory]
    [InlineData("product_deepdive_markdown", """{"product_id":"fren"}""", 404, "did you mean fern (Boston Fern)")]
    [InlineData("category_insights_json", """{"category":"Esentials"}""", 404, "did you mean Essentials?")]
    [InlineData("summarize_sales", """{"date_start":"soon"}""", 400, "is no day")]
    public async Task A_prompt_about_what_is_not_there_is_404_with_advice(string prompt, string arguments, int status, string advice)
    {
        await using var shop = await MerchantShop.Start();
        var rest = await shop.Rest("POST", "/prompts/get", $$"""{"name":"{{prompt}}","arguments":{{arguments}}}""");
        Assert.Equal(status, rest.Status);
        Assert.Contains(advice, rest.Body, StringComparison.Ordinal);
        Assert.Equal(-32602, (await shop.Ask("prompts/get", $$"""{"name":"{{prompt}}","arguments":{{arguments}}}""")).Code);
    }

    [Fact]
    public async Task The_OpenAPI_document_has_examples_that_can_be_sent_and_says_what_has_to_be()
    {
        await using var shop = await MerchantShop.Start();
        var document = JsonNode.Parse((await shop.Wire.Get("/openapi/v1.json")).Body)!;
        var examples = document["paths"]![$"{BackOffice.Path}/tools/call"]!["post"]!["requestBody"]!["content"]!["application/json"]!["examples"]!;
        foreach (var tool in Tools)
        {
            Assert.Equal(200, (await shop.Rest("POST", "/tools/call", examples[tool]!["value"]!.ToJsonString())).Status);
            var required = document["components"]!["schemas"]![$"sales_mcp_{tool}_call"]!["required"]!.ToJsonString();
            Assert.Equal(tool == "top_products" ? """["name"]""" : """["name","arguments"]""", required);
        }

        Assert.True(DateOnly.TryParseExact((string)examples["sales_report"]!["value"]!["arguments"]!["date_start"]!, "yyyy-MM-dd", out _));
    }

    [Theory]
    [InlineData("date_start", "", "2026-03-01,2026-02-28,2026-02-23,2026-01-31,2026-02-01,2026-01-01,2025-10-01,2025-01-01,2026-01-25")]
    [InlineData("date_start", "2026-02-2", "2026-02-28,2026-02-23,2026-02-20,2026-02-21,2026-02-22,2026-02-24,2026-02-25,2026-02-26,2026-02-27")]
    [InlineData("date_end", "", "2026-03-01,2026-02-28,2025-12-31")]
    [InlineData("date_end", "2025-1", "2025-12-31,2025-11-30,2025-10-31")]
    [InlineData("date_end", "2027", "")]
    [InlineData("category", "", "Accessories,Essentials,Top Rated")]
    [InlineData("category", "ess", "Essentials,Accessories")]
    [InlineData("product_id", "mon", "monstera")]
    [InlineData("product_id", "Boston", "fern")]
    [InlineData("language", "ger", "German")]
    [InlineData("no_such", "x", "")]
    public async Task Values_of_arguments_are_suggested(string argument, string typed, string values)
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await using var client = await shop.Connect();
        var prompt = argument is "category" ? "category_insights_json" : argument is "product_id" ? "product_deepdive_markdown" : "natural_language_sales_summary";
        var suggested = await client.CompleteAsync(new PromptReference { Name = prompt }, argument, typed);
        Assert.Equal(values, string.Join(',', suggested.Completion.Values));
    }

    [Fact]
    public async Task Suggestions_follow_what_is_chosen_already_and_cover_templates()
    {
        await using var shop = await MerchantShop.Start();
        await shop.SellFebruary();
        await using var client = await shop.Connect();
        var ends = await client.CompleteAsync(new CompleteRequestParams
        {
            Ref = new PromptReference { Name = "summarize_sales" },
            Argument = new Argument { Name = "date_end", Value = "" },
            Context = new CompleteContext { Arguments = new Dictionary<string, string>(StringComparer.Ordinal) { ["date_start"] = "2026-02-10" } },
        });
        Assert.Equal(["2026-03-01", "2026-02-28"], ends.Completion.Values);
        var months = await client.CompleteAsync(new ResourceTemplateReference { Uri = "shop://report/{month}" }, "month", "");
        Assert.Equal(["2026-03", "2026-02", "2026-01"], months.Completion.Values);
        var products = await client.CompleteAsync(new ResourceTemplateReference { Uri = "shop://product/{id}" }, "id", "clay");
        Assert.Equal(["pot-large", "pot-small"], products.Completion.Values.Order());
    }

    private static async Task<string> Read(McpClient client, string uri) =>
        Assert.IsType<TextResourceContents>(Assert.Single((await client.ReadResourceAsync(uri)).Contents)).Text;

    private static Dictionary<string, object?> Arguments(params (string Name, string Value)[] arguments) =>
        arguments.ToDictionary(argument => argument.Name, argument => (object?)JsonElement.Parse(JsonValue.Create(argument.Value).ToJsonString()), StringComparer.Ordinal);
}
