using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Chat;

/// <summary>
/// An OpenAI-compatible server over real HTTP that answers what a test has written down, one answer for each request, and checks of every
/// request what holds for all: each tool message answers a call, each call is answered.
/// </summary>
internal sealed class ScriptedModel : IAsyncDisposable
{
    public const string Key = "sk-test-key-of-the-model";

    private readonly WebApplication _app;
    private readonly Queue<Func<HttpContext, Task>> _answers = [];
    private readonly List<string> _flaws = [];
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedModel()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(Answer);
    }

    /// <summary>The base URL, as OPENAI_BASE_URL has it.</summary>
    public Uri Address { get; private set; } = null!;

    public List<JsonNode> Requests { get; } = [];

    public List<string?> Authorizations { get; } = [];

    /// <summary>Bytes that are sent at a time; chunks end somewhere in between.</summary>
    public int PieceSize { get; set; } = 4096;

    public static async Task<ScriptedModel> Start()
    {
        var model = new ScriptedModel();
        await model._app.StartAsync();
        model.Address = new Uri(new Uri(model._app.Urls.First()), "/v1");
        return model;
    }

    /// <summary>A finished answer in these pieces.</summary>
    public ScriptedModel Says(params string[] pieces) =>
        Then(http => Send(http, [.. pieces.Select(Text), Finish("stop"), Usage(100, 10), "[DONE]"]));

    /// <summary>Asks for calls, whose arguments come in pieces of five characters, one call after the other.</summary>
    public ScriptedModel Calls(params (string Id, string Tool, string Arguments)[] calls) => Then(http => Send(http, [.. CallPieces(calls), Finish("tool_calls"), Usage(200, 20), "[DONE]"]));

    /// <summary>The events (data of each) as they are, without anything after them.</summary>
    public ScriptedModel Sends(params string[] events) => Then(http => Send(http, events));

    /// <summary>The events, then the connection breaks; what is under way may get lost with it.</summary>
    public ScriptedModel SendsAndBreaks(params string[] events) => SendsAndBreaks(Task.CompletedTask, events);

    /// <summary>The same, not before something has come about.</summary>
    public ScriptedModel SendsAndBreaks(Task moment, params string[] events) => Then(async http =>
    {
        await Send(http, events);
        await moment.WaitAsync(Mcp.Wire.Patience);
        http.Abort();
    });

    /// <summary>The events; then nothing more comes until the client goes away.</summary>
    public ScriptedModel SendsAndHangs(params string[] events) => Then(async http =>
    {
        await Send(http, events);
        _written.TrySetResult();
        await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    });

    /// <summary>Completes when the events of the next hanging answer are on their way.</summary>
    public Task Hanging()
    {
        _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _written.Task.WaitAsync(Mcp.Wire.Patience);
    }

    public ScriptedModel Refuses(int status, string? body = null, params (string Name, string Value)[] headers) => Then(async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(body ?? $$$"""{"error":{"message":"scripted {{{status}}}","type":"t","code":null}}""");
    });

    public ScriptedModel Then(Func<HttpContext, Task> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public static string Text(string text) => Chunk(new JsonObject { ["content"] = text });

    public static string Finish(string reason) => Chunk([], reason);

    public static string Usage(int input, int output) =>
        $$$"""{"id":"c1","object":"chat.completion.chunk","created":1,"model":"scripted","choices":[],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":{{{output}}},"total_tokens":{{{input + output}}}}}""";

    public static string Call(int? index, string? id, string? name, string? arguments)
    {
        var function = new JsonObject();
        if (name is not null)
        {
            function["name"] = name;
        }

        if (arguments is not null)
        {
            function["arguments"] = arguments;
        }

        var call = new JsonObject();
        if (index is not null)
        {
            call["index"] = index;
        }

        if (id is not null)
        {
            (call["id"], call["type"]) = (id, "function");
        }

        call["function"] = function;
        return Chunk(new JsonObject { ["tool_calls"] = new JsonArray(call) });
    }

    /// <summary>The messages of a request as "role: text", with calls as "name(arguments)#id" and answers as "#id".</summary>
    public string[] Messages(int request) => [.. Requests[request]["messages"]!.AsArray().Skip(1).Select(message =>
    {
        var calls = string.Concat((message!["tool_calls"]?.AsArray() ?? []).Select(call => $" {call!["function"]!["name"]}({call["function"]!["arguments"]})#{call["id"]}"));
        var answers = message["tool_call_id"] is { } id ? $" #{id}" : "";
        return $"{message["role"]}{answers}: {message["content"]}{calls}";
    })];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Assert.Empty(_flaws);
        Assert.Empty(_answers);
    }

    private static string Chunk(JsonObject delta, string? finish = null) => new JsonObject
    {
        ["id"] = "c1",
        ["object"] = "chat.completion.chunk",
        ["created"] = 1,
        ["model"] = "scripted",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    }.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static IEnumerable<string> CallPieces((string Id, string Tool, string Arguments)[] calls)
    {
        for (var index = 0; index < calls.Length; index++)
        {
            var (id, tool, arguments) = calls[index];
            yield return Call(index, id, tool, "");
            foreach (var piece in arguments.Chunk(5))
            {
                yield return Call(index, null, null, new string(piece));
            }
        }
    }

    private async Task Send(HttpContext http, IEnumerable<string> events)
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));
        foreach (var piece in bytes.Chunk(PieceSize))
        {
            await http.Response.Body.WriteAsync(piece);
            await http.Response.Body.FlushAsync();
        }
    }

    private async Task Answer(HttpContext http)
    {
        var body = (await JsonNode.ParseAsync(http.Request.Body))!;
        Func<HttpContext, Task>? answer;
        lock (_answers)
        {
            Requests.Add(body);
            Authorizations.Add(http.Request.Headers.Authorization);
            if (http.Request.Path != "/v1/chat/completions" || http.Request.Method != "POST")
            {
                _flaws.Add($"{http.Request.Method} {http.Request.Path}");
            }

            if (Flaw(body["messages"]!.AsArray()) is { } flaw)
            {
                _flaws.Add($"{flaw}: {body.ToJsonString()}");
            }

            _ = _answers.TryDequeue(out answer);
        }

        if (answer is null)
        {
            lock (_answers)
            {
                _flaws.Add($"Nothing is written down for request {Requests.Count}: {body.ToJsonString()}");
            }

            http.Response.StatusCode = 418;
            return;
        }

        await answer(http);
    }

    /// <summary>Written anew, and not by the code under test.</summary>
    private static string? Flaw(JsonArray messages)
    {
        var open = new List<string>();
        foreach (var message in messages)
        {
            var role = (string)message!["role"]!;
            if (role == "tool")
            {
                if (!open.Remove((string)message["tool_call_id"]!))
                {
                    return "a tool message that answers no call";
                }
            }
            else if (open.Count > 0)
            {
                return "a call without an answer";
            }

            open.AddRange((message["tool_calls"]?.AsArray() ?? []).Select(call => (string)call!["id"]!));
            if (open.Distinct(StringComparer.Ordinal).Count() != open.Count)
            {
                return "two calls of one id";
            }
        }

        return open.Count > 0 ? "a call without an answer" : (string?)messages[^1]!["role"] is "assistant" ? "nothing to answer" : null;
    }
}
