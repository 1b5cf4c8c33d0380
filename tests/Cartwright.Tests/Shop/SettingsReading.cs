using System.Net;
using Cartwright.Mcp;
using Cartwright.Server;

namespace Cartwright.Tests.Shop;

/// <summary>Settings from variables and from a <c>.env</c> file.</summary>
public sealed class SettingsReading
{
    [Fact]
    public void Nothing_set_is_a_shop_on_this_machine()
    {
        var settings = Read().Value;
        Assert.Equal((IPAddress.Loopback, 3000, "./data", "samples/plantly.json"), (settings.Host, settings.Port, settings.DataFolder, settings.CatalogFile));
        Assert.Equal((null, AnswerFraming.Auto, TimeSpan.FromDays(30)), (settings.PublicUrl, settings.Answers, settings.CartLifetime));
        Assert.Empty(settings.MoreHosts);
        Assert.Empty(settings.MoreOrigins);
    }

    [Fact]
    public void Every_variable_is_read()
    {
        var settings = Read(
            ("HOST", "0.0.0.0"),
            ("PORT", " 8080 "),
            ("CARTWRIGHT_DATA", "/var/lib/cartwright"),
            ("CARTWRIGHT_CATALOG", "my.json"),
            ("CARTWRIGHT_PUBLIC_URL", "https://shop.example.com/"),
            ("CARTWRIGHT_ALLOWED_ORIGINS", "https://A.example.com:443 , http://localhost:5173/,"),
            ("CARTWRIGHT_ALLOWED_HOSTS", "a.example.com,b.example.com"),
            ("CARTWRIGHT_ANSWERS", "sse"),
            ("CARTWRIGHT_CART_DAYS", "7")).Value;
        Assert.Equal((IPAddress.Any, 8080, "/var/lib/cartwright", "my.json"), (settings.Host, settings.Port, settings.DataFolder, settings.CatalogFile));
        Assert.Equal((new Uri("https://shop.example.com"), AnswerFraming.Sse, TimeSpan.FromDays(7)), (settings.PublicUrl, settings.Answers, settings.CartLifetime));
        Assert.Equal(["https://a.example.com", "http://localhost:5173"], settings.MoreOrigins);
        Assert.Equal(["a.example.com", "b.example.com"], settings.MoreHosts);
    }

    [Theory]
    [InlineData("HOST", "localhost")]
    [InlineData("HOST", "::")]
    [InlineData("PORT", "0")]
    [InlineData("PORT", "65535")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "http://localhost:8080")]
    [InlineData("CARTWRIGHT_ALLOWED_ORIGINS", "*")]
    [InlineData("CARTWRIGHT_ALLOWED_HOSTS", "*")]
    [InlineData("CARTWRIGHT_ALLOWED_HOSTS", "[2001:db8::5],192.0.2.7")]
    [InlineData("CARTWRIGHT_ANSWERS", "json")]
    [InlineData("CARTWRIGHT_CART_DAYS", "3650")]
    [InlineData("PORT", "")]
    [InlineData("PORT", "  ")]
    public void Is_fine(string name, string value) => Assert.True(Read((name, value)).Ok);

    [Theory]
    [InlineData("HOST", "shop.example.com")]
    [InlineData("HOST", "256.0.0.1")]
    [InlineData("PORT", "65536")]
    [InlineData("PORT", "-1")]
    [InlineData("PORT", "80.0")]
    [InlineData("PORT", "http")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "shop.example.com")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "https://shop.example.com/path")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "https://shop.example.com/?a=b")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "https://shop.example.com/#a")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "https://ann@shop.example.com")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "ftp://shop.example.com")]
    [InlineData("CARTWRIGHT_PUBLIC_URL", "https://")]
    [InlineData("CARTWRIGHT_ALLOWED_ORIGINS", "a.example.com")]
    [InlineData("CARTWRIGHT_ALLOWED_ORIGINS", "https://a.example.com,b")]
    [InlineData("CARTWRIGHT_ALLOWED_HOSTS", "https://a.example.com")]
    [InlineData("CARTWRIGHT_ALLOWED_HOSTS", "a.example.com:8080")]
    [InlineData("CARTWRIGHT_ALLOWED_HOSTS", "a b")]
    [InlineData("CARTWRIGHT_ANSWERS", "JSON5")]
    [InlineData("CARTWRIGHT_ANSWERS", "1")]
    [InlineData("CARTWRIGHT_CART_DAYS", "0")]
    [InlineData("CARTWRIGHT_CART_DAYS", "3651")]
    public void Is_refused_in_one_line_that_names_it(string name, string value)
    {
        var problem = Read((name, value)).Problem!;
        Assert.StartsWith($"{name} is \"{value}\", but must be ", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Advice);
    }

    [Fact]
    public void All_mistakes_are_listed_at_once()
    {
        var problem = Read(("HOST", "x"), ("PORT", "y"), ("CARTWRIGHT_PUBLIC_URL", "z"), ("CARTWRIGHT_ANSWERS", "a"), ("CARTWRIGHT_CART_DAYS", "b"), ("CARTWRIGHT_DATA", "fine")).Problem!;
        Assert.Equal(
            ["HOST", "PORT", "CARTWRIGHT_PUBLIC_URL", "CARTWRIGHT_ANSWERS", "CARTWRIGHT_CART_DAYS"],
            problem.Advice.Split('\n').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void The_help_lists_every_variable_that_is_read()
    {
        var asked = new List<string>();
        _ = Settings.Read(name =>
        {
            asked.Add(name);
            return null;
        });
        Assert.Equal(asked.Order(), Settings.Help.Select(setting => setting.Name).Order());
    }

    [Theory]
    [InlineData("PORT=8080", "8080")]
    [InlineData("  PORT = 8080  ", "8080")]
    [InlineData("export PORT=8080", "8080")]
    [InlineData("PORT=\"8080\"", "8080")]
    [InlineData("PORT='80 80'", "80 80")]
    [InlineData("PORT=\"", "\"")]
    [InlineData("PORT=a=b", "a=b")]
    [InlineData("PORT=a#b", "a#b")]
    [InlineData("PORT=", "")]
    [InlineData("PORT=1\nPORT=2", "2")]
    [InlineData("# PORT=8080", null)]
    [InlineData("PORT", null)]
    [InlineData("=8080", null)]
    [InlineData("", null)]
    public void A_line_of_an_env_file(string text, string? value) =>
        Assert.Equal(value, EnvFile.Parse(text.Split('\n')).GetValueOrDefault("PORT"));

    [Fact]
    public void An_env_file_that_is_not_there_sets_nothing()
    {
        using var folder = new TempFolder();
        Assert.Empty(EnvFile.Read(Path.Combine(folder.Path, ".env")));
        Assert.Equal("x", EnvFile.Read(folder.File(".env", "# settings\r\nHOST=x\r\n"))["HOST"]);
    }

    private static Result<Settings> Read(params (string Name, string Value)[] variables) =>
        Settings.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
