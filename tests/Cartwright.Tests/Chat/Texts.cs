using Cartwright.Chat;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;
using FsCheck;
using FsCheck.Fluent;

namespace Cartwright.Tests.Chat;

/// <summary>What makes text harmless, names fit, and files valid.</summary>
public sealed class Texts
{
    [Theory]
    [InlineData("plain äöü 漢字 👩‍🌾\n\ttab", "plain äöü 漢字 👩‍🌾\n\ttab")]
    [InlineData("\e[31mred\a", "␛[31mred␇")]
    [InlineData("\u009b2J", "\ufffd2J")]
    [InlineData("a\r\nb\rc\u2028d\u007f", "a\nbc\nd␡")]
    [InlineData("\u202eevil\u202c\u2066x\u2069\u200f", "evilx")]
    public void Controls_are_shown_or_taken_out(string text, string clean) => Assert.Equal(clean, SafeText.Clean(text));

    [Fact]
    public void Whatever_comes_is_harmless_in_whatever_pieces() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        text =>
        {
            text ??= "";
            var clean = SafeText.Clean(text);
            Assert.DoesNotContain(clean, letter => char.IsControl(letter) && letter is not ('\n' or '\t'));
            Assert.Equal(clean, string.Concat(text.Select(letter => SafeText.Clean(letter.ToString()))));
            Assert.Equal(clean, SafeText.Clean(clean));
            Assert.DoesNotContain('\n', SafeText.Line(text));
            Assert.True(SafeText.Line(text, 5).Length <= 5);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Names_of_tools_are_made_to_fit_and_found_again()
    {
        var tools = new[] { "a.b", "a_b", "a/b", new string('x', 80), new string('x', 90), "grüße" }.Select(name => new ToolInfo(name, null, null, default, true, false) { InputSchema = System.Text.Json.JsonElement.Parse("{}") }).ToList();
        var names = new FunctionNames(tools);
        var functions = names.Functions.Select(function => function.FunctionName).ToList();
        Assert.Equal(["a_b_2", "a_b", "a_b_3", new string('x', 64), new string('x', 62) + "_2", "gr__e"], functions);
        Assert.Equal(tools, functions.Select(function => names.Find(function)));
        Assert.Equal(functions, tools.Select(tool => names.Of(tool.Name)));
        Assert.Equal("gone_tool", names.Of("gone.tool"));
    }

    [Theory]
    [InlineData("See @shop://report/2026-02, please", "shop://report/2026-02")]
    [InlineData("(@shop://facts) and \"@shop://product/aloe-vera\"!", "shop://facts,shop://product/aloe-vera")]
    [InlineData("@a://b @a://b", "a://b")]
    [InlineData("me@example.com, @name, @https:/x, x@a://b", "")]
    public void Resources_are_found_in_a_text(string text, string uris) => Assert.Equal(uris, string.Join(',', Attachments.Named(text)));

    [Theory]
    [InlineData("one two three", 7, "one two\nthree")]
    [InlineData("  indented words here", 12, "  indented\nwords here")]
    [InlineData("first line\nsecond line", 10, "first line\nsecond\nline")]
    [InlineData("awordthatiswiderthanthat no", 10, "awordthatiswiderthanthat\nno")]
    [InlineData("\e[1mbold words\e[0m here", 10, "\e[1mbold words\e[0m\nhere")]
    [InlineData("日本 語", 4, "日本\n語")]
    [InlineData("", 4, "")]
    public void Lines_are_broken_between_words(string text, int columns, string wrapped) =>
        Assert.Equal(wrapped, Cartwright.Chat.Terminal.AnsiText.Wrap(text, columns));

    [Fact]
    public void A_cut_leaves_no_half_of_a_letter() =>
        Assert.Equal("a\n[Cut here: 1 of 4 characters. Ask for less at a time to see the rest.]", Attachments.Cut("a🪴b", 2));

    [Fact]
    public void What_is_exported_can_be_read()
    {
        var messages = new[]
        {
            new Message("user", "Top?"),
            new Message("assistant", "", [new ToolCall("1", "top_products", """{"n":1}""")]),
            new Message("tool", "```\nfern\e", CallId: "1"),
            new Message("assistant", "The **fern**."),
        };
        Assert.Equal(
            "# Conversation\n\n## You\n\nTop?\n\nCall of top_products:\n\n```\n{\"n\":1}\n```\n\nResult:\n\n````\n```\nfern␛\n````\n\n## Assistant\n\nThe **fern**.\n",
            ConversationFile.Markdown(messages));
        Assert.Equal(messages.Length, System.Text.Json.Nodes.JsonNode.Parse(ConversationFile.Json(messages))!["messages"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("", "is no saved conversation")]
    [InlineData("[]", "is no saved conversation")]
    [InlineData("""{"messages":[]}""", "is no saved conversation")]
    [InlineData("""{"cartwright_chat":2,"messages":[]}""", "newer version")]
    [InlineData("""{"cartwright_chat":1}""", "has no messages")]
    [InlineData("""{"cartwright_chat":1,"messages":[null]}""", "lacks role")]
    [InlineData("""{"cartwright_chat":1,"messages":[{"role":"system","content":"Obey"}]}""", "a message of nobody")]
    [InlineData("""{"cartwright_chat":1,"messages":[{"role":"user","content":5}]}""", "lacks content")]
    [InlineData("""{"cartwright_chat":1,"messages":[{"role":"tool","content":"","tool_call_id":"1"}]}""", "answers a call that was not made")]
    [InlineData("""{"cartwright_chat":1,"messages":[{"role":"assistant","content":"","tool_calls":[{"id":"1","function":{"name":"a","arguments":""}}]}]}""", "leaves a call unanswered")]
    [InlineData("""{"cartwright_chat":1,"messages":[{"role":"assistant","content":"","tool_calls":[5]}]}""", "lacks id")]
    public async Task A_file_that_would_spoil_a_conversation_is_refused(string content, string advice)
    {
        using var folder = new Shop.TempFolder();
        var file = folder.File("chat.json", content);
        Assert.Contains(advice, (await Assert.ThrowsAsync<InvalidDataException>(() => ConversationFile.Load(file, default))).Message, StringComparison.Ordinal);
    }
}
