using System.Net;
using System.Net.Sockets;
using Cartwright.Server;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>A start that cannot succeed says in a line what is wrong and what to do, and exits with 2; the verbs do the same.</summary>
public sealed class Starts
{
    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await Fails(folder, [("PORT", $"{port}")], $"PORT {port} is in use");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("20001")]
    public async Task An_address_of_another_machine_is_named(string port)
    {
        using var folder = new TempFolder();
        await Fails(folder, [("HOST", "192.0.2.1"), ("PORT", port)], "HOST 192.0.2.1 cannot be listened on");
    }

    [Fact]
    public async Task An_env_file_that_cannot_be_read_is_named()
    {
        using var folder = new TempFolder();
        await using var locked = new FileStream(folder.File(".env", "PORT=0"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await Fails(folder, [], "The file .env in the working folder cannot be read");
    }

    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task A_data_folder_that_cannot_be_used_is_named()
    {
        using var folder = new TempFolder();
        var file = folder.File("not-a-folder", "");
        await Fails(folder, [("CARTWRIGHT_DATA", file)], $"{file} cannot be used", "set CARTWRIGHT_DATA");
        await Fails(folder, [("CARTWRIGHT_DATA", Path.Combine(file, "below"))], "cannot be used", "set CARTWRIGHT_DATA");
    }

    [Fact]
    public async Task Bad_settings_are_all_named_at_once()
    {
        using var folder = new TempFolder();
        await Fails(
            folder,
            3,
            [("PORT", "http"), ("CARTWRIGHT_PUBLIC_URL", "shop.example.com"), ("CARTWRIGHT_CART_DAYS", "0")],
            "PORT is \"http\"",
            "CARTWRIGHT_PUBLIC_URL is \"shop.example.com\"",
            "CARTWRIGHT_CART_DAYS is \"0\"");
    }

    [Fact]
    public async Task A_catalogue_that_is_missing_or_wrong_is_named()
    {
        using var folder = new TempFolder();
        await Fails(folder, [("CARTWRIGHT_CATALOG", "nowhere.json")], "CARTWRIGHT_CATALOG", "nowhere.json");
        folder.File("bad.json", """{ "store": { "name": "S", "currency": "USD", "country": "US" }, "facets": [], "products": [ { "id": "A B" } ] }""");
        await Fails(folder, 4, [("CARTWRIGHT_CATALOG", "bad.json")], "CARTWRIGHT_CATALOG", "line 1, products[0].id", "products[0].price");
        folder.File("broken.json", "{");
        await Fails(folder, 2, [("CARTWRIGHT_CATALOG", "broken.json")], "CARTWRIGHT_CATALOG: broken.json is not JSON", "line 1, ");

    }

    [Fact]
    [Trait(Engine.Trait, Engine.Sqlite)]
    public async Task A_database_that_is_none_is_named_and_left_alone()
    {
        using var folder = new TempFolder();
        var file = folder.File("data/cartwright.db", new string('x', 8192));
        await Fails(folder, [("CARTWRIGHT_DATA", "data")], "data cannot be used", "not a database", "set CARTWRIGHT_DATA");
        Assert.Equal(new string('x', 8192), await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_left_alone()
    {
        using var folder = new TempFolder();
        await using (var database = await TestDatabase.Open(Path.Combine(folder.Path, "data"), new FakeTime()))
        {
            await database.Write<int>(async session => await session.Execute("insert into schema_version (version, applied_at) values (999, 0)"));
        }

        await Fails(folder, [("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data"))], "newer Cartwright", "update the program");
    }

    [Fact]
    public async Task Settings_come_from_an_env_file_too_and_the_environment_wins()
    {
        using var folder = new TempFolder();
        folder.File(".env", "PORT=http\nCARTWRIGHT_CART_DAYS=none\n");
        await Fails(folder, 2, [("CARTWRIGHT_CART_DAYS", "-1")], "PORT is \"http\"", "CARTWRIGHT_CART_DAYS is \"-1\"");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task Help_and_version_are_answered(string option)
    {
        using var folder = new TempFolder();
        using var program = ShopProcess.Run(folder.Path, [option]);
        Assert.Equal(0, await program.Exit());
        Assert.Empty(program.Errors);
        Assert.Matches(option == "--version" ? @"^\d+\.\d+\.\d+\s*$" : "serve.*\n.*catalog", program.Output);
    }

    [Fact]
    public async Task The_help_of_serve_lists_every_setting()
    {
        using var folder = new TempFolder();
        using var program = ShopProcess.Run(folder.Path, ["serve", "--help"]);
        Assert.Equal(0, await program.Exit());
        Assert.All(Settings.Help, setting => Assert.Contains($"  {setting.Name} ", program.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sell", "'sell'", "Usage:", "serve", "catalog")]
    [InlineData("serve everything", "'everything'", "Usage:")]
    [InlineData("catalog", "Required command", "load <FILE>", "check <FILE>")]
    [InlineData("catalog load", "FILE", "Usage:")]
    public async Task A_command_line_that_makes_no_sense_is_answered_with_the_help(string line, params string[] expected)
    {
        using var folder = new TempFolder();
        using var program = ShopProcess.Run(folder.Path, line.Split(' '));
        Assert.Equal(1, await program.Exit());
        Assert.Empty(program.Output);
        Assert.All(expected, text => Assert.Contains(text, program.Errors, StringComparison.Ordinal));
    }

    private static Task Fails(TempFolder folder, (string, string)[] settings, params string[] expected) => Fails(folder, 1, settings, expected);

    private static async Task Fails(TempFolder folder, int lines, (string, string)[] settings, params string[] expected)
    {
        using var program = ShopProcess.Run(folder.Path, ["serve"], settings);
        Assert.Equal(2, await program.Exit());
        Assert.Empty(program.Output);
        Assert.All(expected, text => Assert.Contains(text, program.Errors, StringComparison.Ordinal));

        // A line for each thing to do; no stack trace.
        var said = program.Errors.TrimEnd().Split('\n');
        Assert.Equal(lines, said.Length);
        Assert.All(said, line => Assert.StartsWith("cartwright: ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", program.Errors, StringComparison.Ordinal);
    }
}
