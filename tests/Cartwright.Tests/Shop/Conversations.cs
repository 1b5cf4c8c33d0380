using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Shop;

/// <summary>How a call finds its cart: by its id, else by the host's conversation, else by the session.</summary>
public sealed class Conversations(SampleShops shops) : IClassFixture<SampleShops>
{
    private static int _conversations;

    private readonly string _talk = $"conversation-{Interlocked.Increment(ref _conversations)}";

    [Fact]
    public async Task The_groceries_conversation_survives_a_restart_and_is_open_only_to_who_knows_the_cart()
    {
        using var folder = new TempFolder();
        const string session = """{"openai/session":"abc"}""";
        string id;
        await using (var shop = await ShopServer.Start("groceries", folder))
        {
            id = (await shop.Call("add_to_cart", """{"items":[{"name":"Eggs","quantity":2}]}""", session)).CartId();
            await shop.Call("add_to_cart", """{"items":[{"product_id":"milk"}]}""", session);

            // As the widget does: by the cart's id, knowing nothing of the conversation.
            await shop.Call("update_cart", $$"""{"cart_id":"{{id}}","items":[{"product_id":"avocados","quantity":2}]}""");
            await shop.Call("add_to_cart", """{"items":[{"name":"tomatoes","quantity":3}]}""", session);
            Assert.Equal("2 eggs, 1 milk, 2 avocados, 3 tomatoes", (await shop.Call("show_cart", "{}", session)).Lines());
        }

        await using var restarted = await ShopServer.Start("groceries", folder);
        var cart = await restarted.Call("show_cart", "{}", session);
        Assert.Equal(("2 eggs, 1 milk, 2 avocados, 3 tomatoes", id, 4), (cart.Lines(), cart.CartId(), cart.Version()));
        Assert.Equal(cart.Lines(), (await restarted.Call("show_cart", $$"""{"cart_id":"{{id}}"}""")).Lines());

        foreach (var guess in new[] { id[..^1] + (id[^1] == '0' ? '1' : '0'), id.ToUpperInvariant(), id[..^1], "cart_", "%", "*", id + " " })
        {
            var seen = await restarted.Call("show_cart", $$"""{"cart_id":"{{guess}}"}""");
            Assert.True(seen.IsError(), guess);
            Assert.DoesNotContain("eggs", seen.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Another_conversation_has_another_cart()
    {
        await Add(Meta(_talk));
        Assert.Empty((await Show(Meta(_talk + "x"))).Lines());
        Assert.Empty((await shops.Groceries.Call("show_cart")).Lines());
    }

    [Fact]
    public async Task A_conversation_counts_only_with_the_subject_it_was_made_with()
    {
        await Add(Meta(_talk, "ann"));
        Assert.Equal("1 eggs", (await Show(Meta(_talk, "ann"))).Lines());
        Assert.Empty((await Show(Meta(_talk, "bob"))).Lines());
        Assert.Empty((await Show(Meta(_talk))).Lines());

        // Bob's empty cart did not take Ann's place.
        Assert.Equal("1 eggs", (await Show(Meta(_talk, "ann"))).Lines());
    }

    [Fact]
    public async Task A_cart_made_without_a_subject_is_the_conversations()
    {
        await Add(Meta(_talk));
        Assert.Equal("1 eggs", (await Show(Meta(_talk, "ann"))).Lines());
    }

    [Fact]
    public async Task The_cart_id_wins_over_the_conversation()
    {
        var first = (await Add(Meta(_talk))).CartId();
        var other = Meta(_talk + "-other");
        await shops.Groceries.Call("add_to_cart", """{"items":[{"product_id":"milk"}]}""", other);
        Assert.Equal("1 eggs", (await shops.Groceries.Call("show_cart", $$"""{"cart_id":"{{first}}"}""", other)).Lines());
        Assert.Equal("1 milk", (await Show(other)).Lines());
    }

    [Fact]
    public async Task An_unknown_cart_id_never_falls_back_to_the_conversation()
    {
        await Add(Meta(_talk));
        var result = await shops.Groceries.Call("add_to_cart", """{"cart_id":"cart_x","items":[{"product_id":"milk"}]}""", Meta(_talk));
        Assert.True(result.IsError());
        Assert.Equal("1 eggs", (await Show(Meta(_talk))).Lines());
    }

    [Fact]
    public async Task Without_a_conversation_the_session_finds_the_cart()
    {
        var wire = shops.Groceries.Wire;
        var (one, two) = (await wire.Initialize(), await wire.Initialize());
        await shops.Groceries.Call("add_to_cart", """{"items":[{"product_id":"eggs"}]}""", session: one);
        Assert.Equal("1 eggs", (await shops.Groceries.Call("show_cart", session: one)).Lines());
        Assert.Empty((await shops.Groceries.Call("show_cart", session: two)).Lines());

        // A conversation named like the session is something else.
        Assert.Empty((await Show(Meta(one.Value))).Lines());
        Assert.Empty((await Show(Meta($"mcp:{one.Value}"))).Lines());
    }

    [Fact]
    public async Task The_conversation_wins_over_the_session()
    {
        var session = await shops.Groceries.Wire.Initialize();
        await Add(Meta(_talk));
        Assert.Equal("1 eggs", (await shops.Groceries.Call("show_cart", "{}", Meta(_talk), session)).Lines());
    }

    [Theory]
    [InlineData("""{"openai/session":""}""")]
    [InlineData("""{"openai/session":7}""")]
    [InlineData("""{"openai/session":null}""")]
    [InlineData("""{"openai/session":{"a":1}}""")]
    [InlineData("""{"openai/subject":"ann"}""")]
    public async Task A_hint_that_is_none_makes_a_new_cart_each_time(string meta)
    {
        var first = await shops.Groceries.Call("add_to_cart", """{"items":[{"product_id":"eggs"}]}""", meta);
        Assert.NotEqual(first.CartId(), (await Show(meta)).CartId());
    }

    [Fact]
    public async Task Modern_clients_find_their_cart_by_the_conversation_and_by_no_session()
    {
        var meta = new System.Text.Json.Nodes.JsonObject { ["openai/session"] = _talk };
        await shops.Groceries.Wire.CallTool("add_to_cart", """{"items":[{"product_id":"eggs"}]}""", meta);
        Assert.Equal("1 eggs", (await shops.Groceries.Wire.CallTool("show_cart", "{}", meta)).Result.Lines());
        Assert.Empty((await shops.Groceries.Wire.CallTool("show_cart")).Result.Lines());
    }

    [Fact]
    public async Task The_text_is_enough_for_a_client_without_widgets()
    {
        var cart = await shops.Plantly.Call("add_to_cart", """{"items":[{"name":"aloe vera","quantity":2},{"product_id":"monstera"}]}""");
        Assert.Equal(
            $"""
            Cart has 3 items, 64.97 USD:
            - 2 × Aloe Vera (aloe-vera) at 14.99: 29.98
            - 1 × Monstera (monstera) at 34.99: 34.99
            Cart id {cart.CartId()}, version 1.
            """,
            cart.Text());
        var one = await shops.Plantly.Call("add_to_cart", """{"items":[{"product_id":"monstera"}]}""");
        Assert.StartsWith("Cart has 1 item, 34.99 USD:", one.Text(), StringComparison.Ordinal);
        Assert.StartsWith("The cart is empty.", (await shops.Plantly.Call("show_cart")).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Showing_with_items_replaces_the_lines_at_the_shops_prices()
    {
        var first = await Add(Meta(_talk));
        var shown = await shops.Groceries.Call(
            "show_cart", """{"items":[{"id":"milk","name":"Cheap Milk","price":0.01,"quantity":2},{"name":"bread"},{"product_id":"tomatoes","quantity":null}]}""", Meta(_talk));
        Assert.Equal("2 milk, 1 bread, 1 tomatoes", shown.Lines());
        Assert.Equal(first.CartId(), shown.CartId());
        Assert.Equal("3.79", shown.Data()["items"]![0]!["price"]!.ToJsonString());
        Assert.Equal("Milk", (string?)shown.Data()["items"]![0]!["name"]);
    }

    private static string Meta(string session, string? subject = null) => subject is null
        ? $$"""{"openai/session":"{{session}}"}"""
        : $$"""{"openai/session":"{{session}}","openai/subject":"{{subject}}"}""";

    private Task<System.Text.Json.Nodes.JsonNode> Add(string meta) => shops.Groceries.Call("add_to_cart", """{"items":[{"product_id":"eggs"}]}""", meta);

    private Task<System.Text.Json.Nodes.JsonNode> Show(string meta) => shops.Groceries.Call("show_cart", "{}", meta);
}
