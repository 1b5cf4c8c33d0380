using Cartwright.Mcp.Http;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Cartwright.Mcp.Rest;

/// <summary>
/// The REST twin of one endpoint: the same tools, prompts and resources as plain HTTP. A call is answered with its result itself or
/// with problem details. To handlers it looks like a call of the newest legacy revision; what they report on the way is dropped.
/// </summary>
internal sealed partial class RestEndpoint(string path, McpServer server, ILogger logger)
{
    private readonly McpOptions _options = server.Options;
    private readonly Guard _guard = new(server.Options, logger, (http, error, status) => new RestProblem(status, error.Message).Write(http));
    private RestLists _lists = new(server.Features);

    /// <summary>Everything that is served, below the endpoint's own path.</summary>
    public IEnumerable<(string Pattern, string Method, Func<HttpContext, Task> Handle)> Routes() =>
    [
        ("/tools", HttpMethods.Get, http => RestAnswer.Write(http, Lists().Tools).AsTask()),
        ("/prompts", HttpMethods.Get, http => RestAnswer.Write(http, Lists().Prompts).AsTask()),
        ("/resources", HttpMethods.Get, http => RestAnswer.Write(http, Lists().Resources).AsTask()),
        ("/resources/read/{**uri}", HttpMethods.Get, ReadResource),
        ("/tools/call", HttpMethods.Post, CallTool),
        ("/prompts/get", HttpMethods.Post, GetPrompt),
    ];

