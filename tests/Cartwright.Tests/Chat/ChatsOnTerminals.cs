using System.Xml.Linq;
using Cartwright.Tests.Process;

namespace Cartwright.Tests.Chat;

/// <summary>The chat under a real terminal (tmux, which has to be installed), against a real server.</summary>
public sealed class ChatsOnTerminals
{
    [Fact]
    public async Task A_merchant_lists_tools_asks_for_a_product_and_has_the_sales_analyzed()
    {
        await using var chat = await ChatTerminal.Start();
#pragma warning disable RS0030 // The server under test goes by the system's clock, and its sample of sales ends yesterday.
        var last = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-2);
#pragma warning restore RS0030
        var (start, end) = ($"{last.AddDays(-29):yyyy-MM-dd}", $"{last:yyyy-MM-dd}");
        chat.Model
            .Calls(("c1", "find_products", """{"query":"fern"}"""))
            .Says("You sell one fern, the **Boston", " Fern**", ", boston-fern.")
            .Calls(
                ("c2", "sales_report", $$"""{"date_start":"{{start}}","date_end":"{{end}}"}"""),
                ("c3", "top_products", $$"""{"n":3,"date_start":"{{start}}","date_end":"{{end}}"}"""))
            .Says("## The last 30 days\n\n| Product | Pla", "ce |\n|---|--:|\n| Fiddle-Leaf Fig | first |\n", "| Olive Tree | second |\n\nThe *fig* leads; keep it in stock.\n");
        using var tmux = await chat.Open(hasModel: true, [], width: 92, height: 46);
        await tmux.Prompt();
        await Say(tmux, "/tools");
        await tmux.Until("find_products query=…");
        await tmux.Prompt();
        await Say(tmux, "Which ferns do we sell?");
        var screen = await Answered(tmux, 1);
        Assert.Matches(@"✓ find_products query=fern  [\d.]+ m?s, \d", screen);
        Assert.Contains("You sell one fern, the Boston Fern, boston-fern.", screen, StringComparison.Ordinal);
        await Say(tmux, $"/prompt summarize_sales date_start={start} date_end={end}");
        screen = await tmux.Until("+ ❯ add something");
        Assert.Contains($"│ Summarize the shop's sales from {start} to {end}", screen, StringComparison.Ordinal);
        await Say(tmux, "Analyze the sales");
        screen = await Answered(tmux, 2);
        Assert.Contains($"✓ sales_report date_start={start} date_end={end}", screen, StringComparison.Ordinal);
        Assert.Matches(@"✓ top_products n=3 .*\n    \S.* █+.* [\d,]+\.\d\d USD\n", screen);
        Assert.Contains("│ Olive Tree      │ second │", screen, StringComparison.Ordinal);
        Assert.Contains("tokens in", screen, StringComparison.Ordinal);
        var asked = string.Join('\n', chat.Model.Messages(2));
        Assert.Contains($"Summarize the shop's sales from {start} to {end}", asked, StringComparison.Ordinal);
        Assert.Contains("Analyze the sales", asked, StringComparison.Ordinal);
        Draw(await tmux.Screen(colors: true));
        await Say(tmux, "/last");
        screen = await tmux.Until(screen => screen.Contains("2. top_products ok", StringComparison.Ordinal) && screen.EndsWith("\n❯", StringComparison.Ordinal));
        Assert.Contains("\"definition_version\": ", screen, StringComparison.Ordinal);
        Assert.Contains("net in USD", screen, StringComparison.Ordinal);
        await Say(tmux, "/exit");
        Assert.Equal(0, await tmux.Exit());
    }

    [Fact]
    public async Task Ctrl_C_stops_an_answer_and_the_chat_goes_on()
    {
        await using var chat = await ChatTerminal.Start();
        chat.Model.SendsAndHangs(ScriptedModel.Text("It begins")).Says("Here I am.");
        using var tmux = await chat.Open();
        await tmux.Prompt();
        await Say(tmux, "Say something long");
        await tmux.Until("It begins");
        await tmux.Type("typed ahead and dropped");
        await tmux.Press("C-c");
        await tmux.Until(screen => screen.Contains("It begins\nStopped.", StringComparison.Ordinal) && screen.EndsWith("\n❯", StringComparison.Ordinal));
        await Say(tmux, "Still there?");
        Assert.Contains("Here I am.", await Answered(tmux, 1), StringComparison.Ordinal);
        await tmux.Type("half a line");
        await tmux.Until("❯ half a line");
        await tmux.Press("C-c");
        await tmux.Prompt();
        await tmux.Press("C-c");
        await tmux.Until("Ctrl-C again, or Ctrl-D, leaves.");
        await tmux.Press("C-c");
        Assert.Equal(0, await tmux.Exit());
    }

    [Fact]
    public async Task Tab_completes_commands_names_arguments_values_and_resources()
    {
        await using var chat = await ChatTerminal.Start();
        using var tmux = await chat.Open(hasModel: false, []);
        Assert.Contains("tools only", await tmux.Prompt(), StringComparison.Ordinal);
        await tmux.Type("/ca");
        await tmux.Press("Tab");
        await tmux.Type("fin");
        await tmux.Press("Tab");
        await tmux.Type("qu");
        await tmux.Press("Tab");
        await tmux.Type("fern");
        await tmux.Until("❯ /call find_products query=fern");
        await tmux.Press("Enter");
        await tmux.Until("✓ find_products query=fern");
        await tmux.Prompt();
        await tmux.Type("/prompt ");
        await tmux.Press("Tab");
        await tmux.Until("compare_periods_json");
        await tmux.Type("prod");
        await tmux.Press("Tab");
        await tmux.Type("product_id=mons");
        await tmux.Press("Tab");
        await tmux.Until("❯ /prompt product_deepdive_markdown product_id=monstera");
        await tmux.Press("C-u");
        await tmux.Type("/read shop://f");
        await tmux.Press("Tab", "Enter");
        await tmux.Until("\"currency\": \"USD\"");
        await tmux.Prompt();
        await tmux.Type("/read shop://product/calat");
        await tmux.Press("Tab");
        await tmux.Until("❯ /read shop://product/calathea");
        await tmux.Press("C-d", "C-u", "C-d");
        Assert.Equal(0, await tmux.Exit());
    }

    [Fact]
    public async Task The_lines_of_one_start_are_there_in_the_next_without_secrets()
    {
        await using var chat = await ChatTerminal.Start();
        using (var first = await chat.Open(hasModel: false, []))
        {
            await first.Prompt();
            await Say(first, "/call top_products n=3");
            await first.Until("✓ top_products n=3");
            await first.Prompt();
            await Say(first, "/call find_products query=sk-0123456789abcdef");
            await first.Until("✓ find_products");
            await first.Prompt();
            await first.Press("C-d");
            Assert.Equal(0, await first.Exit());
        }

        Assert.Equal("/call top_products n=3\n", await File.ReadAllTextAsync(Path.Combine(chat.Folder, "state", "cartwright", "chat_history")));
        using var second = await chat.Open(hasModel: false, []);
        await second.Prompt();
        await second.Press("Up");
        await second.Until("❯ /call top_products n=3");
        await second.Press("C-u", "C-r");
        await second.Type("TOP");
        await second.Until("search \"TOP\": /call top_products n=3");
        await second.Press("Enter");
        await second.Until("✓ top_products n=3");
        Assert.Matches("█ +[0-9,.]+ USD", await second.Prompt());
    }

    [Fact]
    public async Task A_tool_that_writes_is_called_after_a_yes_and_without_asking_after_an_always()
    {
        await using var chat = await ChatTerminal.Start();
        const string Monstera = """{"items":[{"product_id":"monstera"}]}""";
        chat.Model
            .Calls(("c1", "add_to_cart", Monstera)).Says("You did not want it.")
            .Calls(("c2", "add_to_cart", Monstera)).Calls(("c3", "add_to_cart", Monstera)).Says("Two are in the cart.");
        using var tmux = await chat.Open("--url", chat.ShopUrl);
        await tmux.Prompt();
        await Say(tmux, "Add a monstera");
        Assert.Contains("\"product_id\": \"monstera\"", await tmux.Until("Call it? y = yes"), StringComparison.Ordinal);
        await tmux.Press("n");
        Assert.Contains("✗ add_to_cart", await Answered(tmux, 1), StringComparison.Ordinal);
        await Say(tmux, "Do it twice");
        await tmux.Until("Call it? y = yes");
        await tmux.Press("a");
        var screen = await Answered(tmux, 2);
        Assert.Equal(2, screen.Split("✓ add_to_cart").Length - 1);
        Assert.Contains("Two are in the cart.", screen, StringComparison.Ordinal);
        await Say(tmux, "/call show_cart");
        await tmux.Until("2 × Monstera");
    }

    [Theory]
    [InlineData(300)]
    [InlineData(5000)] // More than a screen.
    public async Task What_is_asked_about_can_be_read_to_its_end(int length)
    {
        await using var chat = await ChatTerminal.Start();
        chat.Model
            .Calls(("c1", "add_to_cart", $$"""{"items":[{"name":"{{new string('x', length)}} and the harmful end"}]}"""))
            .Says("You did not want it.");
        using var tmux = await chat.Open("--url", chat.ShopUrl);
        await tmux.Prompt();
        await Say(tmux, "Add something");
        var screen = await tmux.Until("Call it? y = yes");
        Assert.Contains("andtheharmfulend", string.Concat(screen.Where(letter => !char.IsWhiteSpace(letter))), StringComparison.Ordinal);
        await tmux.Press("n");
        Assert.Contains("✗ add_to_cart", await Answered(tmux, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pasted_lines_stay_one_message_and_a_resize_keeps_the_line()
    {
        await using var chat = await ChatTerminal.Start();
        chat.Model.Says("Read.");
        using var tmux = await chat.Open();
        await tmux.Prompt();
        await tmux.Paste("first line\nsecond line, which is a good deal longer than the others are, up to the end");
        await tmux.Until("❯ first line\n  second line, which is a good deal longer than the others are, up to the end");
        await tmux.Resize(50, 20);
        await tmux.Until(screen => screen.EndsWith("❯ first line\n  second line, which is a good deal longer than t\n  he others are, up to the end", StringComparison.Ordinal));
        await tmux.Resize(100, 40);
        await tmux.Until(screen => screen.EndsWith("❯ first line\n  second line, which is a good deal longer than the others are, up to the end", StringComparison.Ordinal));
        await tmux.Press("Enter");
        await Answered(tmux, 1);
        Assert.Equal("user: first line\nsecond line, which is a good deal longer than the others are, up to the end", chat.Model.Messages(0)[^1]);
    }

    [Theory]
    [InlineData(ShopProcess.Terminate)]
    [InlineData(1)]
    public async Task Told_to_end_or_hung_up_it_leaves_the_terminal_as_it_was(int signal)
    {
        await using var chat = await ChatTerminal.Start();
        using var tmux = await chat.Open(hasModel: false, [], shell: "{0}; echo \"[code $?]\"; stty -a | grep -ow -e '-*icanon' -e '-*echo' -e '-*isig'");
        await tmux.Prompt();
        Signals.Send(await tmux.ChildId(), signal);
        await tmux.Until($"[code {128 + signal}]\nisig\nicanon\necho\n");
    }

    [Fact]
    public async Task Ctrl_Z_puts_it_aside_and_it_comes_back_with_its_line()
    {
        await using var chat = await ChatTerminal.Start();
        using var tmux = await chat.Open(hasModel: false, [], shell: "set -m; {0}; stty -a | grep -ow -e '-*icanon'; fg; echo over");
        await tmux.Prompt();
        await tmux.Type("kept");
        await tmux.Until("❯ kept");
        await tmux.Press("C-z");
        await tmux.Until(screen => screen.Contains("\nicanon\n", StringComparison.Ordinal) && screen.EndsWith("\n❯ kept", StringComparison.Ordinal));
        await tmux.Type("!");
        await tmux.Until("❯ kept!");
        await tmux.Press("C-u", "C-d");
        await tmux.Until("\nover");
    }

    [Fact]
    public async Task Without_colours_or_a_terminal_that_moves_its_cursor_it_is_plain()
    {
        await using var chat = await ChatTerminal.Start();
        chat.Model.Says("**Plain** and", " simple.").Says("**Plain**.");
        using (var plain = await chat.Open(hasModel: true, [], settings: ("NO_COLOR", "1")))
        {
            await plain.Prompt();
            await Say(plain, "Hello");
            await Answered(plain, 1);
            Assert.Contains("Plain and simple.", await plain.Screen(), StringComparison.Ordinal);
            Assert.DoesNotContain('\e', await plain.Screen(colors: true));
        }

        using var dumb = await chat.Open(hasModel: true, [], terminal: "dumb");
        await dumb.Until(screen => screen.EndsWith('>') || screen.EndsWith('❯'));
        await Say(dumb, "Hello");
        Assert.Contains("Plain.", await dumb.Until("tokens in"), StringComparison.Ordinal);
        Assert.DoesNotContain('\e', await dumb.Screen(colors: true));
        await Say(dumb, "/exit");
        Assert.Equal(0, await dumb.Exit());
    }

    [Fact]
    public async Task A_secret_in_the_query_of_the_address_is_not_shown()
    {
        await using var chat = await ChatTerminal.Start();
        using var tmux = await chat.Open(hasModel: false, ["--url", $"{chat.ShopUrl}?token=abcsecret"]);
        var screen = await tmux.Prompt();
        Assert.Contains($"at {chat.ShopUrl}. /help", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("abcsecret", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_given_with_q_are_run_and_over_on_a_terminal_too()
    {
        await using var chat = await ChatTerminal.Start();
        using var tmux = await chat.Open(hasModel: false, ["-q", "/prompts"]);
        Assert.Contains("summarize_sales", await tmux.Until("[code 0]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_that_knows_no_colours_gets_none_in_complaints()
    {
        await using var chat = await ChatTerminal.Start();
        using var tmux = await chat.Open(hasModel: false, ["--max-rounds", "0"], terminal: "dumb");
        await tmux.Until("[code 2]");
        Assert.DoesNotContain('\e', await tmux.Screen(colors: true));
    }

    private static async Task Say(Tmux tmux, string line)
    {
        await tmux.Type(line);
        await tmux.Until(line.Length > 60 ? line[^20..] : line);
        await tmux.Press("Enter");
    }

    /// <summary>The screen after so many turns, when the next line can be typed.</summary>
    private static Task<string> Answered(Tmux tmux, int turns) =>
        tmux.Until(screen => screen.Split("tokens in").Length > turns && screen.EndsWith("\n❯", StringComparison.Ordinal));

    /// <summary>The picture of the documentation, drawn from the real screen: see docs/images/draw-chat.</summary>
    private static void Draw(string screen)
    {
        var picture = ScreenPicture.Draw(screen.Split('\n'), 92);
        Assert.Contains(XDocument.Parse(picture).Descendants().Select(element => element.Value), text => text.Contains("Analyze the sales", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("CHAT_PICTURE") is { Length: > 0 } file)
        {
            File.WriteAllText(file, picture);
        }
    }
}
