using System.Text.Json.Nodes;
using System.Threading.Channels;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Models;
using Cartwright.Chat.Terminal;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>Turns as they are seen while they go on. The emulator fails on every control character that is not the chat's own.</summary>
public sealed class ShowingTurns
{
    private const string Evil = "\e[2J\e]0;title\a\u009b31m\r\u202eevil\u0000";

    private static readonly ToolOutcome Done = new(false, "done", JsonNode.Parse("""{"rows":[{"name":"\u001b[31mFern","net":2},{"name":"Palm\u0007","net":1}]}"""), []);

    [Fact]
    public async Task Calls_answers_and_what_was_used_stand_below_each_other()
    {
        var (terminal, screen) = Screen();
        var view = new TurnView(screen, new FakeTime(), quiet: false);
        await view.Run(
            Events(
                new CallsAsked([new ToolCall("1", "top", "{\"n\":2}"), new ToolCall("2", "find", "{\"query\":\"a b\"}")]),
                new CallStarted(1, "1", "top", "{\"n\":2}"),
                new CallStarted(2, "2", "find", "{\"query\":\"a b\"}"),
                new CallFinished(2, new ToolOutcome(true, "no such thing"), TimeSpan.FromMilliseconds(5), 13),
                new CallFinished(1, Done, TimeSpan.FromSeconds(1.2), 2048),
                new TextDelta("It is **"),
                new TextDelta("good**."),
                new TurnEnded(new TokenUsage(1200, 30, 0.00051m))),
            CancellationToken.None);
        Assert.StartsWith(
            """
              ✗ find query="a b"  5 ms, failed
                no such thing
              ✓ top n=2  1.2 s, 2.0 KB
                ␛[31mFern ████████████████████████████████████████ 2
                Palm␇     ████████████████████                     1

            It is good.

            1,200 tokens in, 30 out, cost 0.00051,
            """,
            terminal.Text,
            StringComparison.Ordinal);
        Assert.True(terminal.CursorIsVisible);
        Assert.Equal(["find", "top"], view.Calls.Select(call => call.Tool));
    }

    [Fact]
    public async Task Nothing_of_a_model_or_a_server_reaches_the_terminal_as_it_is()
    {
        var (terminal, screen) = Screen();
        var rows = JsonNode.Parse("""{"rows":[{"name":"x","net":2,"currency":"x"},{"name":"y","net":1,"currency":"x"}]}""")!;
        rows["rows"]![0]!["name"] = Evil;
        (rows["rows"]![0]!["currency"], rows["rows"]![1]!["currency"]) = (Evil, Evil);
        await new TurnView(screen, new FakeTime(), quiet: false).Run(
            Events(
                new CallsAsked([new ToolCall(Evil, Evil, Evil)]),
                new CallStarted(1, Evil, Evil, $"{{\"{JsonEncodedEvil}\": \"{JsonEncodedEvil}\"}}"),
                new CallFinished(1, new ToolOutcome(true, Evil), TimeSpan.Zero, 1),
                new CallStarted(2, Evil, Evil, Evil),
                new CallFinished(2, new ToolOutcome(false, Evil, rows, []), TimeSpan.Zero, 1),
                new TextDelta(Evil), new TextDelta("\e"), new TextDelta($"[2J `{Evil}` [{Evil}](http://x/{Evil})\n\n```{Evil}\n{Evil}\n```\n| {Evil} |\n|---|\n| {Evil} |\n"),
                new RetryWaiting(TimeSpan.FromSeconds(1), Evil),
                new TurnFailed(Evil)),
            CancellationToken.None);
        Assert.Contains("evil", terminal.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', terminal.Text);
    }

    [Fact]
    public async Task A_cancelled_turn_keeps_what_was_shown_and_gives_the_cursor_back()
    {
        var (terminal, screen) = Screen();
        using var stop = new CancellationTokenSource();
        var events = Channel.CreateUnbounded<ChatEvent>();
        events.Writer.TryWrite(new TextDelta("# Half an"));
        var running = new TurnView(screen, new FakeTime(), quiet: false).Run(events.Reader.ReadAllAsync(stop.Token), stop.Token);
        while (!terminal.Look().Contains("Half", StringComparison.Ordinal))
        {
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("Half an", terminal.Text);
        Assert.Equal((1, 0), terminal.Cursor);
        Assert.True(terminal.CursorIsVisible);
    }

    [Fact]
    public async Task Without_a_terminal_there_are_finished_lines_only()
    {
        using var output = new StringWriter();
        await new TurnView(new Screen(output, TestCanvas.Plain(40), null), new FakeTime(), quiet: true).Run(
            Events(new CallStarted(1, "1", "top", "{}"), new CallFinished(1, Done, TimeSpan.Zero, 1), new TextDelta("**Go"), new TextDelta("od**.\n\nYes"), new TurnEnded(new TokenUsage(1, 1, null))),
            CancellationToken.None);
        Assert.Equal("Good.\n\nYes\n", output.ToString());
    }

    [Fact]
    public async Task A_failure_has_all_of_its_reason_on_a_terminal_and_elsewhere()
    {
        var reason = string.Join(' ', Enumerable.Range(1, 40).Select(i => $"word{i}"));
        var failed = new CallFinished(1, new ToolOutcome(true, reason), TimeSpan.Zero, 1);
        var (terminal, screen) = Screen();
        await new TurnView(screen, new FakeTime(), quiet: false).Run(Events(failed), CancellationToken.None);
        Assert.Contains(reason, string.Join(' ', terminal.Text.Split('\n', StringSplitOptions.TrimEntries)), StringComparison.Ordinal);

        using var output = new StringWriter();
        await new TurnView(new Screen(output, TestCanvas.Plain(40), null), new FakeTime(), quiet: false).Run(Events(failed), CancellationToken.None);
        Assert.Contains(reason, output.ToString(), StringComparison.Ordinal);
    }

    private static string JsonEncodedEvil => System.Text.Json.JsonEncodedText.Encode(Evil).ToString();

    private static (TerminalEmulator Terminal, Screen Screen) Screen()
    {
        var terminal = new TerminalEmulator(81, 24);
        var canvas = TestCanvas.Colored(80);
        return (terminal, new Screen(terminal, canvas, new LiveArea(terminal, () => (81, 24))));
    }

    private static async IAsyncEnumerable<ChatEvent> Events(params ChatEvent[] events)
    {
        foreach (var happened in events)
        {
            await Task.Yield();
            yield return happened;
        }
    }
}
