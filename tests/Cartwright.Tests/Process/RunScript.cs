using System.Text.RegularExpressions;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>The script a newcomer calls first.</summary>
[Trait(Engine.Trait, Engine.Sqlite)]
public sealed partial class RunScript
{
    [Fact]
    public async Task It_builds_and_serves_from_any_folder_and_keeps_the_data_in_that_folder()
    {
        using var folder = new TempFolder();

        // The build may take a minute. Its compiler must not stay behind as a server of its own.
        (string, string)[] environment = [("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false")];
        using (var version = ShopProcess.Run(Script(), folder.Path, ["--version"], environment))
        {
            Assert.Equal(0, await version.Exit(TimeSpan.FromMinutes(15)));
            Assert.Matches(@"^\d+\.\d+\.\d+\s*$", version.Output);
        }

        using var shop = ShopProcess.Run(Script(), folder.Path, [], ("PORT", "0"));
        await shop.Until(() => shop.Output.Contains("Ctrl-C stops it.", StringComparison.Ordinal));
        using var caller = new ShopCaller(int.Parse(Address().Match(shop.Output).Groups["port"].ValueSpan));
        Assert.Contains("aloe-vera", (await caller.Call("list_products", [])).Ids());
        Assert.True(File.Exists(Path.Combine(folder.Path, "data", "cartwright.db")));
        Assert.Equal(0, await shop.Stop());
    }

    private static string Script()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Cartwright.slnx")))
            {
                return Path.Combine(folder, "run");
            }
        }

        throw new InvalidOperationException("The tests do not lie in the project's folder.");
    }

    [GeneratedRegex(@"http://localhost:(?<port>\d+)/mcp")]
    private static partial Regex Address();
}
