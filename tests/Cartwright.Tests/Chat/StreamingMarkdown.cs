using Cartwright.Chat.Terminal;
using Cartwright.Tests.Mcp;
using FsCheck.Fluent;
using Spectre.Console;

namespace Cartwright.Tests.Chat;

/// <summary>Markdown that comes in pieces.</summary>
public sealed class StreamingMarkdown
{
    private static readonly string[] Fragments =
    [
        "# Title\n", "\n", "text ", "**bold** ", "*x", "`code`", "- item\n", "  - inner\n", "1. one\n", "> quote\n", "```\n", "```json\n", "{\"a\": 1}\n",
        "| a | b |\n", "|---|--:|\n", "| 1 | 2 |\n", "---\n", "===\n", "[link](https://example.com)", "    indented\n", "日本語", "🌱", "\n\n", "<b>html</b>",
        "[a]: http://x\n", "[a]", "~~gone~~", "- [x] done\n", "\\", "!", "\e[31m", "a\tb",
    ];

    [Fact]
    public void Any_split_of_a_text_gives_the_same_lines() => Prop.ForAll(
        Gen.Elements(Fragments).ListOf().ToArbitrary(),
        Gen.Choose(1, 12).ListOf().Where(sizes => sizes.Count > 0).ToArbitrary(),
        (fragments, sizes) =>
        {
            var text = string.Concat(fragments);
            var whole = Rendered([text]);
            var pieces = Rendered(Pieces(text, [.. sizes]));
            return (whole == pieces).Label($"{text}\n--- whole\n{whole}\n--- in pieces\n{pieces}");
        }).Holds();

    [Fact]
    public void What_is_seen_in_the_end_does_not_depend_on_the_split_and_no_row_is_left_behind() => Prop.ForAll(
        Gen.Elements(Fragments).ListOf().ToArbitrary(),
        Gen.Choose(1, 12).ListOf().Where(sizes => sizes.Count > 0).ToArbitrary(),
        (fragments, sizes) =>
        {
            var text = string.Concat(fragments);
            var whole = Seen([text]);
            var pieces = Seen(Pieces(text, [.. sizes]));
            return (whole == pieces).Label($"{text}\n--- whole\n{whole}\n--- in pieces\n{pieces}");
        }).Holds();

    [Fact]
    public void A_block_is_written_once_it_is_finished_and_only_the_rest_is_drawn_again()
    {
        var stream = new MarkdownStream(TestCanvas.Plain(40));
        Assert.Equal("", stream.Add("# Sales\n"));
        Assert.Equal("", stream.Add("\nNet is"));
        Assert.Equal(["Sales", "", "Net is"], stream.Unfinished().Select(row => row.Text));
        Assert.Equal("Sales\n", stream.Add(" **up**.\n"));
        Assert.Equal(["", "Net is up."], stream.Unfinished().Select(row => row.Text));
        Assert.Equal("\nNet is up.\n", stream.Add("\n- one\n"));
        Assert.Equal("", stream.Add("- two"));
        Assert.Equal("\n• one\n• two\n", stream.End());
    }

    [Fact]
    public void Tables_lists_and_code_are_shown_as_such()
    {
        Assert.Equal(
            """
            ╭─────────┬──────╮
            │ Product │  Net │
            ├─────────┼──────┤
            │ Fern    │ 9.50 │
            ╰─────────┴──────╯

            • one
              1. inner
            • two

            │ said

              int x = 1;
                indented

            A link (https://example.com/a)

            """,
            Rendered(["| Product | Net |\n|---|--:|\n| Fern | 9.50 |\n\n- one\n  1. inner\n- two\n\n> said\n\n```cs\nint x = 1;\n  indented\n```\n\nA [link](https://example.com/a)"]));
    }

    [Theory]
    [InlineData("a &#27;]0;title&#7; b &#x9b;31m c &#x1b;[2J d &#8238;e &#8;f&#9;g")]
    [InlineData("[see](http://a.b/&#27;]0;title&#7;)")]
    [InlineData("[&#27;[31m](http://a.b)")]
    [InlineData("<http://a.b/&#27;x>")]
    [InlineData("![&#27;[31m](http://a.b/&#27;)")]
    [InlineData("# &#27;]0;title&#7;")]
    [InlineData("| &#27;]0;title&#7; |\n|---|\n| &#x9b;31m |")]
    [InlineData("- **&#27;[1m** `&#27;[2m`\n\n```&#27;\n&#27;[3m\n```")]
    public void A_reference_to_a_control_character_is_none(string text)
    {
        Assert.DoesNotContain(Rendered([text]), letter => letter is not '\n' && (char.IsControl(letter) || letter is '\u202e'));
        Seen([text]); // The emulator fails on what is not the chat's own.
    }

