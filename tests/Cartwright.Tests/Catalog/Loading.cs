using System.Text;
using Cartwright.Server.Catalog;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Catalog;

public sealed class Loading
{
    [Fact]
    public async Task A_load_tells_what_it_added_changed_left_and_retired()
    {
        await using var shop = await TestShop.Empty();
        Assert.Null(await shop.Catalog.Head());
        Assert.Equal(0, await shop.Catalog.CurrentVersion());
        Assert.Equal(new CatalogLoad(1, 2, 0, 0, 0), await shop.Load(Sample.Product("a", "A", "1"), Sample.Product("b", "B", "1")));
        Assert.Equal(
            new CatalogLoad(2, 1, 1, 0, 1),
            await shop.Load(Sample.Product("c", "C", "1"), Sample.Product("b", "B", "1", stock: 3)));
        Assert.Equal(
            new CatalogLoad(3, 1, 0, 2, 0),
            await shop.Load(Sample.Product("a", "A", "1"), Sample.Product("b", "B", "1", stock: 3), Sample.Product("c", "C", "1")));
        Assert.Equal(3, await shop.Catalog.CurrentVersion());
        Assert.Equal(["a", "b", "c"], (await shop.Catalog.All(10)).Select(product => product.Id));
    }

    [Fact]
    public async Task A_retired_product_is_neither_listed_nor_found()
    {
        await using var shop = await TestShop.Open(Sample.Product("fern", "Boston Fern", "1"), Sample.Product("moss", "Moss", "1"));
        await shop.Load(Sample.Product("moss", "Moss", "1"));
        Assert.Equal(1, (await shop.Catalog.Head())!.ProductCount);
        Assert.Equal("moss", Assert.Single((await shop.Catalog.Find(new())).Value.Products).Id);
        Assert.Empty((await shop.Catalog.Find(new() { Search = "boston" })).Value.Products);
        Assert.False((await shop.Catalog.Get("fern")).Ok);
        Assert.Empty(await shop.Catalog.Suggest("fern"));
    }

    [Fact]
    public async Task Another_process_sees_a_load_at_once()
    {
        await using var shop = await TestShop.Open();
        await using var second = await shop.Second();
        Assert.Equal(5, (await second.Catalog.Head())!.ProductCount);
        await shop.Load(Sample.Product("moss", "Moss", "1"));
        Assert.Equal((2, 1), ((await second.Catalog.Head())!.Version, (await second.Catalog.Head())!.ProductCount));
        Assert.Equal(["moss (Moss)"], (await second.Catalog.Suggest("mos")).Select(name => name.ToString()));
    }

    [Fact]
    public async Task Images_are_served_from_the_database_and_replaced_and_forgotten_with_it()
    {
        await using var shop = await TestShop.Empty();
        using var folder = new TempFolder();
        folder.File("images/a.svg", "<svg/>");
        Assert.True((await Load("images/a.svg")).Ok);
        var image = (await shop.Catalog.Image("images/a.svg"))!;
        Assert.Equal(("image/svg+xml", "<svg/>", 64), (image.MediaType, Encoding.UTF8.GetString(image.Bytes), image.Sha256.Length));
        Assert.Null(await shop.Catalog.Image("images/b.svg"));

        folder.File("images/a.svg", "<svg></svg>");
        Assert.True((await Load("images/a.svg")).Ok);
        Assert.Equal("<svg></svg>", Encoding.UTF8.GetString((await shop.Catalog.Image("images/a.svg"))!.Bytes));

        Assert.True((await Load("https://example.com/a.png")).Ok);
        Assert.Null(await shop.Catalog.Image("images/a.svg"));

        async Task<Cartwright.Server.Result<CatalogLoad>> Load(string path)
        {
            var catalog = Sample.Catalog([Sample.Product("a", "A", "1")]);
            catalog["products"]![0]!["image"] = path;
            return await CatalogLoader.Load(shop.Database, CatalogFile.Read(folder.File("catalog.json", catalog.ToJsonString())).Value);
        }
    }

    [Fact]
    public async Task The_old_catalogue_stays_whole_when_a_load_fails_on_its_way()
    {
        await using var shop = await TestShop.Open();
        var before = (await shop.Catalog.Find(new())).Value;
        using var folder = new TempFolder();
        folder.File("a.png", "x");
        folder.File("b.png", "x");
        var catalog = Sample.Catalog([Sample.Product("a", "A", "1"), Sample.Product("b", "B", "1")]);
        catalog["products"]![0]!["image"] = "a.png";
        catalog["products"]![1]!["image"] = "b.png";
        var file = CatalogFile.Read(folder.File("catalog.json", catalog.ToJsonString())).Value;
        folder.File("b.png", "changed since");
        Assert.Contains("b.png changed", (await CatalogLoader.Load(shop.Database, file)).Problem!.Advice, StringComparison.Ordinal);
        Assert.Equivalent(before, (await shop.Catalog.Find(new())).Value, strict: true);
        Assert.Null(await shop.Catalog.Image("a.png"));
    }
}
