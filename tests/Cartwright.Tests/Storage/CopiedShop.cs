using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Storage;

/// <summary>A shop that is copied to another place.</summary>
internal static class CopiedShop
{
    /// <summary>Plants, a year of sales, and a cart of 3 for the conversation "mine"; the cart's id.</summary>
    public static async Task<string> Fill(Database database, string catalogFile)
    {
        var time = new FakeTime();
        await File.WriteAllTextAsync(catalogFile, Sample.Catalog(Sample.Plants()).ToJsonString());
        Assert.True((await CatalogLoader.Load(database, CatalogFile.Read(catalogFile).Value)).Ok);
        Assert.True((await new SalesLoader(database, time) { Pause = TimeSpan.Zero }.Load((await SampleHistory.Source(database, time, 2)).Value)).Ok);
        var carts = new ShoppingCarts(database, new ProductCatalog(database), time, new IdSource(), new CartOptions());
        return (await carts.Add(new(Conversation: "mine"), [new("fern", null, 3)], "a key")).Value.CartId;
    }

    /// <summary>The copy finds, sells and counts as the one before did.</summary>
    public static async Task AssertGoesOn(Database database, string cart)
    {
        var catalog = new ProductCatalog(database);
        var carts = new ShoppingCarts(database, catalog, new FakeTime(), new IdSource(), new CartOptions());
        Assert.Equal(3, (await carts.Show(new(cart))).Value.ItemCount);
        Assert.Equal(["fern"], (await catalog.Find(new ProductQuery { Search = "boston" })).Value.Products.Select(product => product.Id));
        Assert.Equal(4, (await carts.Add(new(Conversation: "mine"), [new("fern", null, 1)])).Value.ItemCount);
        var ledger = new SalesLedger(database, new FakeTime());
        Assert.Empty(await ledger.Check());

        // Keys of sales go on behind those that came along.
        var later = new FakeTime();
        later.Pass(TimeSpan.FromDays(3));
        var more = await new SalesLoader(database, later) { Pause = TimeSpan.Zero }.Load((await SampleHistory.Source(database, later, 2)).Value);
        Assert.True(more.Ok, more.Problem?.Advice);
        Assert.NotEqual(0, more.Value.After.Orders);
        Assert.Empty(await ledger.Check());
    }
}
