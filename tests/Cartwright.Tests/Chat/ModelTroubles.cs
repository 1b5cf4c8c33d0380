using System.Net.Sockets;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Models;
using Cartwright.Server.Sales;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Sales;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Tests.Chat;

/// <summary>Everything that an endpoint of a model can do wrong, and what the user is told.</summary>
public sealed class ModelTroubles(SharedHost host) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task A_busy_endpoint_is_asked_again_when_it_says()
    {
        await using var chat = await Open();
        chat.Model.Refuses(429, null, ("Retry-After", "7")).Refuses(503, null, ("Retry-After", "Sun, 01 Mar 2026 12:00:20 GMT")).Refuses(429, null, ("retry-after-ms", "1500")).Says("There.");
        Assert.Equal("[wait 7]\n[wait 20]\n[wait 1.5]\nThere.[100+10 0.0003]", await chat.Transcript("Hello?"));
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1.5)], chat.Time.Waits);
        Assert.All(chat.Model.Requests, request => Assert.Equal(chat.Model.Requests[0].ToJsonString(), request.ToJsonString()));
    }

    [Theory]
    [InlineData(429, "wants to be asked less often")]
    [InlineData(500, "has trouble of its own (HTTP 500)")]
    [InlineData(502, "has trouble of its own (HTTP 502)")]
    public async Task After_four_tries_it_is_given_up(int status, string advice)
    {
        await using var chat = await Open();
        chat.Model.Refuses(status).Refuses(status).Refuses(status).Refuses(status);
        var transcript = await chat.Transcript("Hello?");
        Assert.StartsWith("[wait 1]\n[wait 2]\n[wait 4]\n[", transcript, StringComparison.Ordinal);
        Assert.Contains(advice, transcript, StringComparison.Ordinal);
        Assert.Empty(chat.Conversation.Messages);
    }

    [Theory]
    [InlineData("3600", "asks to wait 60 minutes")]
    [InlineData("Sun, 01 Mar 2026 12:30:00 GMT", "asks to wait 30 minutes")]
    public async Task A_long_wait_is_left_to_the_user(string after, string advice)
    {
        await using var chat = await Open();
        chat.Model.Refuses(429, null, ("Retry-After", after));
        Assert.Contains(advice, await chat.Transcript("Hello?"), StringComparison.Ordinal);
        Assert.Empty(chat.Time.Waits);
    }

    [Fact]
    public async Task A_connection_that_is_reset_while_it_is_made_is_one_that_broke()
    {
        var error = new SocketException((int)SocketError.NotConnected);
        var settings = new ModelSettings("a key of someone", "a-model", new Uri("http://localhost:1/v1"), Prices: null);
        Assert.Equal("the connection broke", ModelTrouble.Of(error, "a-model", settings, new Shop.FakeTime())?.Reason);
        using var client = new EndpointClient(settings.Endpoint, key: null);
        await Assert.ThrowsAsync<ConnectionProblem>(() => client.Ask<int>(TimeSpan.FromMinutes(1), _ => throw error, default));
    }

    [Fact]
    public async Task A_connection_that_breaks_before_anything_was_shown_is_made_again()
    {
        await using var chat = await Open();
        chat.Model
            .SendsAndBreaks()
            .SendsAndBreaks(ScriptedModel.Call(0, "1", "echo", "{\"a"), ScriptedModel.Text(""))
            .Sends()
            .Calls(("1", "echo", "{}"))
            .SendsAndBreaks()
            .Says("Echo.");
        Assert.Equal("[wait 1]\n[wait 2]\n[wait 4]\n[asked 1]\n[1 echo {}]\n[1 done]\n[wait 1]\nEcho.[300+30 0.0009]", await chat.Transcript("Hello?"));
    }

    [Fact]
    public async Task What_was_shown_before_a_connection_broke_is_kept()
    {
        await using var chat = await Open();
        var shown = new TaskCompletionSource();
        chat.Model.SendsAndBreaks(shown.Task, ScriptedModel.Text("The best"), ScriptedModel.Text(" one is ")).Says("the fern.");
        var events = new List<ChatEvent>();
        await foreach (var happened in chat.Conversation.Say("Best?"))
        {
            events.Add(happened);
            _ = happened is TextDelta { Text: " one is " } && shown.TrySetResult();
        }

        Assert.StartsWith("The best one is [The answer broke off (", ChatBench.Transcript(events), StringComparison.Ordinal);
        Assert.Empty(chat.Time.Waits);
        await chat.Say("Go on");
        Assert.Equal(["user: Best?", "assistant: The best one is ", "user: Go on"], chat.Model.Messages(1));
    }

    [Fact]
    public async Task Calls_that_were_cut_off_after_text_are_not_made()
    {
        await using var chat = await Open();
        chat.Model.Sends(ScriptedModel.Text("Let me see. "), ScriptedModel.Call(0, "1", "echo", "{}"));
        Assert.StartsWith("Let me see. [The answer broke off (the endpoint ended its answer early): ", await chat.Transcript("Best?"), StringComparison.Ordinal);
        Assert.Equal([new Message("user", "Best?"), new Message("assistant", "Let me see. ")], chat.Conversation.Messages);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_stream_is_one_too()
    {
        await using var chat = await Open();
        chat.Model.Sends("""{"error":{"message":"overloaded","code":"server_error"}}""").Sends("this is no JSON").Says("There.");
        Assert.Contains("none of chat completions", await chat.Transcript("Hello?"), StringComparison.Ordinal);
        Assert.Equal("There.[100+10 0.0003]", await chat.Transcript("Hello?"));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(1)]
    public async Task What_the_endpoint_says_in_the_middle_of_a_stream_is_told(int pieceSize)
    {
        await using var chat = await Open();
        chat.Model.PieceSize = pieceSize;
        const string Overloaded = """{"id":"c1","choices":[],"error":{"message":"Provider overloaded, try model B\u001b[2J","code":502}}""";
        chat.Model.Sends(Overloaded).Sends(Overloaded).Sends(Overloaded).Sends(Overloaded);
        Assert.Matches(@"^\[wait 1\]\n\[wait 2\]\n\[wait 4\]\n\[http\S+ has trouble of its own \(HTTP 502\): try again later\. It says: Provider overloaded, try model B␛\[2J\]\n\[end\]", await chat.Transcript("Hello?"));
        chat.Model.Sends(ScriptedModel.Text("The \"error\" is "), """{"error":"out of memory"}""", "[DONE]");
        Assert.StartsWith("The \"error\" is [The answer broke off (the endpoint reported an error: out of memory): ", await chat.Transcript("Hello?"), StringComparison.Ordinal);
        chat.Model.Sends("""{"error":{"message":"Bad sk-test-key-of-the-model","code":401}}""");
        Assert.Contains("does not take the key", await chat.Transcript("Hello?"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-test-key-of-the-model."}}""", "does not take the key in OPENAI_API_KEY")]
    [InlineData(403, """{"error":{"message":"No access for sk-test-key-of-the-model"}}""", "may not use scripted at")]
    [InlineData(404, """{"error":{"message":"The model `scripted` does not exist","code":"model_not_found"}}""", "There is no model scripted at")]
    [InlineData(404, """{"error":"model 'scripted' not found, try pulling it first"}""", "There is no model scripted at")]
    [InlineData(404, "<html>", "has no chat completions (HTTP 404): check OPENAI_BASE_URL, which usually ends in /v1.")]
    [InlineData(405, "", "has no chat completions")]
    [InlineData(301, "", "has no chat completions")]
    [InlineData(400, """{"error":{"message":"registry.example/scripted does not support tools","type":"api_error"}}""", "choose a model with tool calling")]
    [InlineData(400, """[{"error":{"message":"Function calling is not enabled for this model"}}]""", "choose a model with tool calling")]
    [InlineData(400, """{"error":{"message":"maximum context length is 8192 tokens","code":"context_length_exceeded"}}""", "too long for scripted: /clear it")]
    [InlineData(400, """{"error":{"message":"\u001b]0;evil\u0007 bad"}}""", "refuses the request (HTTP 400). It says: ␛]0;evil␇ bad")]
    [InlineData(400, """{"detail":5}""", "refuses the request (HTTP 400).")]
    [InlineData(402, "", "has no credit left")]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}""", "has no credit left")]
    public async Task A_refusal_becomes_one_line_that_says_what_to_do(int status, string body, string advice)
    {
        await using var chat = await Open();
        chat.Model.Refuses(status, body, status == 301 ? [("Location", "https://elsewhere.example/")] : []);
        var failed = Assert.IsType<TurnFailed>((await chat.Say("Hello?"))[0]);
        Assert.Contains(advice, failed.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Advice);
        Assert.DoesNotContain(ScriptedModel.Key, failed.Advice, StringComparison.Ordinal);
        Assert.Empty(chat.Conversation.Messages);
    }

    [Theory]
    [InlineData("text/html", "<html>Welcome</html>")]
    [InlineData("application/json", """{"choices":[{"message":{"content":"not streamed"}}]}""")]
    public async Task An_answer_that_is_no_stream_says_that_the_address_is_wrong(string type, string body)
    {
        await using var chat = await Open();
        chat.Model.Then(http =>
        {
            http.Response.ContentType = type;
            return http.Response.WriteAsync(body);
        });
        Assert.Contains("check OPENAI_BASE_URL, which usually ends in /v1", await chat.Transcript("Hello?"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/v1", "Nothing listens at http://127.0.0.1:1/v1")]
    [InlineData("http://no-such-host.invalid/v1", "No host is called no-such-host.invalid")]
    public async Task An_endpoint_that_is_not_there_is_not_waited_for(string address, string advice)
    {
        await using var chat = await ChatBench.Open(
            new Uri(host.Wire.Address, "/mcp"), change: settings => settings with { Model = settings.Model! with { Endpoint = new Uri(address) } });
        Assert.Contains(advice, await chat.Transcript("Hello?"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_a_word_leaves_the_advice_readable()
    {
        await using var chat = await ChatBench.Open(
            new Uri(host.Wire.Address, "/mcp"),
            change: settings => settings with { Model = settings.Model! with { Key = "local", Endpoint = new Uri("http://localhost:1/v1?secret=x") } });
        Assert.StartsWith("[Nothing listens at http://localhost:1/v1: check OPENAI_BASE_URL", await chat.Transcript("Hello?"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("length", "The answer is cut off: scripted may write no more at a time.")]
    [InlineData("content_filter", "content filter")]
    public async Task An_answer_that_ends_early_says_why(string reason, string advice)
    {
        await using var chat = await Open();
        chat.Model.Sends(ScriptedModel.Text("A part"), ScriptedModel.Finish(reason), "[DONE]");
        var transcript = await chat.Transcript("Long?");
        Assert.StartsWith("A part[", transcript, StringComparison.Ordinal);
        Assert.Contains(advice, transcript, StringComparison.Ordinal);
        Assert.Equal("A part", chat.Conversation.Messages[^1].Text);
    }

    [Fact]
    public async Task An_empty_answer_is_said_to_be_one()
    {
        await using var chat = await Open();
        chat.Model.Sends(ScriptedModel.Finish("stop"), "[DONE]");
        Assert.Equal("[scripted answered nothing: ask again, or choose another model.]\n[end]", await chat.Transcript("Hello?"));
        Assert.Empty(chat.Conversation.Messages);
    }

    [Fact]
    public async Task Calls_are_told_apart_however_an_endpoint_numbers_them()
    {
        await using var chat = await Open();
        chat.Model
            .Sends(
                // No index, whole calls, ids alone tell them apart; then the id with every piece; then no id.
                ScriptedModel.Call(null, "x", "echo", """{"n":1}"""),
                ScriptedModel.Call(null, "y", "echo", """{"n":2}"""),
                ScriptedModel.Call(3, "z", "echo", """{"n":"""),
                ScriptedModel.Call(3, "z", "", "3}"),
                ScriptedModel.Call(4, "", "echo", """{"n":4}"""),
                ScriptedModel.Finish("tool_calls"))
            .Says("Four.");
        await chat.Say("Count");
        Assert.Equal("""assistant:  echo({"n":1})#x echo({"n":2})#y echo({"n":3})#z echo({"n":4})#call_4""", chat.Model.Messages(1)[1]);
    }

    [Fact]
    public async Task Usage_is_added_up_and_may_be_missing()
    {
        await using var chat = await Open();
        chat.Model.Sends(ScriptedModel.Text("Free."), ScriptedModel.Finish("stop"), "[DONE]");
        Assert.Equal("Free.[end]", await chat.Transcript("Hello?"));
    }

    private Task<ChatBench> Open() => ChatBench.Open(new Uri(host.Wire.Address, "/mcp"));
}

