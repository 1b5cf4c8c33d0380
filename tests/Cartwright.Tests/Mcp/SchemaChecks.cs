using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Cartwright.Mcp;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Mcp;

/// <summary>Arguments against the schema that was published for them.</summary>
public sealed class SchemaChecks
{
    private const string Schema = """
        {"type":"object","properties":{
            "text":{"type":"string","minLength":2,"maxLength":4},
            "count":{"type":"integer","minimum":1,"maximum":9},
            "price":{"type":"number","minimum":0},
            "flag":{"type":"boolean"},
            "color":{"type":"string","enum":["red","green"]},
            "list":{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3},
            "colors":{"anyOf":[{"type":"string","enum":["red"]},{"type":"array","items":{"type":"string","enum":["red","green"]}}]},
            "inner":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false},
            "any":{}},
        "required":["text"],"additionalProperties":false}
        """;

    private static readonly (string Json, string? Mistake)[] Table =
    [
        ("""{"text":"abc"}""", null),
        ("""{"text":"äöüß","count":9,"price":0.01,"flag":true,"color":"red","list":[1],"colors":"red","inner":{"a":""},"any":[{"x":1}]}""", null),
        ("""{"text":"abc","count":null,"list":null,"inner":null}""", null),
        ("""{"text":"abc","count":5.0,"list":[1e0,-20.00e-1]}""", null),
        ("""{"text":"abc","count":0.0}""", "count must be a whole number from 1 to 9, not 0.0."),
        ("""{"text":"abc","list":[1e40]}""", "list[0] must be a whole number, not 1e40."),
        ("""{"text":"abc","colors":["green","red"]}""", null),
        ("""{"text":"😀😀😀😀"}""", null),
        ("""{"text":"😀"}""", "text must have 2 to 4 characters, not 1."),
        ("{}", "text is required."),
        ("""{"text":null}""", "text is required."),
        ("""{"text":7}""", "text must be a text, not 7."),
        ("""{"text":"a"}""", "text must have 2 to 4 characters, not 1."),
        ("""{"text":"abcde"}""", "text must have 2 to 4 characters, not 5."),
        ("""{"text":"abc","count":0}""", "count must be a whole number from 1 to 9, not 0."),
        ("""{"text":"abc","count":-1}""", "count must be a whole number from 1 to 9, not -1."),
        ("""{"text":"abc","count":1.5}""", "count must be a whole number from 1 to 9, not 1.5."),
        ("""{"text":"abc","count":"3"}""", "count must be a whole number from 1 to 9, not \"3\"."),
        ("""{"text":"abc","count":99999999999999999999}""", "count must be a whole number from 1 to 9, not 99999999999999999999."),
        ("""{"text":"abc","price":-0.5}""", "price must be a number of at least 0, not -0.5."),
        ("""{"text":"abc","price":1e999}""", "price must be a number of at least 0, not 1e999."),
        ("""{"text":"abc","flag":"yes"}""", "flag must be true or false, not \"yes\"."),
        ("""{"text":"abc","color":"blue"}""", "color must be one of \"red\", \"green\", not \"blue\"."),
        ("""{"text":"abc","list":[]}""", "list must have 1 to 3 entries, not 0."),
        ("""{"text":"abc","list":[1,2,3,4]}""", "list must have 1 to 3 entries, not 4."),
        ("""{"text":"abc","list":[1,"b",true]}""", "list[1] must be a whole number, not \"b\"; list[2] must be a whole number, not true."),
        ("""{"text":"abc","list":{}}""", "list must be a list."),
        ("""{"text":"abc","colors":["blue"]}""", "colors[0] must be one of \"red\", \"green\", not \"blue\"."),
        ("""{"text":"abc","colors":"green"}""", "colors must be one of \"red\", not \"green\"."),
        ("""{"text":"abc","inner":{}}""", "inner.a is required."),
        ("""{"text":"abc","inner":{"a":"","b":1}}""", "inner has no property \"b\"; it has a."),
        ("""{"text":"abc","inner":[]}""", "inner must be an object."),
        ("""{"text":"abc","txet":1}""", "the arguments object has no property \"txet\"; it has text, count, price, flag, color, list, colors, inner, any."),
        ("""{"text":"abc","text":"abc"}""", "text is there twice."),
        ("""{"text":"abc","inner":{"a":"x","\u0061":"y"}}""", "inner.a is there twice."),
        ("[]", "the arguments object must be an object."),
        ("7", "the arguments object must be an object, not 7."),
        ("""{"count":0,"flag":1}""", "count must be a whole number from 1 to 9, not 0; flag must be true or false, not 1; text is required."),
    ];

    private static readonly (JsonObject Schema, Func<byte[], object?> Read)[] Requests =
    [
        Request(CatalogToolJson.Default.ListProductsRequest),
        Request(CatalogToolJson.Default.GetProductRequest),
        Request(CartToolJson.Default.AddToCartRequest),
        Request(CartToolJson.Default.UpdateCartRequest),
        Request(CartToolJson.Default.ShowCartRequest),
    ];

