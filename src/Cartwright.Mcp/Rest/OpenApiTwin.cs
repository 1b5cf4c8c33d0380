using System.Text.Json.Nodes;

namespace Cartwright.Mcp.Rest;

/// <summary>
/// One REST twin in an OpenAPI document. All tools share one operation, because they share one address: its body is one of several
/// schemas, told apart by the constant <c>name</c>, each with its tool's arguments; its answer is one of the tools' results.
/// </summary>
/// <param name="schemas">The document's schemas, to which those of the tools and prompts are added.</param>
internal sealed class OpenApiTwin(RestTwin twin, McpFeatures features, JsonObject schemas)
{
    private static readonly string[] OfList = ["403", "500"];
    private static readonly string[] OfRead = ["400", "403", "404", "409", "500"];
    private static readonly string[] OfCall = ["400", "403", "404", "409", "413", "415", "422", "500", "503"];

    /// <summary>What names of this twin begin with: they are unique in the document.</summary>
    private readonly string _prefix = OpenApiParts.Word(twin.Path.Trim('/'));

    private string Title => twin.Server.Options.Title ?? twin.Server.Options.Name;

    public JsonNode Tag() => new JsonObject { ["name"] = Title }.With("description", twin.Server.Options.Instructions);

    public void AddPaths(JsonObject paths)
    {
        Add(paths, "/tools", "get", List("list_tools", "List the tools", "ToolList"));
        if (features.Tools.Count > 0)
        {
            Add(paths, "/tools/call", "post", CallTool());
        }

        if (features.Prompts.Count > 0)
        {
            Add(paths, "/prompts", "get", List("list_prompts", "List the prompts", "PromptList"));
            Add(paths, "/prompts/get", "post", GetPrompt());
        }

        if (features.HasResources)
        {
            Add(paths, "/resources", "get", List("list_resources", "List the resources and the templates of resources", "ResourceList"));
            Add(paths, "/resources/read/{uri}", "get", ReadResource());
        }
    }

    private JsonObject List(string name, string summary, string schema) =>
        Operation(name, summary, OpenApiParts.Json(summary, OpenApiParts.Ref(schema)), OfList);

    private JsonObject ReadResource()
    {
        var operation = Operation(
            "read_resource", "Read a resource", OpenApiParts.Json("What is in the resource", OpenApiParts.Ref("ResourceContents")), OfRead);
        operation["parameters"] = new JsonArray(
            new JsonObject
            {
                ["name"] = "uri",
                ["in"] = "path",
                ["required"] = true,
                ["description"] = "The URI of the resource, percent-encoded",
                ["schema"] = new JsonObject { ["type"] = "string" },
            },
            OpenApiParts.SessionParameter());
        return operation;
    }

    private JsonObject CallTool()
    {
        var calls = new List<(string Name, string Title, string Description, string Schema, JsonObject Example)>();
        var results = new JsonArray();
        foreach (var tool in features.Tools)
        {
            var (name, title, description, _) = tool.Declaration;
            var key = $"{_prefix}_{OpenApiParts.Word(name)}";
            schemas[$"{key}_arguments"] = OpenApiParts.Component(tool.InputSchema, $"{key}_arguments");
            var arguments = OpenApiParts.Ref($"{key}_arguments");
            var isRequired = tool.InputSchema["required"] is JsonArray { Count: > 0 };
            schemas[$"{key}_call"] = Call(name, description, arguments, isRequired);
            calls.Add((name, title, description, $"{key}_call", new JsonObject { ["name"] = name, ["arguments"] = SchemaSample.Of(tool.InputSchema) }));
            if (tool.OutputSchema is { } output)
            {
                schemas[$"{key}_result"] = OpenApiParts.Component(output, $"{key}_result");
                results.Add((JsonNode)OpenApiParts.Ref($"{key}_result"));
            }
        }

        if (features.Tools.Any(tool => tool.OutputSchema is null))
        {
            results.Add((JsonNode)OpenApiParts.Ref("ToolContent"));
        }

        // Results are open objects, so that one may fit the schemas of several tools: any, not one.
        var answer = OpenApiParts.Json("The structured result of the tool itself", new JsonObject { ["anyOf"] = results });
        var operation = Operation("call_tool", "Call a tool", answer, OfCall);
        operation["description"] = Choice("The tools:", calls.Select(call => (call.Name, call.Description)));
        operation["parameters"] = new JsonArray(OpenApiParts.SessionParameter());
        operation["requestBody"] = OneOf(calls.Select(call => (call.Name, call.Title, call.Schema, call.Example)));
        return operation;
    }