    [Theory]
    [InlineData("arr[0][1] [foo] [bar](  [baz]: hello")]
    [InlineData("x[1 [2] y and a[i [j]")]
    [InlineData("[g ![h <i")]
    [InlineData("*a **b ~~c")]
    public void Brackets_that_are_no_link_stay(string text) => Assert.Equal($"{text}\n", Rendered([text]));

    [Fact]
    public void A_long_block_is_the_same_in_pieces_and_while_it_grows_its_end_is_seen()
    {
        var code = string.Concat(Enumerable.Range(1, 1000).Select(i => $"line {i}\n"));
        var text = $"Before\n\n```\n{code}```\n\n{string.Concat(Enumerable.Range(1, 300).Select(i => $"- item {i}\n"))}\nAfter *it*\n\n| a |\n|---|\n{string.Concat(Enumerable.Range(1, 300).Select(i => $"| {i} |\n"))}\nEnd";
        var whole = Rendered([text]);
        Assert.Equal(whole, Rendered(Pieces(text, [7, 90, 1])));
        Assert.Equal(1000, whole.Split('\n').Count(line => line.StartsWith("  line ", StringComparison.Ordinal)));

        var stream = new MarkdownStream(TestCanvas.Plain(40));
        stream.Add($"```\n{code}");
        var rows = stream.Unfinished();
        Assert.Equal("  line 1000", rows[^1].Text);
        Assert.InRange(rows.Count, 100, 400);
    }

    [Fact]
    public void Everything_stays_within_the_width()
    {
        var wide = $"| {string.Join(" | ", Enumerable.Range(1, 12).Select(i => $"column {i}"))} |\n|{string.Concat(Enumerable.Repeat("---|", 12))}\n| {string.Join(" | ", Enumerable.Range(1, 12).Select(i => $"value {i}"))} |\n";
        var text = $"{wide}\n| a | b |\n|---|---|\n| {new string('x', 90)} | y |\n\n```\n{new string('z', 100)}\n```\n\n> - {new string('w', 100)}\n\n{string.Concat(Enumerable.Repeat("日本語", 30))}\n";
        var lines = Rendered([text], 30).Split('\n');
        Assert.All(lines, line => Assert.True(CellWidth.Of(line) <= 30, line));
        Assert.Contains(lines, line => line.Contains("column 12", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("value 12", StringComparison.Ordinal));
        Assert.Equal(100, lines.Sum(line => line.Count(letter => letter == 'z')));
        Assert.Equal(90, lines.Sum(line => line.Count(letter => letter == 'x')));
    }

    [Fact]
    public void A_text_nested_without_end_is_shown_as_it_is()
    {
        var text = string.Concat(Enumerable.Repeat("> ", 2000)) + "deep";
        Assert.Contains("deep", Rendered([text]), StringComparison.Ordinal);
    }

    private static string[] Pieces(string text, List<int> sizes)
    {
        var pieces = new List<string>();
        for (var (at, i) = (0, 0); at < text.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Count], text.Length - at);
            size += char.IsHighSurrogate(text[at + size - 1]) ? 1 : 0;
            pieces.Add(text.Substring(at, size));
            at += size;
        }

        return [.. pieces];
    }

    private static string Rendered(string[] pieces, int width = 40)
    {
        var stream = new MarkdownStream(TestCanvas.Plain(width));
        return string.Concat(pieces.Select(piece => stream.Add(Cartwright.Chat.SafeText.Clean(piece)))) + stream.End();
    }

    /// <summary>On a terminal lower than the text, drawn after every piece.</summary>
    private static string Seen(string[] pieces)
    {
        var terminal = new TerminalEmulator(41, 8);
        var area = new LiveArea(terminal, () => (41, 8));
        var stream = new MarkdownStream(TestCanvas.Plain(40));
        foreach (var piece in pieces)
        {
            var finished = stream.Add(Cartwright.Chat.SafeText.Clean(piece));
            area.Show(finished, stream.Unfinished());
        }

        area.Show(stream.End(), []);
        area.Keep();
        return terminal.Text;
    }
}

internal static class TestCanvas
{
    public static Cartwright.Chat.Terminal.Canvas Plain(int width) => Make(width, color: false);

    public static Cartwright.Chat.Terminal.Canvas Colored(int width) => Make(width, color: true);

    private static Cartwright.Chat.Terminal.Canvas Make(int width, bool color)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(TextWriter.Null) });
        console.Profile.Capabilities.Unicode = true;
        return new Cartwright.Chat.Terminal.Canvas(console.Profile.Capabilities, color, () => width);
    }
}
