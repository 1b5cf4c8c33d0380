using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cartwright.Mcp.Rest;

/// <summary>What every twin's part of an OpenAPI document refers to.</summary>
internal static partial class OpenApiParts
{
    public const string Bearer = "bearer";

    private static readonly (string Status, string Meaning)[] Problems =
    [
        ("400", "The body, the name or the arguments are wrong; detail says how"),
        ("401", "The bearer key is missing or wrong"),
        ("403", "This host name or this page's origin may not call"),
        ("404", "What the request names is not there: tool, prompt, resource, session, or what the tool was to look at"),
        ("409", "The state of things does not allow it, or the call would have to ask the user something"),
        ("413", "The body is too large"),
        ("415", "The body is not application/json"),
        ("422", "The tool could not do it; detail says why"),
        ("429", "Too many wrong keys came from this address: Retry-After says how many seconds to wait"),
        ("500", "A fault of the server"),
        ("503", "It cannot be done right now, and nothing was changed: Retry-After says after how many seconds to try again"),
    ];

    /// <summary>The shared part of <c>components</c>.</summary>
    public static JsonObject Components()
    {
        var responses = new JsonObject();
        foreach (var (status, meaning) in Problems)
        {
            responses[status] = new JsonObject
            {
                ["description"] = meaning,
                ["content"] = new JsonObject { [RestProblem.ContentType] = new JsonObject { ["schema"] = Ref("Problem") } },
            };
        }

        return new JsonObject { ["schemas"] = JsonNode.Parse(OpenApiSchemas.Json), ["responses"] = responses };
    }

    public static JsonObject SessionParameter() => new()
    {
        ["name"] = Http.McpHeaders.SessionId,
        ["in"] = "header",
        ["required"] = false,
        ["description"] = "The session of an MCP client that calls over REST too",
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    /// <summary>A response whose body is JSON.</summary>
    public static JsonObject Json(string description, JsonObject schema) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } },
    };

    public static JsonObject Ref(string schema) => new() { ["$ref"] = PathOf(schema) };

    public static string PathOf(string schema) => $"#/components/schemas/{schema}";

    /// <summary>A copy of a schema that stood alone: what it refers to inside itself is somewhere else now.</summary>
    public static JsonObject Component(JsonObject schema, string name)
    {
        var copy = (JsonObject)schema.DeepClone();

        // With an id of its own it stays a document of its own.
        if (!copy.ContainsKey("$id"))
        {
            Rebase(copy, PathOf(name));
        }

        return copy;
    }

    /// <summary>The text with nothing in it but what names of components and operations may have.</summary>
    public static string Word(string text) => NotInWords().Replace(text, "_");

    private static void Rebase(JsonNode? node, string root)
    {
        switch (node)
        {
            case JsonObject schema:
                if (schema["$ref"] is JsonValue value && value.TryGetValue<string>(out var path) && path is "#" or ['#', '/', ..])
                {
                    schema["$ref"] = root + path[1..];
                }

                foreach (var (_, member) in schema)
                {
                    Rebase(member, root);
                }

                break;
            case JsonArray list:
                foreach (var entry in list)
                {
                    Rebase(entry, root);
                }

                break;
        }
    }

    [GeneratedRegex("[^A-Za-z0-9_-]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInWords();
}
