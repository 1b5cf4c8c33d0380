using System.Text.Json.Nodes;
using Cartwright.Mcp;

namespace Cartwright.Tests.Mcp;

/// <summary>Answers that become event streams, and those that do not.</summary>
public sealed class Streaming
{
    private static readonly JsonObject Token = new() { ["progressToken"] = "p-1" };

    [Fact]
    public async Task Progress_turns_an_answer_into_a_stream_when_the_client_gave_a_token()
    {
        await using var host = await McpHost.Start();
        var reply = await host.Wire.CallTool("progress", "{}", Token);
        Assert.True(reply.IsStream);
        Assert.Equal(200, reply.Status);
        Assert.Equal("no", reply.Header("X-Accel-Buffering"));
        Assert.Contains("no-cache", reply.Header("Cache-Control")!, StringComparison.Ordinal);
        Assert.Equal(3, reply.Messages.Count);
        Assert.Equal(
            """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p-1","progress":1,"total":2,"message":"Half-way"}}""",
            reply.Messages[0].ToJsonString());
        Assert.Equal(2, (int)reply.Messages[1]["params"]!["progress"]!);
        Assert.Equal("complete", (string?)reply.Result["resultType"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"progressToken":null}""")]
    public async Task Without_a_token_there_is_no_progress(string meta)
    {
        await using var host = await McpHost.Start();
        var reply = await host.Wire.CallTool("progress", "{}", (JsonObject)JsonNode.Parse(meta)!);
        Assert.False(reply.IsStream);
        Assert.Single(reply.Messages);
        Assert.Equal("done", (string?)reply.Result["content"]![0]!["text"]);
    }

    [Theory]
    [InlineData(AnswerFraming.Auto, "application/json, text/event-stream", false, true)]
    [InlineData(AnswerFraming.Auto, "text/event-stream", true, true)]
    [InlineData(AnswerFraming.Auto, "application/json", false, false)]
    [InlineData(AnswerFraming.Auto, "*/*", false, true)]
    [InlineData(AnswerFraming.Auto, "", false, true)]
    [InlineData(AnswerFraming.Json, "application/json, text/event-stream", false, false)]
    [InlineData(AnswerFraming.Json, "text/event-stream", false, false)]
    [InlineData(AnswerFraming.Sse, "application/json, text/event-stream", true, true)]
    [InlineData(AnswerFraming.Sse, "application/json", false, false)]
    [InlineData(AnswerFraming.Sse, "*/*", true, true)]
    public async Task The_framing_follows_the_setting_and_what_the_client_takes(AnswerFraming framing, string accept, bool plainStreams, bool progressStreams)
    {
        await using var host = await McpHost.Start(TestTools.Options(framing: framing));
        (string, string)[] headers = accept.Length == 0 ? [] : [("Accept", accept)];
        var plain = await host.Wire.AskTool("echo", "{}", headers);
        var progress = await host.Wire.Ask("tools/call", """{"name":"progress","_meta":{"progressToken":7}}""", headers);
        Assert.Equal(plainStreams, plain.IsStream);
        Assert.Equal(progressStreams, progress.IsStream);
        Assert.Equal(progressStreams ? 3 : 1, progress.Messages.Count);
        Assert.NotNull(plain.Result["content"]);
        Assert.Equal("done", (string?)progress.Result["content"]![0]!["text"]);
    }

    [Fact]
    public async Task A_refused_request_is_never_a_stream()
    {
        await using var host = await McpHost.Start(TestTools.Options(framing: AnswerFraming.Sse));
        var unknown = await host.Wire.Call("no/such");
        Assert.Equal((404, -32601, false), (unknown.Status, unknown.Code, unknown.IsStream));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("nonsense", 0)]
    [InlineData("error", 0)]
    [InlineData("warning", 1)]
    [InlineData("debug", 2)]
    public async Task Modern_clients_get_log_messages_of_the_level_they_ask_for_and_else_none(string? level, int messages)
    {
        await using var host = await McpHost.Start();
        var meta = level is null ? [] : new JsonObject { ["io.modelcontextprotocol/logLevel"] = level };
        var reply = await host.Wire.CallTool("log", "{}", meta);
        Assert.Equal(messages, reply.Messages.Count(message => (string?)message["method"] == "notifications/message"));
        Assert.Equal(messages > 0, reply.IsStream);
    }

    [Fact]
    public async Task Legacy_clients_get_log_messages_from_info_on_until_they_set_a_level_for_their_session()
    {
        await using var host = await McpHost.Start();
        var (loud, quiet) = (await host.Wire.Initialize(), await host.Wire.Initialize());
        await host.Wire.Ask("logging/setLevel", """{"level":"debug"}""", loud);
        await host.Wire.Ask("logging/setLevel", """{"level":"error"}""", quiet);
        Assert.Equal(3, (await host.Wire.AskTool("log", "{}", loud)).Messages.Count);
        Assert.Single((await host.Wire.AskTool("log", "{}", quiet)).Messages);
        Assert.Equal(2, (await host.Wire.AskTool("log")).Messages.Count);
    }

    [Fact]
    public async Task An_exception_after_the_stream_began_ends_it_with_an_error_without_its_text()
    {
        await using var host = await McpHost.Start();
        var reply = await host.Wire.CallTool("crash_late", "{}", Token);
        Assert.True(reply.IsStream);
        Assert.Equal(2, reply.Messages.Count);
        Assert.Equal(-32603, reply.Code);
        Assert.DoesNotContain(TestTools.Secret, reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_goes_away_cancels_its_call(bool streaming)
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var wait = TestTools.Of("wait", async (_, call) =>
        {
            await call.ReportProgress(1);
            started.SetResult();
            using var registered = call.Aborted.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, call.Aborted);
            return ToolResult.Of();
        });
        await using var host = await McpHost.Start(new McpServer(TestTools.Options(), TestTools.Features(wait)));
        using var leaving = new CancellationTokenSource();
        using var http = new HttpClient { BaseAddress = host.Wire.Address };
        using var body = Wire.Json($$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait"{{{(streaming ? ",\"_meta\":{\"progressToken\":1}" : "")}}}}}""");
        var call = http.PostAsync(new Uri("/mcp", UriKind.Relative), body, leaving.Token);
        await started.Task.WaitAsync(Wire.Patience);
        Assert.False(cancelled.Task.IsCompleted);
        await leaving.CancelAsync();
        await cancelled.Task.WaitAsync(Wire.Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(200, (await host.Wire.Ask("ping")).Status);
    }

    [Fact]
    public async Task Reports_from_several_tasks_do_not_mix_their_events()
    {
        var many = TestTools.Of("many", async (_, call) =>
        {
            await Task.WhenAll(Enumerable.Range(1, 50).Select(i => Task.Run(async () => await call.ReportProgress(i, text: new string('x', 300)))));
            return ToolResult.Of();
        });
        await using var host = await McpHost.Start(new McpServer(TestTools.Options(), TestTools.Features(many)));
        var reply = await host.Wire.CallTool("many", "{}", Token);
        Assert.Equal(Enumerable.Range(1, 50), reply.Messages.SkipLast(1).Select(message => (int)message["params"]!["progress"]!).Order());
        Assert.NotNull(reply.Result);
    }
}
