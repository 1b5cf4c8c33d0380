using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;

namespace Cartwright.Tests.Sales;

/// <summary>Nobody comes in without the key.</summary>
public sealed class Keys
{
    [Theory]
    [InlineData("POST", "")]
    [InlineData("POST", "/messages?sessionId=x")]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    public async Task Without_the_key_there_is_a_challenge_and_advice(string method, string path)
    {
        await using var shop = await MerchantShop.Start();
        var reply = await shop.Wire.Send(method, $"{BackOffice.Path}{path}", method == "POST" ? Wire.Json("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""") : null);
        Assert.Equal((401, "Bearer realm=\"Cartwright back office\""), (reply.Status, reply.Header("WWW-Authenticate")));
        Assert.Equal(("application/problem+json", "no-store"), (reply.Header("Content-Type"), reply.Header("Cache-Control")));
        var problem = JsonNode.Parse(reply.Body)!;
        Assert.Equal((401, "Unauthorized"), ((int)problem["status"]!, (string)problem["title"]!));
        Assert.Contains("cartwright sales key", (string)problem["detail"]!, StringComparison.Ordinal);

        reply = await shop.Wire.Send(method, $"{BackOffice.Path}{path}", method == "POST" ? Wire.Json("{}") : null, ("Authorization", "Bearer wrong"));
        Assert.Equal(401, reply.Status);
        Assert.Contains("error=\"invalid_token\"", reply.Header("WWW-Authenticate")!, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong\"", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"Bearer {MerchantShop.Key}", 200)]
    [InlineData($"bearer {MerchantShop.Key}", 200)]
    [InlineData($"Bearer  {MerchantShop.Key} ", 200)]
    [InlineData($"Bearer {MerchantShop.Key}x", 401)]
    [InlineData($"Bearer x{MerchantShop.Key}", 401)]
    [InlineData("Bearer the-key-of-the-test", 401)]
    [InlineData("Bearer THE-KEY-OF-THE-TESTS", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer", 401)]
    [InlineData(MerchantShop.Key, 401)]
    [InlineData($"Basic {MerchantShop.Key}", 401)]
    public async Task Only_exactly_the_key_opens(string header, int status)
    {
        await using var shop = await MerchantShop.Start();
        Assert.Equal(status, (await shop.Ask("tools/list", key: null, headers: ("Authorization", header))).Status);
    }

    [Fact]
    public async Task Pages_of_other_origins_get_neither_in_nor_a_preflight()
    {
        await using var shop = await MerchantShop.Start(change: settings => settings with { MoreOrigins = ["https://page.example.com"] });
        var preflight = await shop.Wire.Send("OPTIONS", BackOffice.Path, null, ("Origin", "http://localhost:5173"), ("Access-Control-Request-Method", "POST"));
        Assert.Equal((405, null), (preflight.Status, preflight.Header("Access-Control-Allow-Origin")));
        Assert.Equal(403, (await shop.Ask("tools/list", headers: ("Origin", "https://page.example.com"))).Status);
        var own = await shop.Ask("tools/list", headers: ("Origin", $"http://localhost:{shop.Wire.Address.Port}"));
        Assert.Equal((200, null), (own.Status, own.Header("Access-Control-Allow-Origin")));
        Assert.Equal(403, (await shop.Ask("tools/list", headers: ("Host", "evil.example.com"))).Status);
    }

    [Fact]
    public async Task The_fifth_wrong_key_within_a_minute_makes_its_address_wait_longer_and_longer()
    {
        await using var shop = await MerchantShop.Start();
        for (var i = 0; i < WrongKeys.FreeTries; i++)
        {
            Assert.Equal(401, (await shop.Ask("tools/list", key: "wrong")).Status);
        }

        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            // Refused tries are not looked at, so they change nothing, and neither does the right key.
            foreach (var key in new[] { "wrong", MerchantShop.Key, "wrong" })
            {
                var refused = await shop.Ask("tools/list", key: key);
                Assert.Equal((429, $"{seconds}"), (refused.Status, refused.Header("Retry-After")));
                Assert.Contains($"wait {seconds} seconds", refused.Body, StringComparison.Ordinal);
            }

            shop.Time.Pass(TimeSpan.FromSeconds(seconds));
            Assert.Equal(401, (await shop.Ask("tools/list", key: "wrong")).Status);
        }

        shop.Time.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal(200, (await shop.Ask("tools/list")).Status);
    }

    [Fact]
    public async Task Where_the_right_key_came_from_lately_it_is_never_kept_waiting()
    {
        await using var shop = await MerchantShop.Start();
        Assert.Equal(200, (await shop.Ask("tools/list")).Status);
        for (var i = 0; i < 8; i++)
        {
            await shop.Ask("tools/list", key: "wrong");
        }

        Assert.Equal(429, (await shop.Ask("tools/list", key: "wrong")).Status);
        Assert.Equal(200, (await shop.Ask("tools/list")).Status);
        Assert.Equal(429, (await shop.Ask("tools/list", key: "wrong")).Status);
    }

    [Fact]
    public void A_few_slips_and_requests_without_a_key_make_nobody_wait()
    {
        var time = new FakeTime();
        var wrong = new WrongKeys(time);
        var address = System.Net.IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 50; i++)
        {
            Assert.False(wrong.Wrong(address));
            Assert.Equal(TimeSpan.Zero, wrong.Wait(address));
            time.Pass(TimeSpan.FromSeconds(16));
        }
    }

