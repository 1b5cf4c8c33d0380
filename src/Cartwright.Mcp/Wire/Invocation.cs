using System.Text.Json.Nodes;

namespace Cartwright.Mcp.Wire;

/// <summary>
/// Finds what a call names and has its handler answer: the common part of JSON-RPC and the REST twin. What is not there, or not
/// asked for rightly, is a result with an error.
/// </summary>
internal static class Invocation
{
    public static async ValueTask<ToolResult> CallTool(McpServer server, McpCall call, McpFeatures features)
    {
        if (call.Message.Name is not { } name)
        {
            return ToolResult.Fail(McpError.InvalidParams("params.name is required."));
        }

        if (!features.ToolsByName.TryGetValue(name, out var tool))
        {
            return ToolResult.Fail(McpError.InvalidParams($"Unknown tool: {name}"));
        }

        if (OpenState(server, call) is { } error)
        {
            return ToolResult.Fail(error);
        }

        try
        {
            return await tool.Invoke(call.Message.Arguments, call);
        }
        catch (Exception exception) when (server.Options.DescribeOutage?.Invoke(exception) is { } advice)
        {
            return ToolResult.Fail(advice, FailureKind.Unavailable);
        }
    }

    public static async ValueTask<ReadResult> ReadResource(McpServer server, McpCall call, McpFeatures features)
    {
        if (call.Message.Uri is not { } uri)
        {
            return ReadResult.Fail(McpError.InvalidParams("params.uri is required."));
        }

        if (OpenState(server, call) is { } error)
        {
            return ReadResult.Fail(error);
        }

        // Libraries that parse URIs put a slash behind one that has no path.
        if (features.ResourcesByUri.TryGetValue(uri, out var resource) || features.ResourcesByUri.TryGetValue(uri.TrimEnd('/'), out resource))
        {
            return await resource.Read(call);
        }

        foreach (var template in features.Templates)
        {
            if (template.Match(uri) is { } variables && await template.Read(variables, call) is { } result)
            {
                return result;
            }
        }

        return ReadResult.Fail(McpError.ResourceNotFound(uri, call.IsModern));
    }

    public static async ValueTask<PromptResult> GetPrompt(McpServer server, McpCall call, McpFeatures features)
    {
        if (call.Message.Name is not { } name)
        {
            return PromptResult.Fail(McpError.InvalidParams("params.name is required."));
        }

        if (!features.PromptsByName.TryGetValue(name, out var prompt))
        {
            return PromptResult.Fail(McpError.InvalidParams($"Unknown prompt: {name}"));
        }

        if (Strings(call.Message.Arguments) is not { } arguments)
        {
            return PromptResult.Fail(McpError.InvalidParams("params.arguments has an argument twice."));
        }

        var missing = prompt.Arguments.Where(argument => argument.Required && !arguments.ContainsKey(argument.Name)).ToList();
        if (missing.Count > 0)
        {
            return PromptResult.Fail(McpError.InvalidParams($"Missing arguments: {string.Join(", ", missing.Select(argument => argument.Name))}"));
        }

        return OpenState(server, call) is { } error ? PromptResult.Fail(error) : await prompt.Get(arguments, call);
    }

    /// <summary>Checks the state that the client brings back, and gives the handler its text.</summary>
    private static McpError? OpenState(McpServer server, McpCall call)
    {
        if (call.Message.RequestState is not { } sealedState)
        {
            return null;
        }

        call.State = server.States.Open(sealedState, call);
        return call.State is null
            ? McpError.InvalidParams("requestState was changed, belongs to another call or has expired: make the call again without it.")
            : null;
    }

    private static Dictionary<string, string>? Strings(ReadOnlyMemory<byte> json)
    {
        var entries = json.IsEmpty ? [] : JsonText.AsObject(json.Span);
        return entries?.Where(entry => entry.Value is not null).ToDictionary(
            entry => entry.Key,
            entry => entry.Value is JsonValue value && value.TryGetValue<string>(out var text) ? text : entry.Value!.ToJsonString(),
            StringComparer.Ordinal);
    }
}