    /// <summary>Answers a request of any method at an address that knows only one, beside HEAD and OPTIONS.</summary>
    public Task Serve(HttpContext http, string method, Func<HttpContext, Task> handle) => _guard.Run(http, _ =>
    {
        var asked = http.Request.Method;
        var isGet = HttpMethods.IsGet(method);
        if (HttpMethods.Equals(asked, method) || (isGet && HttpMethods.IsHead(asked)))
        {
            return handle(http);
        }

        var methods = isGet ? "GET, HEAD, OPTIONS" : $"{method}, OPTIONS";
        http.Response.Headers.Allow = methods;
        if (!HttpMethods.IsOptions(asked))
        {
            return new RestProblem(StatusCodes.Status405MethodNotAllowed, $"This address knows {methods}.").Write(http).AsTask();
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return _options.Cors ? Gate.Preflight(http, method) : Task.CompletedTask;
    });

    private Task CallTool(HttpContext http) => Post(http, Methods.CallTool, (call, features) =>
        features.ToolsByName.ContainsKey(call.Target)
            ? Run(call, async () => await Invocation.CallTool(server, call, features))
            : Unknown(http, "tool", call.Target, features.ToolsByName.Keys, "tools"));

    private Task GetPrompt(HttpContext http) => Post(http, Methods.GetPrompt, (call, features) =>
        features.PromptsByName.ContainsKey(call.Target)
            ? Run(call, async () => await Invocation.GetPrompt(server, call, features))
            : Unknown(http, "prompt", call.Target, features.PromptsByName.Keys, "prompts"));

    private async Task ReadResource(HttpContext http)
    {
        var (session, error) = await server.Sessions.Find(http);
        if (error is not null)
        {
            await new RestProblem(StatusCodes.Status404NotFound, error.Message).Write(http);
            return;
        }

        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var uris = ResourceUri.Candidates(target, http.GetRouteValue("uri") as string ?? string.Empty);
        if (uris[0].Length == 0)
        {
            await new RestProblem(
                StatusCodes.Status400BadRequest, $"The URI is missing: GET {path}/resources/read/ with the URI of the resource after it.").Write(http);
            return;
        }

        var features = server.Features;
        var call = Call(http, Message.OfResource(uris[0]), session);
        await Run(call, async () =>
        {
            foreach (var uri in uris)
            {
                var result = await Invocation.ReadResource(server, Call(http, Message.OfResource(uri), session), features);
                if (result.Error is not { Code: ErrorCodes.LegacyResourceNotFound, Kind: null })
                {
                    return result;
                }
            }

            return ReadResult.Fail(new McpError(
                ErrorCodes.LegacyResourceNotFound, $"Resource not found: {uris[0]}. GET {path}/resources lists what there is."));
        });
    }

    private async Task Post(HttpContext http, string method, Func<McpCall, McpFeatures, Task> run)
    {
        if (!IsJson(http.Request))
        {
            await new RestProblem(StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json, in UTF-8.").Write(http);
            return;
        }

        using var body = await RequestBody.Read(http.Request, _options.MaxBodyBytes, http.RequestAborted);
        if (body is null)
        {
            await new RestProblem(
                StatusCodes.Status413PayloadTooLarge, $"The body is larger than {_options.MaxBodyBytes} bytes.").Write(http);
            return;
        }

        // Arguments may be as deep as over MCP, where the envelope is one level more.
        var mistake = Message.TryReadParams(body.Bytes, _options.MaxDepth - 1, method, out var message);
        if (mistake is not null || message.Name is null)
        {
            await RestProblem.Of(mistake ?? McpError.InvalidParams(
                "name is required: the body is {\"name\": \"...\", \"arguments\": {...}}.")).Write(http);
            return;
        }

        var (session, error) = await server.Sessions.Find(http);
        if (error is not null)
        {
            await new RestProblem(StatusCodes.Status404NotFound, error.Message).Write(http);
            return;
        }

        await run(Call(http, message, session), server.Features);
    }

    private async Task Run(McpCall call, Func<Task<McpResult>> invoke)
    {
        var output = OutputBuffer.Rent();
        RestProblem? problem;
        try
        {
            problem = Write(await invoke(), output);
        }
        catch (OperationCanceledException) when (call.Aborted.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (server.Options.DescribeOutage?.Invoke(exception) is { } advice)
        {
            problem = new RestProblem(StatusCodes.Status503ServiceUnavailable, advice);
        }
        catch (Exception exception)
        {
            // A bug. Its text stays here: it may hold anything.
            LogFailure(exception, call.Method, call.Target);
            problem = new RestProblem(
                StatusCodes.Status500InternalServerError, "Internal error. Try again; the server's log has the details.");
        }

        await (problem is { } trouble ? trouble.Write(call.Http) : RestAnswer.Write(call.Http, output.Written));
        output.Return();
    }

    /// <summary>Writes the result; a problem when it is none.</summary>
    private static RestProblem? Write(McpResult result, OutputBuffer output)
    {
        if (result.Error is { } error)
        {
            return RestProblem.Of(error);
        }

        if (result.Input is not null)
        {
            return new RestProblem(
                StatusCodes.Status409Conflict,
                "This needs an answer from the user that a REST call cannot be asked for. Use another way, or call it over MCP.");
        }

        var tool = result as ToolResult;
        if (tool?.Advice is { } advice)
        {
            return RestProblem.Of(advice, tool.Kind);
        }

        var writer = output.Writer;
        if (tool?.TryWriteStructured(writer) != true)
        {
            writer.WriteStartObject();
            result.WriteMembers(writer);
            writer.WriteEndObject();
        }

        writer.Flush();
        return null;
    }

    private Task Unknown(HttpContext http, string kind, string name, IEnumerable<string> names, string list)
    {
        const int longest = 100;
        var shown = name.Length <= longest ? name : $"{name[..longest]}…";
        var near = NearNames.Of(name, names);
        var guess = near.Count == 0 ? "." : $"; did you mean {string.Join(" or ", near)}?";
        return new RestProblem(
            StatusCodes.Status404NotFound, $"There is no {kind} \"{shown}\"{guess} GET {path}/{list} lists what there is.").Write(http).AsTask();
    }

    private McpCall Call(HttpContext http, Message message, Session? session) =>
        new(server, message, new Caller(http, ProtocolVersions.NewestLegacy, session?.Id), NotificationSink.None);

    private RestLists Lists()
    {
        var lists = Volatile.Read(ref _lists);
        if (lists.Features != server.Features)
        {
            lists = new RestLists(server.Features);
            Volatile.Write(ref _lists, lists);
        }

        return lists;
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "{Method} {Target} over REST failed")]
    private partial void LogFailure(Exception exception, string method, string target);
}
