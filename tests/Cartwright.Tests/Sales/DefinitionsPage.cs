using Cartwright.Server.Sales;

namespace Cartwright.Tests.Sales;

/// <summary>The meanings are written once.</summary>
public sealed class DefinitionsPage
{
    [Fact]
    public void The_page_has_the_definitions_word_for_word() =>
        Assert.Contains(SalesDefinitions.Markdown, File.ReadAllText(Path.Combine(Root(), "docs", "sales.md")), StringComparison.Ordinal);

    [Fact]
    public async Task The_tools_are_described_by_them()
    {
        await using var shop = await MerchantShop.Start();
        var tools = (await shop.Ask("tools/list")).Result["tools"]!.AsArray();
        var report = (string)tools.Single(tool => (string?)tool!["name"] == "sales_report")!["description"]!;
        Assert.All(SalesDefinitions.Figures, figure => Assert.Contains($"{figure.Name}: {figure.Meaning}", report, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("find_products", "rows.sold")]
    [InlineData("top_products", "rows")]
    [InlineData("sales_between", "rows")]
    [InlineData("sales_report", "rows")]
    public async Task Every_figure_that_a_tool_answers_with_is_defined_in_its_text(string name, string path)
    {
        await using var shop = await MerchantShop.Start();
        var tool = (await shop.Ask("tools/list")).Result["tools"]!.AsArray().Single(tool => (string?)tool!["name"] == name)!;
        var row = path.Split('.').Aggregate(tool["outputSchema"]!, (schema, member) => schema["properties"]![member]!["items"]!);
        var figures = SalesDefinitions.Figures.Where(figure => row["properties"]!.AsObject().ContainsKey(figure.Name)).ToList();
        Assert.Equal(5, figures.Count);
        Assert.All(figures, figure => Assert.Contains($"{figure.Name}: {figure.Meaning}", (string)tool["description"]!, StringComparison.Ordinal));
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Cartwright.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tests do not lie in the project's folder.");
    }
}