    public static TheoryData<string> Rows => [.. Table.Select(row => row.Json)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_mistake_is_named_in_words(string json) => Assert.Equal(
        Table.Single(row => row.Json == json).Mistake,
        SchemaCheck.Of(Parse(Schema)).Find(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void However_many_mistakes_there_are_a_few_are_told()
    {
        var json = $"{{{string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"p{i}\":1"))}}}";
        Assert.Equal(10, SchemaCheck.Of(Parse(Schema)).Find(Encoding.UTF8.GetBytes(json))!.Split("; it has").Length - 1);
    }

    [Fact]
    public void No_JSON_makes_the_check_throw()
    {
        var check = SchemaCheck.Of(Parse(Schema));
        Prop.ForAll(Arb.From(Json.Near(Parse(Schema))), json =>
        {
            _ = check.Find(Encoding.UTF8.GetBytes(json));
            return true;
        }).Holds();
    }

    [Fact]
    public void What_passes_the_check_can_be_read()
    {
        var passed = 0;
        foreach (var (schema, read) in Requests)
        {
            var check = SchemaCheck.Of(schema);
            Prop.ForAll(Arb.From(Json.Near(schema)), json =>
            {
                if (check.Find(Encoding.UTF8.GetBytes(json)) is null)
                {
                    Assert.NotNull(read(Encoding.UTF8.GetBytes(json)));
                    passed++;
                }
            }).Holds();
        }

        // Else the property above says nothing.
        Assert.True(passed > 50, $"only {passed} values passed");
    }

    private static (JsonObject Schema, Func<byte[], object?> Read) Request<T>(JsonTypeInfo<T> type)
        where T : class => (ToolSchema.OfInput(type), json => ToolArguments.Read(json, type));

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    /// <summary>Random JSON that mostly follows a schema, so that both sides of a check are met.</summary>
    private static class Json
    {
        private static readonly string[] Numbers = ["0", "1", "-1", "9", "99", "100", "1.5", "1.0", "1e2", "-0", "1e400", "9223372036854775808", "0.000000000000000000000000000000000001"];

        public static Gen<string> Near(JsonObject schema) => Gen.Frequency((8, Fit(schema)), (1, Anything(3)));

        private static Gen<string> Fit(JsonObject schema) => Gen.Frequency(
            (1, Anything(2)),
            (1, Gen.Constant("null")),
            (18, (string?)(schema["type"] as JsonValue) switch
            {
                "object" => FitObject(schema),
                "array" => Gen.ListOf(Fit((JsonObject)schema["items"]!)).Select(items => $"[{string.Join(',', items.Take(4))}]"),
                "string" when schema["enum"] is JsonArray values => Gen.Elements(values.Select(value => value!.ToJsonString())),
                "string" => Text(),
                "integer" or "number" => Gen.Frequency((3, Gen.Choose(1, 50).Select(number => number.ToString())), (1, Gen.Elements(Numbers))),
                "boolean" => Gen.Elements("true", "false"),
                _ when schema["anyOf"] is JsonArray options => Gen.OneOf(options.Select(option => Fit((JsonObject)option!))),
                _ => Anything(2),
            }));

        private static Gen<string> FitObject(JsonObject schema)
        {
            var required = (schema["required"] as JsonArray ?? []).Select(name => (string)name!).ToList();
            var members = (schema["properties"] as JsonObject ?? []).Select(property => Gen.Frequency(
                (required.Contains(property.Key) ? 20 : 1, Fit((JsonObject)property.Value!).Select(value => $"{Quote(property.Key)}:{value}")),
                (1, Gen.Constant(""))));
            return from known in Gen.CollectToList(members, member => member)
                   from more in Gen.Frequency((12, Gen.Constant("")), (1, Text().Select(name => $"{name}:1")), (1, Gen.Constant(known.FirstOrDefault() ?? "")))
                   select $"{{{string.Join(',', known.Append(more).Where(member => member.Length > 0))}}}";
        }

        private static Gen<string> Anything(int depth)
        {
            var leaf = Gen.OneOf(Gen.Elements("null", "true", "false", "{}", "[]"), Gen.Elements(Numbers), Text());
            return depth == 0 ? leaf : Gen.Frequency(
                (2, leaf),
                (1, Gen.ListOf(Anything(depth - 1)).Select(items => $"[{string.Join(',', items.Take(4))}]")),
                (1, Gen.ListOf(Gen.Zip(Text(), Anything(depth - 1))).Select(members => $"{{{string.Join(',', members.Take(4).Select(member => $"{member.Item1}:{member.Item2}"))}}}")));
        }

        // Whole letters only: half surrogate pairs are refused before any check.
        private static Gen<string> Text() => ArbMap.Default.GeneratorFor<string>()
            .Select(text => Quote(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""))));

        private static string Quote(string text) => JsonValue.Create(text).ToJsonString();
    }
}
