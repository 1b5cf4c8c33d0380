using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using FsCheck.Fluent;

namespace Cartwright.Tests.Rest;

/// <summary>The shop over REST answers what the shop over MCP answers.</summary>
public sealed partial class ShopTwin(SampleShops shops) : IClassFixture<SampleShops>
{
    // CART, ORDER and VERSION stand for what earlier calls of the same history gave.
    private static readonly (string Tool, string Arguments)[] Moves =
    [
        ("list_products", "{}"),
        ("list_products", """{"sunlight":["Low Light","Full Sun"],"max_price":20,"sort":"price_asc","limit":3}"""),
        ("list_products", """{"search":"fern"}"""),
        ("list_products", """{"cursor":"elsewhere"}"""),
        ("get_product", """{"product_id":"monstera"}"""),
        ("get_product", """{"product_id":"monstra"}"""),
        ("add_to_cart", """{"cart_id":"CART","items":[{"product_id":"monstera","quantity":7},{"name":"aloe vera"}]}"""),
        ("add_to_cart", """{"cart_id":"CART","items":[{"product_id":"aloe-vera","quantity":40}]}"""),
        ("add_to_cart", """{"cart_id":"CART","items":[{"product_id":"aloe"}]}"""),
        ("add_to_cart", """{"cart_id":"CART","items":[{"product_id":"english-ivy","quantity":2}],"idempotency_key":"the same key each time"}"""),
        ("add_to_cart", """{"cart_id":"CART","items":[{"product_id":"english-ivy","quantity":3}],"idempotency_key":"the same key each time"}"""),
        ("update_cart", """{"cart_id":"CART","items":[{"product_id":"monstera","quantity":0}]}"""),
        ("update_cart", """{"cart_id":"CART","items":[{"product_id":"monstera","quantity":3}],"expected_version":VERSION}"""),
        ("update_cart", """{"cart_id":"CART","items":[{"product_id":"monstera","quantity":4}],"expected_version":99}"""),
        ("show_cart", """{"cart_id":"CART"}"""),
        ("show_cart", """{"cart_id":"CART","items":[{"product_id":"aloe-vera","price":0.01}]}"""),
        ("show_cart", """{"cart_id":"no such cart"}"""),
        ("start_checkout", """{"cart_id":"CART"}"""),
        ("get_order", """{"order_id":"ORDER"}"""),
        ("get_order", """{"order_id":"ord_nobody"}"""),
    ];

    public static TheoryData<string> Mistakes => [.. BadInput.Table.Select(row => row.Name)];

    [Fact]
    public async Task Every_tool_of_the_shop_is_compared() => Assert.Equal(
        (await shops.Plantly.Wire.Get("/mcp/tools")).Json()["tools"]!.AsArray().Select(tool => (string)tool!["name"]!).Order(),
        Moves.Select(move => move.Tool).Distinct(StringComparer.Ordinal).Order());

