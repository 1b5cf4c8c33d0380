using System.Text.Json.Nodes;
using Cartwright.Mcp;
using Cartwright.Mcp.Rest;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Rest;

/// <summary>The OpenAPI document, made from declarations.</summary>
public sealed class OpenApiDocuments
{
    private const string Recursive = """
        {"type":"object","required":["node"],"properties":{"node":{"$ref":"#/$defs/node"},"kind":{"type":"string","enum":["leaf","branch"]}},
        "$defs":{"node":{"type":"object","properties":{"left":{"$ref":"#/$defs/node"},"root":{"$ref":"#"}}}}}
        """;

    [Fact]
    public void Every_tool_has_a_call_with_its_name_and_the_schema_of_its_arguments()
    {
        var document = Describe(Open());
        var schemas = document["components"]!["schemas"]!;
        var body = Operation(document, "/mcp/tools/call")["requestBody"]!["content"]!["application/json"]!["schema"]!;
        var mapping = body["discriminator"]!["mapping"]!;
        foreach (var tool in TestTools.Features().Tools)
        {
            var name = tool.Declaration.Name;
            Assert.Equal($"#/components/schemas/mcp_{name}_call", (string?)mapping[name]);
            Assert.Equal(name, (string?)schemas[$"mcp_{name}_call"]!["properties"]!["name"]!["const"]);
            Assert.Equal(tool.InputSchema.ToJsonString(), schemas[$"mcp_{name}_arguments"]!.ToJsonString());
            Assert.Contains($"- `{name}`: {tool.Declaration.Description}", (string)Operation(document, "/mcp/tools/call")["description"]!, StringComparison.Ordinal);
        }

        Assert.Equal(TestTools.Features().Tools.Count, body["oneOf"]!.AsArray().Count);
    }

    [Fact]
    public void Every_reference_leads_somewhere_also_those_inside_a_tools_own_schema()
    {
        var document = Describe(new RestTwin("/mcp", new McpServer(TestTools.Options(), new McpFeatures([TestTools.Of("tree", (_, _) => TestTools.Text(""), Recursive)]))));
        var references = References(document).ToList();
        Assert.Contains("#/components/schemas/mcp_tree_arguments/$defs/node", references);
        Assert.Contains("#/components/schemas/mcp_tree_arguments", references);
        foreach (var reference in references)
        {
            var target = reference[2..].Split('/').Aggregate((JsonNode?)document, (node, step) => node?[step]);
            Assert.True(target is JsonObject, $"{reference} leads nowhere");
        }
    }

    [Fact]
    public void Operations_of_several_twins_differ_in_name_and_only_those_with_a_key_ask_for_it()
    {
        var document = Describe(Open(), new RestTwin("/sales/mcp", new McpServer(TestTools.Options(), TestTools.Features()), NeedsKey: true));
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(entry => (path.Key, Operation: entry.Value!))).ToList();
        Assert.Equal(operations.Count, operations.Select(entry => (string)entry.Operation["operationId"]!).Distinct(StringComparer.Ordinal).Count());
        Assert.All(operations, entry =>
        {
            var needsKey = entry.Key.StartsWith("/sales/", StringComparison.Ordinal);
            Assert.Equal(needsKey ? """[{"bearer":[]}]""" : "[]", entry.Operation["security"]!.ToJsonString());
            Assert.Equal(needsKey, entry.Operation["responses"]!["401"] is not null);
            Assert.Equal(needsKey, entry.Operation["responses"]!["429"] is not null);
        });
        Assert.Equal("http", (string?)document["components"]!["securitySchemes"]!["bearer"]!["type"]);
        Assert.Null(Describe(Open())["components"]!["securitySchemes"]);
    }

    [Fact]
    public void What_is_not_offered_is_not_described()
    {
        var paths = Describe(new RestTwin("/mcp", new McpServer(TestTools.Options(), new McpFeatures([TestTools.Of("a", (_, _) => TestTools.Text("a"))]))))["paths"]!;
        Assert.Equal(["/mcp/tools", "/mcp/tools/call"], paths.AsObject().Select(path => path.Key));
    }

    [Fact]
    public void It_is_made_once_for_what_is_offered_and_anew_when_that_changes()
    {
        var twin = Open();
        var document = new OpenApiDocument(Settings(twin));
        var first = document.Bytes();
        Assert.Same(first, document.Bytes());
        twin.Server.Publish(TestTools.Features(TestTools.Of("newcomer", (_, _) => TestTools.Text("hello"))));
        Assert.NotSame(first, document.Bytes());
        Assert.NotNull(JsonNode.Parse(document.Bytes())!["components"]!["schemas"]!["mcp_newcomer_call"]);
        Assert.Same(document.Bytes(), document.Bytes());
    }

    [Theory]
    [InlineData("""{"type":"object"}""", "{}")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}}}""", "{}")]
    [InlineData("""{"type":"object","required":["a","b"],"properties":{"a":{"type":"integer","minimum":3},"b":{"type":"array","items":{"type":"object","properties":{"c":{"type":"boolean"},"d":{}}}},"e":{}}}""", """{"a":3,"b":[{"c":false}]}""")]
    [InlineData("""{"type":"object","required":["a","b"],"properties":{"a":{"anyOf":[{"enum":["x","y"]},{"type":"array"}]},"b":{"type":["number","null"]}}}""", """{"a":"x","b":1}""")]
    [InlineData("""{"type":"object","required":["a","b"],"properties":{"a":{"type":"string","format":"date"},"b":{"type":"string","examples":["x","y"]}}}""", """{"a":"2025-01-01","b":"x"}""")]
    public void An_example_has_what_is_required(string schema, string sample) =>
        Assert.Equal(sample, SchemaSample.Of((JsonObject)JsonNode.Parse(schema)!).ToJsonString());

    private static RestTwin Open() => new("/mcp", new McpServer(TestTools.Options(), TestTools.Features()));

    private static OpenApiSettings Settings(params RestTwin[] twins) => new("Test", "1.0.0", "http://localhost", twins);

    private static JsonNode Describe(params RestTwin[] twins) => JsonNode.Parse(new OpenApiDocument(Settings(twins)).Bytes())!;

    private static JsonNode Operation(JsonNode document, string path) => document["paths"]![path]!["post"]!;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject entry => entry.SelectMany(member => member is { Key: "$ref", Value: JsonValue path } ? [(string)path!] : References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
