using Cartwright.Chat.Terminal;

namespace Cartwright.Tests.Chat;

/// <summary>Lines made by keys, as terminals send them.</summary>
public sealed class EditingLines
{
    private const string Left = "\e[D";
    private const string Up = "\e[A";
    private const string Down = "\eOB";

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abc\e[D\e[DX", "aXbc")]
    [InlineData("abc\eOD\eOCX", "abcX")]
    [InlineData("abc\e[HX\e[FY", "XabcY")]
    [InlineData("abc\e[1~X\e[4~Y", "XabcY")]
    [InlineData("abc\u0001X\u0005Y", "XabcY")]
    [InlineData("abc\u0002X\u0006Y", "abXcY")]
    [InlineData("one two\u0001\u000b", "")]
    [InlineData("one two\u0001\u000b\u0019\u0019", "one twoone two")]
    [InlineData("one two\eb\u0015X", "Xtwo")]
    [InlineData("one two-three\u0017X", "one X")]
    [InlineData("one two-three\e\u007fX", "one two-X")]
    [InlineData("one two\u0017\u0017\u0017", "")]
    [InlineData("one two\u0001\efX", "oneX two")]
    [InlineData("one two\u0001\ed", " two")]
    [InlineData("one two\e[1;5DX", "one Xtwo")]
    [InlineData("one two\e[1;3D\e[1;3DX", "Xone two")]
    [InlineData("one two\u0001\e[1;5CX", "oneX two")]
    [InlineData("one two\u0001\e[3;5~", " two")]
    [InlineData("abc\e[D\e[3~", "ab")]
    [InlineData("abc\u0001\u0004", "bc")]
    [InlineData("abc\u007f\u0008", "a")]
    [InlineData("ab\u0014", "ba")]
    [InlineData("ab\u0002\u0014c", "bac")]
    [InlineData("über\u007f\u007f\u007fX", "üX")]
    [InlineData("日本語\e[D\u007fX", "日X語")]
    [InlineData("e\u0301x\e[D\u007fX", "Xx")]
    [InlineData("👩‍🌾x\e[D\u007f", "x")]
    [InlineData("a\e\rb", "a\nb")]
    [InlineData("a\nb", "a\nb")]
    [InlineData("a\\\rb", "a\nb")]
    [InlineData("a\e[27;2;13~b", "a\nb")]
    [InlineData("one\ntwo\e[AX", "oneX\ntwo")]
    [InlineData("one\ntwo\u0001\u007f", "onetwo")]
    [InlineData("\e[200~one\r\ntwo\tthree\e[31m\e[201~!", "one\ntwo    three[31m!")]
    [InlineData("a\e[15~\e[24;2~\e[I\e[[Ab", "ab")]
    [InlineData("a\u0000\u001d\u001fb", "ab")]
    [InlineData("a\u001b[200~\u001b[201~b", "ab")]
    public async Task Keys_edit_the_line(string keys, string text) => Assert.Equal(text, await new TypedLine().Text(keys));

    [Fact]
    public async Task An_escape_key_alone_does_not_swallow_what_follows_later()
    {
        var line = new TypedLine();
        var reading = line.Read("a\e");
        await Task.Delay(500);
        line.Type("[Db\r");
        Assert.Equal("a[Db", (await reading).Text);
    }

    [Fact]
    public async Task Ctrl_C_drops_the_line_and_Ctrl_D_ends_only_an_empty_one()
    {
        Assert.Equal(new Entry(EntryKind.Cancelled, "abc"), await new TypedLine().Read("abc\u0003"));
        Assert.Equal(new Entry(EntryKind.Cancelled, ""), await new TypedLine().Read("\u0003"));
        Assert.Equal(new Entry(EntryKind.End, ""), await new TypedLine().Read("\u0004"));
        Assert.Equal("a", await new TypedLine().Text("a\u0004"));
    }

    [Fact]
    public async Task The_history_keeps_what_was_typed_and_what_was_changed()
    {
        var history = new History(null, []);
        history.Add("first");
        history.Add("second");
        var prompt = new EditorPrompt("> ", History: history);
        Assert.Equal("second", await new TypedLine().Text(Up, prompt));
        Assert.Equal("first", await new TypedLine().Text($"{Up}{Up}{Up}", prompt));
        history.Add("second");
        Assert.Equal("draft", await new TypedLine().Text($"draft{Up}{Up}{Down}{Down}", prompt));
        Assert.Equal("draft!", await new TypedLine().Text($"{Up}!{Up}{Down}", prompt));
        Assert.Equal(["first", "second", "first", "second", "draft", "draft!"], history.Lines);
    }

    [Fact]
    public async Task Up_moves_within_a_text_of_several_lines_before_it_leaves_it()
    {
        var history = new History(null, []);
        history.Add("old");
        var prompt = new EditorPrompt("> ", History: history);
        Assert.Equal("one\ntXwo\nthree", await new TypedLine().Text($"one\ntwo\nthree\u0001{Up}\e[CX", prompt));
        Assert.Equal("old", await new TypedLine().Text($"a\nb{Up}{Up}{Up}".Replace("\n", "\e\r", StringComparison.Ordinal), new EditorPrompt("> ", History: Old())));
    }

    [Fact]
    public async Task Ctrl_R_finds_older_lines_that_contain_what_is_typed()
    {
        var history = new History(null, []);
        foreach (var line in new[] { "sales of ferns", "orders", "sales of palms", "help" })
        {
            history.Add(line);
        }

        var prompt = new EditorPrompt("> ", History: history);
        await new TypedLine().Shows("search \"SA\": sales of palms", "\u0012SA", prompt);
        Assert.Equal("sales of palms", await new TypedLine().Text("\u0012sales", prompt));
        Assert.Equal("sales of ferns", await new TypedLine().Text("\u0012sales\u0012", prompt));
        Assert.Equal("sales of ferns!", await new TypedLine().Text("\u0012fern\u0005!", prompt));
        Assert.Equal("typed", await new TypedLine().Text("typed\u0012orders\u0007", prompt));
        await new TypedLine().Shows("not found \"xyz\":", "\u0012xyz", prompt);
    }

    [Fact]
    public async Task Lines_wrap_by_the_columns_that_their_characters_take_and_the_cursor_is_where_it_is_seen()
    {
        // Eleven columns: ten for text, as the last one is never used, less two of the mark.
        await new TypedLine(11).Shows("> abcdefgh\n  ij", "abcdefghij", cursor: (1, 4));
        await new TypedLine(11).Shows("> abcdefgh", "abcdefgh", cursor: (1, 2));
        await new TypedLine(11).Shows("> 日本語a\n  日本", "日本語a日本", cursor: (1, 6));
        await new TypedLine(11).Shows("> e\u0301e\u0301", "e\u0301e\u0301", cursor: (0, 4));
        await new TypedLine(11).Shows("> abcdefgh\n  ij", $"abcdefghij{Left}{Left}{Left}", cursor: (0, 9));
        await new TypedLine(11).Shows("> a\n  b", "a\nb\u0001", cursor: (1, 2));
    }

    [Fact]
    public async Task A_text_longer_than_the_screen_shows_the_part_around_the_cursor()
    {
        var text = string.Join('\n', Enumerable.Range(1, 30));
        var line = new TypedLine(20, 6);
        await line.Shows("  26\n  27\n  28\n  29\n  30", $"\e[200~{text}\e[201~", cursor: (4, 4));
        var other = new TypedLine(20, 6);
        await other.Shows("> 1\n  2\n  3\n  4\n  5", $"\e[200~{text}\e[201~\e<", cursor: (0, 2));
    }

    [Fact]
    public async Task After_Enter_the_line_stays_and_the_next_begins_below_it()
    {
        var line = new TypedLine(11);
        await line.Text("abcdefghij\u0001");
        Assert.Equal((2, 0), line.Terminal.Cursor);
        await line.Shows("> abcdefgh\n  ij\n> next", "next");
    }

    [Fact]
    public async Task Typing_ahead_loses_nothing()
    {
        var line = new TypedLine();
        Assert.Equal("one", (await line.Read("one\rtwo\rthr")).Text);
        Assert.Equal("two", (await line.Read("")).Text);
        Assert.Equal("three", await line.Text("ee"));
    }

    private static History Old()
    {
        var history = new History(null, []);
        history.Add("old");
        return history;
    }
}