    [Fact]
    public async Task Any_history_of_calls_has_the_same_answers_over_both()
    {
        // Two shops, so that each history is played on the stock and the orders that the histories before it left.
        await using var one = await ShopServer.Start();
        await using var other = await ShopServer.Start();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var histories = from size in Gen.Choose(1, 12) from moves in Gen.ListOf(Gen.Choose(0, Moves.Length - 1), size) select moves.ToList();
        Prop.ForAll(
            histories.ToArbitrary(),
            moves => Task.Run(() => Play(one, other, moves, seen)).GetAwaiter().GetResult()).Holds(runs: 40);
        Assert.Subset(seen, new HashSet<string>(["200", "400", "404", "409"], StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_gets_the_same_advice_over_both(string name)
    {
        var (_, tool, row, _) = BadInput.Table.Single(entry => entry.Name == name);
        var cart = await shops.Plantly.Call("add_to_cart", """{"items":[{"product_id":"aloe-vera","quantity":2},{"product_id":"monstera"}]}""");
        var arguments = row.Replace("\"CART\":1", $"\"cart_id\":\"{cart.CartId()}\"", StringComparison.Ordinal);
        var reply = await shops.Plantly.Wire.RestTool(tool, arguments);
        Assert.InRange(reply.Status, 400, 409);
        Assert.Equal((await shops.Plantly.Call(tool, arguments)).Text(), reply.Detail(reply.Status));
    }

    [Fact]
    public async Task Kinds_of_trouble_have_their_own_status()
    {
        var wire = shops.Plantly.Wire;
        var cart = (await wire.RestTool("add_to_cart", """{"items":[{"product_id":"monstera"}]}""")).Json();
        Assert.Contains("did you mean aloe-vera", (await wire.RestTool("add_to_cart", """{"items":[{"product_id":"aloe"}]}""")).Detail(404), StringComparison.Ordinal);
        Assert.Contains("only 60 left", (await wire.RestTool("add_to_cart", """{"items":[{"product_id":"monstera","quantity":99}]}""")).Detail(409), StringComparison.Ordinal);
        Assert.Contains("at version 1", (await wire.RestTool("update_cart", $$"""{"cart_id":"{{cart["cart_id"]}}","expected_version":5,"items":[{"product_id":"monstera","quantity":2}]}""")).Detail(409), StringComparison.Ordinal);
        Assert.Contains("no order", (await wire.RestTool("get_order", """{"order_id":"ord_nobody"}""")).Detail(404), StringComparison.Ordinal);
        Assert.Contains("did you mean show_cart", (await wire.RestTool("show_carts")).Detail(404), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cart_is_found_by_conversation_and_by_session_as_over_MCP()
    {
        var shop = shops.Groceries;
        const string talk = """{"openai/session":"over two roads"}""";
        var added = await shop.Call("add_to_cart", """{"items":[{"product_id":"eggs","quantity":2}]}""", talk);
        var shown = (await shop.Wire.RestPost("/mcp/tools/call", $$"""{"name":"show_cart","_meta":{{talk}}}""")).Json();
        Assert.Equal(added.Data().ToJsonString(), shown.ToJsonString());

        var session = await shop.Wire.Initialize();
        var mine = (await shop.Wire.RestTool("add_to_cart", """{"items":[{"product_id":"milk"}]}""", session)).Json();
        Assert.Equal(mine.ToJsonString(), (await shop.Call("show_cart", session: session)).Data().ToJsonString());
        Assert.NotEqual((string?)mine["cart_id"], (string?)(await shop.Wire.RestTool("show_cart")).Json()["cart_id"]);
    }

    [Fact]
    public async Task Every_widget_can_be_read_and_has_no_part_in_the_lists()
    {
        var wire = shops.Plantly.Wire;
        var list = await wire.Get("/mcp/resources");
        foreach (var uri in list.Json()["resources"]!.AsArray().Select(resource => (string)resource!["uri"]!))
        {
            var raw = await wire.Get($"/mcp/resources/read/{uri}");
            var overMcp = (await wire.Ask("resources/read", $$"""{"uri":"{{uri}}"}""")).Result;
            Assert.Equal(overMcp.ToJsonString(), raw.Json().ToJsonString());
            Assert.Equal(raw.Body, (await wire.Get($"/mcp/resources/read/{Uri.EscapeDataString(uri)}")).Body);
        }

        Assert.DoesNotContain("_meta", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("_meta", (await wire.Get("/mcp/tools")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_follows_the_catalogue()
    {
        await using var shop = await ShopServer.Start(Sample.Catalog(Sample.Plants()));
        var before = await Facets();
        Assert.Contains("sunlight", before);
        await shop.Load(new JsonObject
        {
            ["store"] = new JsonObject { ["name"] = "Things", ["currency"] = "USD", ["country"] = "US" },
            ["facets"] = new JsonArray(new JsonObject { ["key"] = "colour", ["title"] = "Colour", ["values"] = new JsonArray("red") }),
            ["products"] = new JsonArray(Sample.Product("thing", "A Thing", "1.00")),
        });
        using var late = new CancellationTokenSource(Wire.Patience);
        while (!(await Facets()).Contains("colour"))
        {
            late.Token.ThrowIfCancellationRequested();
        }

        Assert.DoesNotContain("sunlight", await Facets());

        async Task<string[]> Facets()
        {
            await shop.Call("list_products");
            var document = (await shop.Wire.Get("/openapi/v1.json")).Json();
            return [.. document["components"]!["schemas"]!["mcp_list_products_arguments"]!["properties"]!.AsObject().Select(property => property.Key)];
        }
    }

    [Fact]
    public async Task The_description_is_served_to_whom_the_shop_is()
    {
        var wire = shops.Plantly.Wire;
        var document = await wire.Get("/openapi/v1.json", ("Origin", "http://localhost:5173"));
        Assert.Equal("3.1.0", (string?)document.Json()["openapi"]);
        Assert.Equal("http://localhost:5173", document.Header("Access-Control-Allow-Origin"));
        (await wire.Get("/openapi/v1.json", ("Host", "evil.example.com"))).Detail(403);
        (await wire.Send("POST", "/openapi/v1.json", null)).Detail(405);
    }

    private static async Task Play(ShopServer one, ShopServer other, List<int> moves, HashSet<string> seen)
    {
        var (mine, theirs) = (new Known(), new Known());
        foreach (var (tool, arguments) in moves.Select(move => Moves[move]).Prepend(("add_to_cart", """{"items":[{"product_id":"aloe-vera"}]}""")))
        {
            var overMcp = await one.Call(tool, mine.Fill(arguments));
            var overRest = await other.Wire.RestTool(tool, theirs.Fill(arguments));
            seen.Add($"{overRest.Status}");
            if (overMcp.IsError())
            {
                Assert.Equal(Plain(overMcp.Text()), Plain(overRest.Detail(overRest.Status)));
                continue;
            }

            Assert.Equal(Plain(overMcp.Data().ToJsonString()), Plain(overRest.Json().ToJsonString()));
            mine.Learn(overMcp.Data());
            theirs.Learn(overRest.Json());
        }
    }

    /// <summary>Without what is random, or belongs to the one server: ids and its port.</summary>
    private static string Plain(string text) => Own().Replace(text, "${kind}");

    [GeneratedRegex("(?<kind>cart_|ord_|chk_|localhost:)[0-9a-z]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Own();

    /// <summary>What a client remembers.</summary>
    private sealed class Known
    {
        private string _cart = "";
        private string _order = "ord_none";
        private string _version = "0";

        public string Fill(string arguments) => arguments
            .Replace("CART", _cart, StringComparison.Ordinal)
            .Replace("ORDER", _order, StringComparison.Ordinal)
            .Replace("VERSION", _version, StringComparison.Ordinal);

        public void Learn(JsonNode answer)
        {
            (_cart, _version) = answer["cart_id"] is { } cart ? ((string)cart!, answer["version"]!.ToJsonString()) : (_cart, _version);
            _order = answer["order_id"]?.GetValueKind() == JsonValueKind.String ? (string)answer["order_id"]! : _order;
        }
    }
}