    private JsonObject GetPrompt()
    {
        var calls = new List<(string Name, string Title, string Schema, JsonObject Example)>();
        foreach (var prompt in features.Prompts)
        {
            var arguments = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
            foreach (var argument in prompt.Arguments)
            {
                arguments["properties"]![argument.Name] = new JsonObject { ["type"] = "string", ["description"] = argument.Description };
            }

            string[] required = [.. prompt.Arguments.Where(argument => argument.Required).Select(argument => argument.Name)];
            if (required.Length > 0)
            {
                arguments["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
            }

            var key = $"{_prefix}_{OpenApiParts.Word(prompt.Name)}_prompt";
            var example = new JsonObject { ["name"] = prompt.Name, ["arguments"] = SchemaSample.Of(arguments) };
            schemas[key] = Call(prompt.Name, prompt.Description ?? prompt.Name, arguments, required.Length > 0);
            calls.Add((prompt.Name, prompt.Title ?? prompt.Name, key, example));
        }

        var answer = OpenApiParts.Json("The prompt's messages", OpenApiParts.Ref("PromptMessages"));
        var operation = Operation("get_prompt", "Get a prompt", answer, OfCall);
        operation["description"] = Choice("The prompts:", features.Prompts.Select(prompt => (prompt.Name, prompt.Description ?? prompt.Name)));
        operation["parameters"] = new JsonArray(OpenApiParts.SessionParameter());
        operation["requestBody"] = OneOf(calls);
        return operation;
    }

    private JsonObject Operation(string name, string summary, JsonObject answer, string[] problems)
    {
        var responses = new JsonObject { ["200"] = answer };
        foreach (var status in problems.Concat(twin.NeedsKey ? ["401", "429"] : []).Order(StringComparer.Ordinal))
        {
            responses[status] = new JsonObject { ["$ref"] = $"#/components/responses/{status}" };
        }

        return new JsonObject
        {
            ["tags"] = new JsonArray(Title),
            ["operationId"] = $"{_prefix}_{name}",
            ["summary"] = summary,
            ["responses"] = responses,
            ["security"] = twin.NeedsKey ? new JsonArray(new JsonObject { [OpenApiParts.Bearer] = new JsonArray() }) : new JsonArray(),
        };
    }

    private void Add(JsonObject paths, string path, string method, JsonObject operation) =>
        paths[$"{twin.Path}{path}"] = new JsonObject { [method] = operation };

    private static JsonObject Call(string name, string description, JsonObject arguments, bool isRequired) => new()
    {
        ["title"] = name,
        ["description"] = description,
        ["type"] = "object",
        ["required"] = isRequired ? new JsonArray("name", "arguments") : new JsonArray("name"),
        ["properties"] = new JsonObject
        {
            ["name"] = new JsonObject { ["type"] = "string", ["const"] = name },
            ["arguments"] = arguments,
            ["_meta"] = new JsonObject { ["type"] = "object", ["description"] = "Hints, the same as over MCP" },
        },
    };

    private static JsonObject OneOf(IEnumerable<(string Name, string Title, string Schema, JsonObject Example)> calls)
    {
        var (choices, mapping, examples) = (new JsonArray(), new JsonObject(), new JsonObject());
        foreach (var (name, title, schema, example) in calls)
        {
            choices.Add((JsonNode)OpenApiParts.Ref(schema));
            mapping[name] = OpenApiParts.PathOf(schema);
            examples[OpenApiParts.Word(name)] = new JsonObject { ["summary"] = title, ["value"] = example };
        }

        var body = new JsonObject
        {
            ["schema"] = new JsonObject
            {
                ["oneOf"] = choices,
                ["discriminator"] = new JsonObject { ["propertyName"] = "name", ["mapping"] = mapping },
            },
            ["examples"] = examples,
        };
        return new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/json"] = body } };
    }

    private static string Choice(string heading, IEnumerable<(string Name, string Description)> entries) =>
        $"{heading}\n\n{string.Join('\n', entries.Select(entry => $"- `{entry.Name}`: {entry.Description.ReplaceLineEndings(" ")}"))}";
}
