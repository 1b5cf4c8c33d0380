using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Cartwright.Mcp.Wire;

// Longer than most: every method of the protocol and how it is answered, as one table to be read against the specification.

/// <summary>Answers one request: finds what the method names, runs it, writes the JSON-RPC response.</summary>
internal sealed partial class Dispatcher(McpServer server, ILogger logger)
{
    private static readonly byte[] EmptyResult = "{}"u8.ToArray();

    /// <summary>Writes the complete response message into <paramref name="output"/>.</summary>
    /// <returns>The error, when it is one: its HTTP status depends on the era.</returns>
    public async ValueTask<McpError?> Answer(McpCall call, OutputBuffer output)
    {
        output.Append("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Append(call.Message.Id.Span);
        output.Append(",\"result\":"u8);
        McpError? error;
        try
        {
            error = await Run(call, output);
        }
        catch (OperationCanceledException) when (call.Aborted.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (server.Options.DescribeOutage?.Invoke(exception) is { } advice)
        {
            error = new McpError(ErrorCodes.InternalError, advice);
        }
        catch (Exception exception)
        {
            // A bug. Its text stays here: it may hold anything.
            LogFailure(exception, call.Method, call.Target);
            error = new McpError(ErrorCodes.InternalError, "Internal error. Try again; the server's log has the details.");
        }

        if (error is null)
        {
            output.Append("}"u8);
        }
        else
        {
            output.Clear();
            WriteError(output, call.Message.Id, error);
        }

        return error;
    }

    /// <summary>Writes an error response; the id is left out when the request had none that could be read.</summary>
    public static void WriteError(OutputBuffer output, ReadOnlyMemory<byte> id, McpError error)
    {
        var writer = output.Writer;
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (!id.IsEmpty)
        {
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(id.Span, skipInputValidation: true);
        }

        writer.WriteStartObject("error"u8);
        writer.WriteNumber("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (error.ErrorData is not null)
        {
            writer.WritePropertyName("data"u8);
            error.ErrorData.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }

    private ValueTask<McpError?> Run(McpCall call, OutputBuffer output)
    {
        var encoded = server.Encoded;
        var features = encoded.Features;
        return call.Method switch
        {
            Methods.CallTool when features.Tools.Count > 0 => CallTool(call, features, output),
            Methods.ListTools when features.Tools.Count > 0 => Done(List(encoded.Tools, call, output)),
            Methods.ReadResource when features.HasResources => ReadResource(call, features, output),
            Methods.ListResources when features.HasResources => Done(List(encoded.Resources, call, output)),
            Methods.ListTemplates when features.HasResources => Done(List(encoded.Templates, call, output)),
            Methods.GetPrompt when features.Prompts.Count > 0 => GetPrompt(call, features, output),
            Methods.ListPrompts when features.Prompts.Count > 0 => Done(List(encoded.Prompts, call, output)),
            Methods.Complete when features.HasCompletion => Complete(call, features, output),
            Methods.Discover when call.IsModern => Done(Copy(encoded.Discovery, output)),
            Methods.SubscribeResource or Methods.UnsubscribeResource when !call.IsModern && server.Options.ResourceSubscriptions => Subscribe(call, output),
            _ when !call.IsModern => Done(RunLegacy(call, encoded, output)),
            _ => Done(McpError.MethodNotFound(call.Method)),
        };
    }

    private McpError? RunLegacy(McpCall call, EncodedFeatures encoded, OutputBuffer output)
    {
        switch (call.Method)
        {
            case Methods.Initialize:
                encoded.DescribeInitialization(call.ProtocolVersion).WriteTo(output.Writer);
                output.Writer.Flush();
                return null;
            case Methods.Ping:
                return Copy(EmptyResult, output);
            case Methods.SetLogLevel when server.Options.Logging:
                if (LogLevels.Parse(Param(call, "level")) is not { } level)
                {
                    return McpError.InvalidParams("params.level must be one of the levels of RFC 5424, e.g. info.");
                }

                server.Notes.SetLogLevel(call.SessionId, level);
                return Copy(EmptyResult, output);
            default:
                return McpError.MethodNotFound(call.Method);
        }
    }

    private async ValueTask<McpError?> Subscribe(McpCall call, OutputBuffer output)
    {
        if (call.Message.Uri is not { } uri)
        {
            return McpError.InvalidParams("params.uri is required.");
        }

        var isWanted = call.Method == Methods.SubscribeResource;
        if (server.Options.SessionSubscriptions is { } kept && call.SessionId is { } id && server.Sessions.Verify(id) is { } expires)
        {
            await kept.Set(id, uri, isWanted, expires, call.Aborted);
        }

        server.Notes.SetSubscribed(call.SessionId, uri, isWanted);
        return Copy(EmptyResult, output);
    }

    private async ValueTask<McpError?> CallTool(McpCall call, McpFeatures features, OutputBuffer output) =>
        Finish(await Invocation.CallTool(server, call, features), call, output);

    private async ValueTask<McpError?> ReadResource(McpCall call, McpFeatures features, OutputBuffer output) =>
        Finish(await Invocation.ReadResource(server, call, features), call, output, cached: true);

    private async ValueTask<McpError?> GetPrompt(McpCall call, McpFeatures features, OutputBuffer output) =>
        Finish(await Invocation.GetPrompt(server, call, features), call, output);

    private static async ValueTask<McpError?> Complete(McpCall call, McpFeatures features, OutputBuffer output)
    {
        const int mostValues = 100;
        var parameters = JsonText.AsObject(call.Message.Params.Span);
        if (parameters?["ref"] is not JsonObject reference || parameters["argument"] is not JsonObject argument)
        {
            return McpError.InvalidParams("params.ref and params.argument must be objects.");
        }

        var (name, uri) = (Text(reference["name"]), Text(reference["uri"]));
        var completer = Text(reference["type"]) switch
        {
            "ref/prompt" when name is not null && features.PromptsByName.TryGetValue(name, out var prompt) => prompt.Complete ?? NoValues,
            "ref/resource" when features.Templates.FirstOrDefault(template => template.UriTemplate == uri) is { } template =>
                template.Complete ?? NoValues,
            "ref/resource" when uri is not null && features.ResourcesByUri.ContainsKey(uri) => NoValues,
            _ => null,
        };
        if (completer is null || Text(argument["name"]) is not { } argumentName)
        {
            return McpError.InvalidParams("params.ref names no prompt or resource template, or params.argument has no name.");
        }

        var context = (parameters["context"] as JsonObject)?["arguments"] as JsonObject ?? [];
        var resolved = context.ToDictionary(entry => entry.Key, entry => Text(entry.Value) ?? string.Empty, StringComparer.Ordinal);
        var values = await completer(argumentName, Text(argument["value"]) ?? string.Empty, resolved);
        var writer = OpenResult(output);
        writer.WriteStartObject("completion"u8);
        writer.WriteStartArray("values"u8);
        foreach (var value in values.Take(mostValues))
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
        writer.WriteNumber("total"u8, values.Count);
        writer.WriteBoolean("hasMore"u8, values.Count > mostValues);
        writer.WriteEndObject();
        if (call.IsModern)
        {
            writer.WriteString("resultType"u8, "complete"u8);
        }

        writer.WriteEndObject();
        writer.Flush();
        return null;

        static ValueTask<IReadOnlyList<string>> NoValues(string argument, string typed, IReadOnlyDictionary<string, string> resolved) =>
            ValueTask.FromResult<IReadOnlyList<string>>([]);
    }

    private McpError? Finish(McpResult result, McpCall call, OutputBuffer output, bool cached = false)
    {
        if (result.Error is not null)
        {
            return result.Error;
        }

        if (result.Input is { } input)
        {
            return FinishWithQuestion(result, input, call, output);
        }

        var writer = OpenResult(output);
        result.WriteMembers(writer);
        if (call.IsModern)
        {
            writer.WriteString("resultType"u8, "complete"u8);
            if (cached && result is not ReadResult { IsLive: true } && call.Message.RequestState is null && call.Message.InputResponses.IsEmpty)
            {
                writer.WriteNumber("ttlMs"u8, (long)server.Options.CacheLifetime.TotalMilliseconds);
                writer.WriteString("cacheScope"u8, server.Options.CachePublic ? "public"u8 : "private"u8);
            }
            else if (cached)
            {
                // The caller's own, or made from the caller's input: the members are required, and nobody may reuse it.
                writer.WriteNumber("ttlMs"u8, 0);
                writer.WriteString("cacheScope"u8, "private"u8);
            }
        }

        WriteMeta(result, call, writer);
        writer.WriteEndObject();
        writer.Flush();
        return null;
    }

    private McpError? FinishWithQuestion(McpResult result, InputRequired input, McpCall call, OutputBuffer output)
    {
        var missing = input.Requests.Values.Select(request => request.Capability).Where(name => !call.ClientSupports(name)).Distinct().ToList();
        if (!call.IsModern && result is ToolResult)
        {
            // Older revisions would need a request to the client inside a session; the model can still be told.
            return Finish(
                ToolResult.Fail("This needs an answer from the user that this client cannot be asked for. Use another way."), call, output);
        }

        if (!call.IsModern || missing.Count > 0)
        {
            return McpError.MissingCapability(missing);
        }

        var writer = OpenResult(output);
        writer.WriteString("resultType"u8, "input_required"u8);
        if (input.Requests.Count > 0)
        {
            writer.WriteStartObject("inputRequests"u8);
            foreach (var (key, request) in input.Requests)
            {
                writer.WriteStartObject(key);
                writer.WriteString("method"u8, request.Method);
                writer.WritePropertyName("params"u8);
                request.Parameters.WriteTo(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        if (input.State is not null)
        {
            writer.WriteString("requestState"u8, server.States.Seal(input.State, call));
        }

        WriteMeta(result, call, writer);
        writer.WriteEndObject();
        writer.Flush();
        return null;
    }

    private void WriteMeta(McpResult result, McpCall call, Utf8JsonWriter writer)
    {
        if (!call.IsModern && !result.HasMeta)
        {
            return;
        }

        writer.WriteStartObject("_meta"u8);
        if (call.IsModern)
        {
            writer.WritePropertyName("io.modelcontextprotocol/serverInfo"u8);
            writer.WriteRawValue(server.Encoded.ServerInfo, skipInputValidation: true);
        }

        result.WriteMeta(writer);
        writer.WriteEndObject();
    }

    private static McpError? List(ListPages pages, McpCall call, OutputBuffer output)
    {
        var page = pages.Find(call.Message.Cursor, call.IsModern);
        return page is null ? McpError.InvalidParams("params.cursor is not one that this list gave out: start again without it.") : Copy(page, output);
    }

    private static McpError? Copy(byte[] result, OutputBuffer output)
    {
        output.Append(result);
        return null;
    }

    private static Utf8JsonWriter OpenResult(OutputBuffer output)
    {
        output.Writer.WriteStartObject();
        return output.Writer;
    }

    private static ValueTask<McpError?> Done(McpError? error) => ValueTask.FromResult(error);

    private static string? Param(McpCall call, string name) => new RequestMeta(call.Message.Params).GetString(name);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Method} {Target} failed")]
    private partial void LogFailure(Exception exception, string method, string target);
}