    [Fact]
    public void The_table_of_addresses_has_a_bound_and_a_household_of_IPv6_is_one_address()
    {
        var wrong = new WrongKeys(new FakeTime());
        var one = System.Net.IPAddress.Parse("2001:db8:1:2::1");
        for (var i = 0; i < WrongKeys.FreeTries; i++)
        {
            wrong.Wrong(one);
        }

        Assert.True(wrong.Wait(System.Net.IPAddress.Parse("2001:db8:1:2:ffff::9")) > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, wrong.Wait(System.Net.IPAddress.Parse("2001:db8:1:3::1")));
        for (var i = 0; i < 50_000; i++)
        {
            wrong.Wrong(new System.Net.IPAddress((uint)i + 1));
        }

        Assert.InRange(wrong.Count, 1, 10_000);
    }

    [Fact]
    public async Task The_made_key_is_256_bits_in_a_file_for_its_owner_alone_and_the_same_for_every_server()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "data", SalesKey.FileName);
        string key;
        await using (var first = await ShopServer.Start(folder: folder))
        await using (var second = await ShopServer.Start(folder: folder))
        {
            key = File.ReadAllText(file).Trim();
            Assert.Matches("^csk_[0-9a-f]{64}$", key);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            foreach (var shop in new[] { first, second })
            {
                Assert.Equal(200, (await Ask(shop, key)).Status);
                Assert.Equal(401, (await Ask(shop, "csk_" + new string('0', 64))).Status);
            }
        }

        // Missing, of somebody else, open to others: all mended at the next start, and nothing is left beside it.
        foreach (var spoil in new Action[]
        {
            () => File.Delete(file),
            () => File.WriteAllText(file, "csk_other\n"),
            () => OpenToOthers(file),
        })
        {
            spoil();
            await using var again = await ShopServer.Start(folder: folder);
            Assert.Equal($"{key}\n", File.ReadAllText(file));
            Assert.Equal(200, (await Ask(again, key)).Status);
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!, "sales.key*"));
        }
    }

    [Fact]
    public async Task A_key_of_the_operator_wins_and_is_not_written_down()
    {
        await using var shop = await MerchantShop.Start();
        Assert.False(File.Exists(Path.Combine(shop.Server.Folder.Path, "data", SalesKey.FileName)));
        var services = shop.Server.App.Services;
        var made = await SalesKey.Open(null, Path.Combine(shop.Server.Folder.Path, "data"), new Secrets(shop.Database, services.GetRequiredService<IdSource>()), new IdSource());
        Assert.Equal(401, (await shop.Ask("tools/list", key: made.Value.Text)).Status);
        Assert.Equal(200, (await shop.Ask("tools/list")).Status);
    }

    [Theory]
    [InlineData("0123456789abcdef", true)]
    [InlineData("aZ09-._~+/=aaaaaa", true)]
    [InlineData("0123456789abcde", false)]
    [InlineData("0123456789 abcdef", false)]
    [InlineData("0123456789äbcdef", false)]
    [InlineData("short", false)]
    public void A_key_of_the_operator_is_long_enough_and_fits_into_a_header(string key, bool fits)
    {
        var read = Settings.Read(name => name == "CARTWRIGHT_SALES_KEY" ? key : null);
        Assert.Equal(fits, read.Ok);
        if (!fits)
        {
            Assert.StartsWith("CARTWRIGHT_SALES_KEY must be 16 to 256 letters, digits", read.Problem!.Advice, StringComparison.Ordinal);
            Assert.DoesNotContain(key, read.Problem.Advice, StringComparison.Ordinal);
        }
    }

    private static void OpenToOthers(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    private static Task<Reply> Ask(ShopServer shop, string key) => shop.Wire.Send(
        "POST", BackOffice.Path, Wire.Json("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}"""), ("Authorization", $"Bearer {key}"));
}
