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
