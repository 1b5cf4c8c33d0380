using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Cartwright.Mcp;

namespace Cartwright.Tests.Mcp;

/// <summary>Schemas made from request and result types.</summary>
public sealed class ToolSchemas
{
    [Fact]
    public void An_input_schema_is_closed_bounded_and_has_no_nulls()
    {
        const string expected = """
            {"type":"object","properties":{
                "name":{"description":"Whom","type":"string","minLength":1,"maxLength":20},
                "places":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"count":{"description":"How many","type":"integer","default":1,"minimum":1,"maximum":9}},
                    "required":["id"],"additionalProperties":false},"minItems":1,"maxItems":3},
                "sort":{"type":"string","enum":["up","down"]},
                "price":{"type":"number"},
                "region":{"type":"string","x-mcp-header":"Region"}},
            "required":["name"],"additionalProperties":false}
            """;
        AssertSame(expected, ToolSchema.OfInput(SchemaJson.Default.Wish));
    }

    [Fact]
    public void An_output_schema_is_open_and_requires_what_is_always_there()
    {
        const string expected = """
            {"type":"object","properties":{"id":{"type":"string"},"note":{"type":"string"},"count":{"type":"integer"}},"required":["id","count"]}
            """;
        AssertSame(expected, ToolSchema.OfOutput(SchemaJson.Default.Answer));
    }

    [Fact]
    public void A_tool_says_all_three_annotations_for_each_behaviour()
    {
        Assert.Equal("""{"title":"T","readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}""", Hints(ToolBehaviour.Reads));
        Assert.Equal("""{"title":"T","readOnlyHint":false,"destructiveHint":false,"idempotentHint":false,"openWorldHint":false}""", Hints(ToolBehaviour.Adds));
        Assert.Equal("""{"title":"T","readOnlyHint":false,"destructiveHint":true,"idempotentHint":true,"openWorldHint":false}""", Hints(ToolBehaviour.Overwrites));

        static string Hints(ToolBehaviour behaviour) => McpTool.Create(
            new ToolDeclaration("t", "T", "A tool", behaviour),
            SchemaJson.Default.Wish,
            SchemaJson.Default.Answer,
            (_, _) => TestTools.Text("")).Describe()["annotations"]!.ToJsonString();
    }

    private static void AssertSame(string expected, JsonObject actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
}

internal sealed record Wish
{
    [Description("Whom")]
    [Size(1, 20)]
    public required string Name { get; init; }

    [Size(1, 3)]
    public IReadOnlyList<Place>? Places { get; init; }

    [AllowedValues("up", "down")]
    public string? Sort { get; init; }

    public decimal? Price { get; init; }

    [HeaderMirror("Region")]
    public string? Region { get; init; }
}

internal sealed record Place(string Id, [property: Description("How many"), Range(1, 9)] int Count = 1);

internal sealed record Answer(string Id, string? Note, int Count);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Wish))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class SchemaJson : JsonSerializerContext;
