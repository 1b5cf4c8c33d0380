namespace Cartwright.Mcp.Fixture;

internal static class FixtureResources
{
    public static IReadOnlyList<McpResource> All() =>
    [
        Text("test://static-text", "This is the content of the static text resource."),
        new McpResource("test://static-binary", "static-binary", "image/png", _ => Read(
            ResourceContents.Binary("test://static-binary", "image/png", FixtureTools.Png))) { Description = "An image" },
        Text("test://watched-resource", "Watch me"),
    ];

    public static IReadOnlyList<McpResourceTemplate> Templates() =>
    [
        new McpResourceTemplate("test://template/{id}/data", "template", "application/json", (variables, _) =>
        {
            var id = variables["id"];
            var json = $$"""{"id":"{{id}}","templateTest":true,"data":"Data for ID: {{id}}"}""";
            return ValueTask.FromResult<ReadResult?>(new ReadResult(ResourceContents.Text($"test://template/{id}/data", "application/json", json)));
        }) { Description = "Data of an id" },
    ];

    private static McpResource Text(string uri, string text) =>
        new(uri, uri["test://".Length..], "text/plain", _ => Read(ResourceContents.Text(uri, "text/plain", text))) { Description = "A text" };

    private static ValueTask<ReadResult> Read(ResourceContents contents) => ValueTask.FromResult(new ReadResult(contents));
}

internal static class FixturePrompts
{
    public static McpPrompt Extra { get; } = Of("test_extra_prompt", [], _ => [Says("extra")]);

    public static List<McpPrompt> All() =>
    [
        Of("test_simple_prompt", [], _ => [Says("This is a simple prompt for testing.")]),
        Of(
            "test_prompt_with_arguments",
            [new PromptArgument("arg1", "First", Required: true), new PromptArgument("arg2", "Second", Required: true)],
            arguments => [Says($"Prompt with arguments: arg1='{arguments["arg1"]}', arg2='{arguments["arg2"]}'")]) with
        {
            Complete = (_, typed, _) => ValueTask.FromResult<IReadOnlyList<string>>(
                [.. new[] { "test-one", "test-two", "other" }.Where(value => value.StartsWith(typed, StringComparison.Ordinal))]),
        },
        Of(
            "test_prompt_with_embedded_resource",
            [new PromptArgument("resourceUri", "What to embed", Required: true)],
            arguments =>
            [
                new PromptMessage(Content.Embedded(
                    ResourceContents.Text(arguments["resourceUri"], "text/plain", "Embedded resource content for testing."))),
                Says("Please process the embedded resource above."),
            ]),
        Of("test_prompt_with_image", [], _ =>
            [new PromptMessage(Content.Image(FixtureTools.Png, "image/png")), Says("Please analyze the image above.")]),
        new McpPrompt("test_input_required_result_prompt", [], (_, call) => ValueTask.FromResult(
            call.GetInput("user_context")?["content"]?["context"] is { } context
                ? new PromptResult([Says($"Context: {context}")])
                : PromptResult.Ask(InputTools.Question(
                    null, ("user_context", InputTools.Form("What context should the prompt use?", "context", "string"))))))
        { Description = "Asks first" },
    ];

    private static McpPrompt Of(
        string name, IReadOnlyList<PromptArgument> arguments, Func<IReadOnlyDictionary<string, string>, IReadOnlyList<PromptMessage>> messages) =>
        new(name, arguments, (values, _) => ValueTask.FromResult(new PromptResult(messages(values)))) { Description = $"The prompt {name}" };

    private static PromptMessage Says(string text) => new(Content.Text(text));
}