/// <summary>A turn that is stopped in the middle.</summary>
public sealed class StoppedTurns
{
    [Fact]
    public async Task The_part_that_was_shown_is_kept()
    {
        await using var shop = await MerchantShop.Start();
        await using var chat = await ChatBench.Open(new Uri(shop.Wire.Address, BackOffice.Path), MerchantShop.Key);
        chat.Model.SendsAndHangs(ScriptedModel.Text("As far as ")).Says("Fine.");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in chat.Conversation.Say("How far?", stop.Token))
            {
                Assert.Equal(new TextDelta("As far as "), happened);
                await stop.CancelAsync();
            }
        });
        await chat.Say("Go on");
        Assert.Equal(["user: How far?", "assistant: As far as ", "user: Go on"], chat.Model.Messages(1));
    }

    [Fact]
    public async Task A_turn_of_which_nothing_was_shown_leaves_no_trace()
    {
        await using var shop = await MerchantShop.Start();
        await using var chat = await ChatBench.Open(new Uri(shop.Wire.Address, BackOffice.Path), MerchantShop.Key);
        var hanging = chat.Model.Hanging();
        chat.Model.SendsAndHangs(ScriptedModel.Call(0, "1", "top_products", "{")).Says("Fine.");
        using var stop = new CancellationTokenSource();
        var turn = chat.Say("How far?", stop.Token);
        await hanging;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turn);
        Assert.Empty(chat.Conversation.Messages);
        await chat.Say("Go on");
        Assert.Equal(["user: Go on"], chat.Model.Messages(1));
    }

    [Fact]
    public async Task Every_call_is_answered_all_the_same()
    {
        var (begun, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await McpHost.Start(new Cartwright.Mcp.McpServer(TestTools.Options(), TestTools.Features(TestTools.Of("endless", async (_, call) =>
        {
            begun.SetResult();
            await never.Task.WaitAsync(call.Aborted);
            return Cartwright.Mcp.ToolResult.Of(Cartwright.Mcp.Content.Text("never"));
        }))));
        await using var chat = await ChatBench.Open(host);
        chat.Model.Calls(("1", "echo", "{}"), ("2", "endless", "{}"), ("3", "no_such", "{}")).Says("Fine.");
        using var stop = new CancellationTokenSource();
        var turn = chat.Say("Go", stop.Token);
        await begun.Task.WaitAsync(Wire.Patience);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turn);
        Assert.Null(MessageJson.Flaw(chat.Conversation.Messages));
        await chat.Say("Again");
        var messages = chat.Model.Messages(1);
        Assert.Equal("assistant:  echo({})#1 endless({})#2 no_such({})#3", messages[1]);
        Assert.Equal("tool #2: Interrupted by the user: it is not known whether it took effect.", messages[3]);
        Assert.Equal("user: Again", messages[5]);
    }

    [Fact]
    public async Task A_question_that_is_stopped_answers_for_the_calls_behind_it()
    {
        await using var shop = await Shop.ShopServer.Start();
        await using var chat = await ChatBench.Open(new Uri(shop.Wire.Address, "/mcp"));
        using var stop = new CancellationTokenSource();
        chat.Conversation.Approve = async (_, _, cancellation) =>
        {
            await stop.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
            return true;
        };
        chat.Model.Calls(("1", "add_to_cart", """{"items":[{"product_id":"aloe-vera"}]}"""), ("2", "list_products", "{}")).Says("Fine.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => chat.Say("Buy", stop.Token));
        await chat.Say("What now?");
        Assert.Equal(
            ["tool #1: Not called: the user stopped the turn.", "tool #2: Not called: the user stopped the turn.", "user: What now?"],
            chat.Model.Messages(1)[2..]);
    }

    [Fact]
    public async Task A_wait_ends_with_the_turn()
    {
        await using var shop = await MerchantShop.Start();
        await using var chat = await ChatBench.Open(new Uri(shop.Wire.Address, BackOffice.Path), MerchantShop.Key);
        chat.Model.Refuses(429, null, ("Retry-After", "5"));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in chat.Conversation.Say("Hello?", stop.Token))
            {
                Assert.IsType<RetryWaiting>(happened);
                await stop.CancelAsync();
            }
        });
        Assert.Empty(chat.Conversation.Messages);
        Assert.Single(chat.Model.Requests);
    }
}
