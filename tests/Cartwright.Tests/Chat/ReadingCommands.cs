using System.Text.Json;
using System.Text.Json.Nodes;
using Cartwright.Chat.Commands;
using Cartwright.Tests.Mcp;
using FsCheck.Fluent;

namespace Cartwright.Tests.Chat;

/// <summary>What is typed after a command.</summary>
public sealed class ReadingCommands
{
    private static readonly IReadOnlyList<ArgumentSchema> Schemas = ArgumentSchema.Of(JsonDocument.Parse("""
        {
          "type": "object",
          "properties": {
            "query": { "type": "string", "description": "Words" },
            "n": { "type": ["integer", "null"] },
            "price": { "type": "number" },
            "exact": { "type": "boolean" },
            "light": { "anyOf": [{ "type": "string", "enum": ["Low", "High, direct"] }, { "type": "array", "items": { "enum": ["Low", "High, direct"] } }] },
            "ids": { "type": "array", "items": { "type": "integer" } },
            "items": { "type": "array", "items": { "$ref": "#/$defs/Item" } }
          },
          "required": ["query"],
          "$defs": { "Item": { "type": "object" } }
        }
        """).RootElement);

    [Theory]
    [InlineData("query=fern", """{"query":"fern"}""")]
    [InlineData("fern of  'the house'", """{"query":"fern of the house"}""")]
    [InlineData("query=\"a \\\"b\\\" c\" n=5", """{"query":"a \"b\" c","n":5}""")]
    [InlineData("query='5' price=9.50 exact=true", """{"query":"5","price":9.50,"exact":true}""")]
    [InlineData("query=a=b", """{"query":"a=b"}""")]
    [InlineData("light=Low", """{"light":"Low"}""")]
    [InlineData("light=Low,x", """{"light":["Low","x"]}""")]
    [InlineData("light=\"High, direct\"", """{"light":"High, direct"}""")]
    [InlineData("light=Low light='High, direct'", """{"light":["Low","High, direct"]}""")]
    [InlineData("ids=1,2", """{"ids":[1,2]}""")]
    [InlineData("ids=[3]", """{"ids":[3]}""")]
    [InlineData("items=[{\"product_id\": \"a b\", \"x\": \"]\"}] n=1", """{"items":[{"product_id":"a b","x":"]"}],"n":1}""")]
    [InlineData("unknown=1", """{"unknown":"1"}""")]
    [InlineData("query=", """{"query":""}""")]
    public void Words_become_arguments_of_the_types_of_the_schema(string line, string json)
    {
        var (arguments, problem) = Read(line);
        Assert.Null(problem);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), arguments), arguments.ToJsonString());
    }

    [Theory]
    [InlineData("n=five", "n takes integer, not \"five\".")]
    [InlineData("exact=maybe", "exact takes boolean, not \"maybe\": true, false.")]
    [InlineData("query=a fern", "\"fern\" is not key=value")]
    [InlineData("query=\"a", "is not closed")]
    [InlineData("items=[{\"a\": 1", "is not closed")]
    [InlineData("items=[{a}]", "items is not right as JSON")]
    [InlineData("items=fern", "items takes JSON")]
    public void What_cannot_be_read_is_answered_with_advice(string line, string advice) =>
        Assert.Contains(advice, Read(line).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("=[")]
    [InlineData("[draft].json")]
    [InlineData("{a")]
    [InlineData("non\u00a0breaking\u2003spaces")]
    [InlineData("")]
    public void A_word_that_could_be_read_otherwise_is_quoted(string text) => Assert.True(IsReadAsItWas(text));

    [Fact]
    public void A_quoted_word_is_read_as_it_was() => Prop.ForAll(
        Gen.OneOf(Gen.Elements<char>([.. "[]{}=\"'\\ \t\u00a0a,"]), ArbMap.Default.GeneratorFor<char>().Where(letter => !char.IsControl(letter)))
            .ArrayOf().Select(letters => new string(letters)).ToArbitrary(),
        IsReadAsItWas).Holds();

    [Theory]
    [InlineData("/modle", "/model")]
    [InlineData("/tool", "/tools")]
    [InlineData("/promtp", "/prompt")]
    [InlineData("/ex", "/export")]
    [InlineData("/qiut", "/quit")]
    public void An_unknown_command_names_the_nearest(string typed, string meant) =>
        Assert.Contains($"did you mean {meant}?", CommandList.Unknown(typed), StringComparison.Ordinal);

    [Theory]
    [InlineData("/tools", "/tools")]
    [InlineData("/CALL x y", "/call")]
    [InlineData("/usr/bin is a path", null)]
    [InlineData("hello /tools", null)]
    [InlineData("//comment", null)]
    [InlineData("/* comment */", null)]
    [InlineData("/?", "/?")]
    [InlineData("/", "/")]
    public void A_line_is_a_command_when_it_begins_with_a_slash_and_a_word(string line, string? name) => Assert.Equal(name, CommandList.Split(line)?.Name);

    [Theory]
    [InlineData("shop://report/{month}", "shop://report/2026-0", "shop://report/", "month", "2026-0", "")]
    [InlineData("a://{x}/b/{y}.json", "a://1/b/2", "a://1/b/", "y", "2", ".json")]
    [InlineData("a://{x}/b/{y}.json", "a://1", "a://", "x", "1", "/b/")]
    public void A_template_tells_which_variable_is_being_typed(string template, string typed, string before, string name, string prefix, string after)
    {
        var place = UriTemplate.Find(template, typed)!;
        Assert.Equal((before, name, prefix, after), (place.Before, place.Name, place.Prefix, place.After));
    }

    private static bool IsReadAsItWas(string text) =>
        CommandLine.Split($"x {CommandLine.Quote(text)} y") is [_, var word, _] && word.Text == text && !word.IsOpen;

    private static (JsonObject Arguments, string? Problem) Read(string line)
    {
        var (named, problem) = NamedArguments.Read(CommandLine.Split(line), "query", Schemas.Select(schema => schema.Name));
        return problem is null ? named.Json(Schemas) : ([], problem);
    }
}
