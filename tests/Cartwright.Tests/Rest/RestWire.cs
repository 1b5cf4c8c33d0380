using System.Text.Json.Nodes;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Rest;

/// <summary>Calls of the REST twin at <c>/mcp</c>.</summary>
internal static class RestWire
{
    public static Task<Reply> RestPost(this Wire wire, string path, string body, params (string Name, string Value)[] headers) =>
        wire.Send("POST", path, Wire.Json(body), headers);

    public static Task<Reply> RestTool(this Wire wire, string tool, string arguments = "{}", params (string Name, string Value)[] headers) =>
        wire.RestPost("/mcp/tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""", headers);

    public static Task<Reply> RestPrompt(this Wire wire, string prompt, string arguments = "{}") =>
        wire.RestPost("/mcp/prompts/get", $$"""{"name":"{{prompt}}","arguments":{{arguments}}}""");

    /// <summary>The detail of a problem; everything else of it is checked here.</summary>
    public static string Detail(this Reply reply, int status)
    {
        Assert.True(status == reply.Status, reply.ToString());
        Assert.Equal("application/problem+json", reply.Header("Content-Type"));
        var problem = JsonNode.Parse(reply.Body)!.AsObject();
        Assert.Equal(["detail", "status", "title", "type"], problem.Select(member => member.Key).Order());
        Assert.Equal("about:blank", (string?)problem["type"]);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["title"]!);
        Assert.DoesNotContain(TestTools.Secret, reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", reply.Body, StringComparison.Ordinal);
        return (string)problem["detail"]!;
    }

    public static JsonNode Json(this Reply reply)
    {
        Assert.True(reply.Status == 200, reply.ToString());
        Assert.Equal("application/json", reply.Header("Content-Type"));
        Assert.Equal("nosniff", reply.Header("X-Content-Type-Options"));
        return JsonNode.Parse(reply.Body)!;
    }
}
