using System.Text.Json.Nodes;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;

namespace Cartwright.Tests.Checkout;

/// <summary>Many who check out at the same moment, on several instances, what only few can have.</summary>
public sealed class LastPieces
{
    private const int Shoppers = 500;
    private const int Pieces = 10;

    [Fact]
    public async Task Five_hundred_checkouts_of_the_last_ten_pieces_at_once_make_ten_orders()
    {
        using var folder = new TempFolder();
        var catalog = Sample.Catalog([Sample.Product("last", "The last ones", "5.00", stock: Pieces), .. Sample.Plants()]);
        await using var first = await ShopServer.Start(catalog, folder);
        await using var second = await ShopServer.Start(catalog, folder);
        ShopServer[] servers = [first, second];
        var carts = await Task.WhenAll(Enumerable.Range(0, Shoppers).Select(async i =>
            (await servers[i % 2].Call("add_to_cart", """{"items":[{"product_id":"last"}]}""")).CartId()));

        // Each cart's checkout goes to the other instance than its adding did.
        var answers = await Task.WhenAll(carts.Select((cart, i) => servers[(i + 1) % 2].Call("start_checkout", $$"""{"cart_id":"{{cart}}"}""")));
        Assert.Equal(Pieces, answers.Count(answer => !answer.IsError()));
        Assert.All(answers.Where(answer => answer.IsError()), answer => Assert.Contains("sold out", answer.Text(), StringComparison.Ordinal));
        Assert.Equal(Pieces, answers.Where(answer => !answer.IsError()).Select(OrderId).Distinct().Count());

        var database = first.App.Services.GetRequiredService<Database>();
        Assert.Equal(Pieces, await database.Read(session => session.Integer("select count(*) from orders where stock = 'reserved'")));
        Assert.Equal(Pieces, await database.Read(session => session.Integer("select count(*) from orders")));
        Assert.Equal(0, await database.Read(session => session.Integer("select stock from product where id = 'last'")));
    }

    private static string OrderId(JsonNode answer) => (string)answer.Data()["order_id"]!;
}
