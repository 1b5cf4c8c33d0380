using System.Text.Json.Nodes;

namespace Cartwright.Mcp.Fixture;

/// <summary>The tools that ask the client for input before they finish.</summary>
internal static class InputTools
{
    public static IEnumerable<McpTool> All() =>
    [
        Of("test_input_required_result_elicitation", AskName),
        Of("test_input_required_result_sampling", call => call.GetInput("capital_question") is { } answer
            ? Done($"The model says: {answer["content"]?["text"]}")
            : Ask(("capital_question", Sampling("What is the capital of France?", 100)))),
        Of("test_input_required_result_list_roots", call => call.GetInput("client_roots") is { } roots
            ? Done($"Roots: {roots["roots"]?.ToJsonString()}")
            : Ask(("client_roots", Roots()))),
        Of("test_input_required_result_request_state", call => call.GetInput("confirm") is not null && call.State == "asked"
            ? Done("state-ok")
            : Ask("asked", ("confirm", Form("Please confirm", "ok", "boolean")))),
        Of("test_input_required_result_multiple_inputs", AskThree),
        Of("test_input_required_result_multi_round", AskTwice),
        Of("test_input_required_result_tampered_state", call => call.State == "asked"
            ? Done("state verified")
            : Ask("asked", ("confirm", Form("Please confirm", "ok", "boolean")))),
        Of("test_input_required_result_capabilities", call => call.GetInput("question") is not null
            ? Done("answered")
            : Ask(("question", call.ClientSupports("sampling") ? Sampling("Say something", 50) : Form("Say something", "text", "string")))),
        Of("test_streaming_elicitation", AskName),
    ];

    public static InputRequest Form(string message, string property, string type) => InputRequest.Elicitation(message, new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { [property] = new JsonObject { ["type"] = type } },
        ["required"] = new JsonArray(property),
    });

    public static InputRequired Question(string? state, params (string Key, InputRequest Request)[] requests) =>
        new(requests.ToDictionary(pair => pair.Key, pair => pair.Request, StringComparer.Ordinal), state);

    private static McpTool Of(string name, Func<McpCall, ToolResult> handle) =>
        Tools.Of(name, "Asks the client for input", (_, call) => ValueTask.FromResult(handle(call)));

    private static ToolResult AskName(McpCall call) => call.GetInput("user_name")?["content"]?["name"] is { } name
        ? Done($"Hello, {name}!")
        : Ask(("user_name", Form("What is your name?", "name", "string")));

    private static ToolResult AskThree(McpCall call)
    {
        var answers = new[] { "user_name", "greeting", "client_roots" }.Select(call.GetInput).ToList();
        return answers.TrueForAll(answer => answer is not null) && call.State == "three"
            ? Done("All three are here")
            : Ask(
                "three",
                ("user_name", Form("What is your name?", "name", "string")),
                ("greeting", Sampling("Generate a greeting", 50)),
                ("client_roots", Roots()));
    }

    private static ToolResult AskTwice(McpCall call) => call.State switch
    {
        "round 1" when call.GetInput("step1")?["content"]?["name"] is { } name =>
            Ask($"round 2 for {name}", ("step2", Form("Step 2: What is your favorite color?", "color", "string"))),
        { } state when state.StartsWith("round 2", StringComparison.Ordinal) && call.GetInput("step2") is not null => Done($"Finished {state}"),
        _ => Ask("round 1", ("step1", Form("Step 1: What is your name?", "name", "string"))),
    };

    private static InputRequest Sampling(string question, int tokens) => new("sampling/createMessage", new JsonObject
    {
        ["messages"] = new JsonArray(new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonObject { ["type"] = "text", ["text"] = question },
        }),
        ["maxTokens"] = tokens,
    });

    private static InputRequest Roots() => new("roots/list", []);

    private static ToolResult Done(string text) => ToolResult.Of(Content.Text(text));

    private static ToolResult Ask(params (string Key, InputRequest Request)[] requests) => Ask(state: null, requests);

    private static ToolResult Ask(string? state, params (string Key, InputRequest Request)[] requests) =>
        ToolResult.Ask(Question(state, requests));
}
