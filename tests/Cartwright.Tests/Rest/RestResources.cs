using Cartwright.Mcp.Rest;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Rest;

/// <summary>Resources by their URI at the end of an address, however clients and proxies write it.</summary>
public sealed class RestResources(SharedHost host) : IClassFixture<SharedHost>
{
    private const string Read = "/mcp/resources/read/";

    [Theory]
    [InlineData("test://one", "test://one", "first")]
    [InlineData("test%3A%2F%2Fone", "test://one", "first")]
    [InlineData("test%3a%2f%2fone", "test://one", "first")]
    [InlineData("test%3A//one", "test://one", "first")]
    [InlineData("test:%2F%2Fone", "test://one", "first")]
    [InlineData("test:/one", "test://one", "first")]
    [InlineData("test%3A/one", "test://one", "first")]
    [InlineData("%74est://one", "test://one", "first")]
    [InlineData("test://item/5", "test://item/5", "5")]
    [InlineData("test://item/a%20b", "test://item/a b", "a b")]
    [InlineData("test%3A%2F%2Fitem%2Fa%2520b", "test://item/a b", "a b")]
    [InlineData("test%3A%2F%2Fitem%2Fa%20b", "test://item/a b", "a b")]
    [InlineData("test://item/a%2Fb", "test://item/a/b", "a/b")]
    [InlineData("test%3A%2F%2Fitem%2F100%2525", "test://item/100%", "100%")]
    [InlineData("test://item/x?y=1&z=%3F", "test://item/x?y=1&z=?", "x?y=1&z=?")]
    [InlineData("test%3A%2F%2Fitem%2F%F0%9F%8C%B5", "test://item/🌵", "🌵")]
    public async Task Is_read(string address, string uri, string text)
    {
        var contents = Assert.Single((await host.Wire.Get(Read + address)).Json()["contents"]!.AsArray())!;
        Assert.Equal((uri, "text/plain", text), ((string?)contents["uri"], (string?)contents["mimeType"], (string?)contents["text"]));
    }

    [Fact]
    public async Task Is_the_same_as_over_MCP()
    {
        var overMcp = (await host.Wire.Ask("resources/read", """{"uri":"test://item/7"}""")).Result;
        Assert.Equal(overMcp.ToJsonString(), (await host.Wire.Get(Read + "test://item/7")).Json().ToJsonString());
    }

    [Theory]
    [InlineData("test://two")]
    [InlineData("test://item/none")]
    [InlineData("test://item/a/b")]
    [InlineData("test%253A%252F%252Fone")]
    [InlineData("one")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("..%2F..%2Fone")]
    [InlineData("test://one%0d%0aX-Evil:%201")]
    [InlineData("%ff")]
    [InlineData("%zz")]
    [InlineData("?")]
    [InlineData("://///")]
    [InlineData("http://evil.example.com/mcp/resources/read/x")]
    public async Task That_is_not_there_is_not_found(string address)
    {
        var reply = await host.Wire.Get(Read + address);
        Assert.StartsWith("Resource not found: ", reply.Detail(404), StringComparison.Ordinal);
        Assert.EndsWith("GET /mcp/resources lists what there is.", reply.Detail(404), StringComparison.Ordinal);
        Assert.DoesNotContain("X-Evil", reply.Headers.Keys);
    }

    [Theory]
    [InlineData("/mcp/resources/read")]
    [InlineData("/mcp/resources/read/")]
    public async Task Without_a_URI_is_asked_for_one(string path) =>
        Assert.StartsWith("The URI is missing", (await host.Wire.Get(path)).Detail(400), StringComparison.Ordinal);

    [Theory]
    [InlineData("/mcp/resources/read/ui://a/b", "", "ui://a/b")]
    [InlineData("http://localhost:3000/mcp/resources/read/ui%3A%2F%2Fa", "", "ui://a")]
    [InlineData("/mcp/RESOURCES/Read/ui://a", "", "ui://a")]
    [InlineData("/mcp/resources/re%61d/ui:%2F%2Fa", "ui:%2F%2Fa", "ui:%2F%2Fa|ui://a")]
    [InlineData("/mcp/resources/read/ui:/a", "", "ui:/a|ui://a")]
    [InlineData("/mcp/resources/read/", "", "")]
    public void May_be_meant_in_several_ways(string target, string decoded, string candidates) =>
        Assert.Equal(candidates.Split('|'), ResourceUri.Candidates(target, decoded));
}
