using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;

namespace Cartwright.Tests.Shop;

/// <summary>A shop on a database of its own, without any server around it.</summary>
internal sealed class TestShop : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly bool _ownsFolder;

    private TestShop(TempFolder folder, bool ownsFolder, FakeTime time, Database database)
    {
        (_folder, _ownsFolder, Time, Database) = (folder, ownsFolder, time, database);
        Catalog = new ProductCatalog(database);
        Carts = new ShoppingCarts(database, Catalog, time, new IdSource(), new CartOptions());
    }

    public FakeTime Time { get; }

    public Database Database { get; }

    public ProductCatalog Catalog { get; }

    public ShoppingCarts Carts { get; }

    public static async Task<TestShop> Open(params JsonObject[] products)
    {
        var shop = await Empty();
        await shop.Load(products.Length == 0 ? Sample.Plants() : products);
        return shop;
    }

    public static async Task<TestShop> Empty()
    {
        var temp = new TempFolder();
        var time = new FakeTime();
        return new TestShop(temp, ownsFolder: true, time, await TestDatabase.Open(temp.Path, time));
    }

    /// <summary>Another process on the same folder, in effect.</summary>
    public async Task<TestShop> Second() => new(_folder, ownsFolder: false, Time, await TestDatabase.Open(_folder.Path, Time));

    public Task<CatalogLoad> Load(params JsonObject[] products) => LoadFile(Sample.Catalog(products));

    public async Task<CatalogLoad> LoadFile(JsonObject catalog) =>
        (await CatalogLoader.Load(Database, CatalogFile.Read(_folder.File("catalog.json", catalog.ToJsonString())).Value)).Value;

    public ValueTask<Result<CartSnapshot>> Add(CartAddress address, string productId, long quantity = 1, string? key = null) =>
        Carts.Add(address, [new CartEntry(productId, null, quantity)], key);

    public ValueTask<Result<CartSnapshot>> Set(CartAddress address, string productId, long quantity, long? version = null, string? key = null) =>
        Carts.Update(address, [new CartEntry(productId, null, quantity)], version, key);

    public async Task<CartSnapshot> Show(CartAddress address) =>
        (await Carts.Show(address)).Value;

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_ownsFolder)
        {
            _folder.Dispose();
        }
    }
}
