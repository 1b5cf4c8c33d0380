using Cartwright.Chat;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>Settings and command line of the chat, and where keys go.</summary>
public sealed class ChatOptionsReading
{
    private const string Mine = "the-key-of-my-shop";
    private const string Theirs = "their-key";

    [Fact]
    public void Nothing_set_is_the_back_office_on_this_machine_without_a_model()
    {
        var settings = Read(new ChatOptions()).Value;
        Assert.Equal(new Uri("http://localhost:3000/sales/mcp"), settings.Server);
        Assert.Equal((null, null, false, 10), (settings.ServerKey, settings.Model, settings.Rest, settings.MaxRounds));
    }

    [Fact]
    public void A_model_is_where_its_settings_say()
    {
        var model = Read(new ChatOptions(), ("OPENAI_API_KEY", "sk-1")).Value.Model!;
        Assert.Equal(("sk-1", "gpt-4o-mini", new Uri("https://api.openai.com/v1"), null), (model.Key, model.Name, model.Endpoint, model.Prices));
        model = Read(
            new ChatOptions(), ("OPENAI_API_KEY", "sk-1"), ("OPENAI_MODEL", "llama"), ("OPENAI_BASE_URL", "http://localhost:11434/v1"), ("OPENAI_PRICE_INPUT", "0.15"), ("OPENAI_PRICE_OUTPUT", "0.6")).Value.Model!;
        Assert.Equal(("llama", new Uri("http://localhost:11434/v1"), 0.15m, 0.6m), (model.Name, model.Endpoint, model.Prices!.Input, model.Prices.Output));
        Assert.Equal("other", Read(new ChatOptions { Model = "other" }, ("OPENAI_API_KEY", "sk-1"), ("OPENAI_MODEL", "llama")).Value.Model!.Name);
        Assert.DoesNotContain("sk-1", $"{model} {Read(new ChatOptions(), ("OPENAI_API_KEY", "sk-1")).Value}", StringComparison.Ordinal);
    }

    [Theory]
    // The local back office, under each of its names.
    [InlineData(null, null, "http://localhost:3000/sales/mcp", Mine)]
    [InlineData(null, "http://127.0.0.1:3000/sales/mcp", "http://127.0.0.1:3000/sales/mcp", Mine)]
    [InlineData(null, "http://[::1]:3000/sales/mcp/", "http://[::1]:3000/sales/mcp/", Mine)]
    [InlineData(null, "http://localhost:3000", "http://localhost:3000/sales/mcp", Mine)]
    // Other servers get nothing of it.
    [InlineData(null, "http://localhost:3000/mcp", "http://localhost:3000/mcp", null)]
    [InlineData(null, "http://localhost:3001/sales/mcp", "http://localhost:3001/sales/mcp", null)]
    [InlineData(null, "https://localhost:3000/sales/mcp", "https://localhost:3000/sales/mcp", null)]
    [InlineData(null, "https://shop.example.com/sales/mcp", "https://shop.example.com/sales/mcp", null)]
    [InlineData(null, "http://localhost.example.com:3000/sales/mcp", "http://localhost.example.com:3000/sales/mcp", null)]
    [InlineData("https://shop.example.com/sales/mcp", null, "https://shop.example.com/sales/mcp", null)]
    public void The_key_of_the_local_back_office_goes_nowhere_else(string? configured, string? url, string server, string? key)
    {
        var settings = Read(new ChatOptions { Url = url }, ("MCP_BASE_URL", configured), ("CARTWRIGHT_SALES_KEY", Mine)).Value;
        Assert.Equal((server, key), (settings.Server.AbsoluteUri, settings.ServerKey));
    }

    [Theory]
    [InlineData("https://shop.example.com/sales/mcp", null, Theirs)]
    [InlineData("https://shop.example.com/sales/mcp", "https://shop.example.com/mcp", Theirs)]
    [InlineData("https://shop.example.com/sales/mcp", "http://shop.example.com/mcp", null)]
    [InlineData("https://shop.example.com/sales/mcp", "https://other.example.com/mcp", null)]
    [InlineData("https://shop.example.com/sales/mcp", "http://localhost:3000/sales/mcp", Mine)]
    [InlineData(null, null, Theirs)]
    public void The_key_of_the_chat_goes_to_the_server_it_was_set_for(string? configured, string? url, string? key)
    {
        var settings = Read(new ChatOptions { Url = url }, ("MCP_BASE_URL", configured), ("CARTWRIGHT_SALES_KEY", Mine), ("CARTWRIGHT_CHAT_KEY", Theirs)).Value;
        Assert.Equal(key, settings.ServerKey);
        Assert.Equal("given", Read(new ChatOptions { Url = url, Key = "given" }, ("MCP_BASE_URL", configured), ("CARTWRIGHT_CHAT_KEY", Theirs)).Value.ServerKey);
    }

    [Fact]
    public void The_key_is_found_in_the_data_folder()
    {
        using var folder = new TempFolder();
        folder.File("sales.key", "csk_123\n");
        Assert.Equal("csk_123", Read(new ChatOptions(), ("CARTWRIGHT_DATA", folder.Path)).Value.ServerKey);
        Assert.Equal("csk_123", Read(new ChatOptions(), ("CARTWRIGHT_DATA", folder.Path), ("PORT", "8080")).Value.ServerKey);
        Assert.Null(Read(new ChatOptions { Url = "http://localhost:8080/sales/mcp" }, ("CARTWRIGHT_DATA", folder.Path)).Value.ServerKey);
        Assert.Null(Read(new ChatOptions(), ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "none"))).Value.ServerKey);
    }

    [Theory]
    [InlineData("MCP_BASE_URL", "shop", "MCP_BASE_URL is \"shop\", but must be an address such as http://localhost:3000/mcp.")]
    [InlineData("MCP_BASE_URL", "ftp://shop/", "MCP_BASE_URL is \"ftp://shop/\", but must be an address such as http://localhost:3000/mcp.")]
    [InlineData("OPENAI_BASE_URL", "https://user:word@host/", "OPENAI_BASE_URL is \"https://user:word@host/\", but must be an address such as https://api.openai.com/v1.")]
    [InlineData("OPENAI_PRICE_INPUT", "-1", "OPENAI_PRICE_INPUT is \"-1\", but must be a price for a million tokens such as 0.15.")]
    [InlineData("OPENAI_API_KEY", "two words", "OPENAI_API_KEY must be letters, digits and signs without spaces.")]
    [InlineData("CARTWRIGHT_CHAT_KEY", "line\r\nbreak", "CARTWRIGHT_CHAT_KEY must be letters, digits and signs without spaces.")]
    public void Mistakes_are_told_in_one_line_each(string name, string value, string mistake) =>
        Assert.Equal(mistake, Read(new ChatOptions(), (name, value)).Problem!.Advice);

    [Fact]
    public void Settings_of_the_server_that_the_chat_does_not_need_do_not_stop_it() =>
        Assert.True(Read(new ChatOptions(), ("PAYMENT_PROVIDER", "nonsense"), ("CARTWRIGHT_CART_DAYS", "x")).Ok);

    private static Server.Result<ChatSettings> Read(ChatOptions options, params (string Name, string? Value)[] variables) =>
        options.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
