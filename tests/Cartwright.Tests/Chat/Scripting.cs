using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cartwright.Chat.Scripting;
using Cartwright.Server.Sales;
using Cartwright.Tests.Process;
using Cartwright.Tests.Sales;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>The verb as scripts call it: question in, answer out, exit codes; as a process of its own.</summary>
public sealed class Scripting
{
    [Fact]
    public async Task An_answer_goes_to_the_output_and_the_rest_to_the_errors()
    {
        await using var bench = await Bench.Start();
        bench.Model.Calls(("1", "find_products", """{"query":"fern"}""")).Says("The \e[31mBoston\e[0m Fern", ".");
        var (code, output, errors) = await bench.Run(["-q", "Which fern?"]);
        Assert.Equal((0, "The ␛[31mBoston␛[0m Fern.\n"), (code, output));
        Assert.Matches("""^· called find_products \{"query":"fern"\} \(\d+ ms, \d+ bytes\)\n· 300 \+ 30 tokens, cost 0\.00042\n$""", errors);
        Assert.Equal(["user: Which fern?"], bench.Model.Messages(0));
    }

    [Fact]
    public async Task Quiet_is_the_answer_and_nothing_else()
    {
        await using var bench = await Bench.Start();
        bench.Model.Calls(("1", "top_products", "{}")).Says("None.");
        Assert.Equal((0, "None.\n", ""), await bench.Run(["-q", "Top?", "--quiet", "--rest"]));
    }

    [Fact]
    public async Task JSON_is_one_object_and_nothing_else()
    {
        await using var bench = await Bench.Start();
        bench.Model.Calls(("1", "find_products", """{"query":"fern"}"""), ("2", "no_such", "{")).Says("The ", "fern.");
        var (code, output, errors) = await bench.Run(["-q", "Which?", "--json", "--model", "other"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Single(output.TrimEnd().Split('\n'));
        var json = JsonNode.Parse(Regex.Replace(output, "\"milliseconds\":\\d+", "\"milliseconds\":0", RegexOptions.None, TimeSpan.FromSeconds(1)))!;
        Assert.Equal(["answer", "calls", "usage", "model"], json.AsObject().Select(member => member.Key));
        Assert.Equal(("The fern.", "other"), ((string)json["answer"]!, (string)json["model"]!));
        Assert.Equal("""{"input_tokens":300,"output_tokens":30,"cost":0.00042}""", json["usage"]!.ToJsonString());
        var (found, unknown) = (json["calls"]![0]!, json["calls"]![1]!);
        Assert.Equal(["tool", "arguments", "failed", "milliseconds", "bytes", "result"], found.AsObject().Select(member => member.Key));
        Assert.Equal(("find_products", "fern", false), ((string)found["tool"]!, (string)found["arguments"]!["query"]!, (bool)found["failed"]!));
        Assert.Equal("fern", (string)found["result"]!["rows"]![0]!["product_id"]!);
        Assert.Equal(("no_such", "{", true), ((string)unknown["tool"]!, (string)unknown["arguments"]!, (bool)unknown["failed"]!));
    }

    [Theory]
    [InlineData("What is this?", "1,2\n3,4\n", "user: What is this?\n\n1,2\n3,4")]
    [InlineData(null, "What sold best?\n", "user: What sold best?")]
    [InlineData("Only this", "", "user: Only this")]
    public async Task What_is_piped_in_is_the_question_or_part_of_it(string? question, string piped, string said)
    {
        await using var bench = await Bench.Start();
        bench.Model.Says("Fine.");
        Assert.Equal((0, "Fine.\n"), (await bench.Run(question is null ? ["--quiet"] : ["-q", question, "--quiet"], piped)) is var (code, output, _) ? (code, output) : default);
        Assert.Equal([said], bench.Model.Messages(0).Select(message => message.Replace("\r", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Failures_are_one_line_and_exit_code_1()
    {
        await using var bench = await Bench.Start();
        bench.Model.Refuses(401).Refuses(401);
        var (code, output, errors) = await bench.Run(["-q", "Hello?"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Matches("^cartwright: http://[^\n]* does not take the key in OPENAI_API_KEY[^\n]*\n$", errors);
        (code, output, errors) = await bench.Run(["-q", "Hello?", "--json"]);
        Assert.Equal((1, ""), (code, errors));
        Assert.Contains("does not take the key", (string)JsonNode.Parse(output)!["error"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(ScriptedModel.Key, output, StringComparison.Ordinal);

        (code, _, errors) = await bench.Run(["-q", "Hello?", "--url", "http://localhost:1/mcp"]);
        Assert.Equal((1, "cartwright: Nothing listens at http://localhost:1/mcp: start the shop with ./run in another terminal, or name another server with --url.\n"), (code, errors));
        (code, output, _) = await bench.Run(["-q", "Hello?", "--url", "http://localhost:1/mcp", "--json"]);
        Assert.Equal((1, "{\"error\":\"Nothing listens at http://localhost:1/mcp: start the shop with ./run in another terminal, or name another server with --url.\"}\n"), (code, output));
    }

    [Fact]
    public async Task The_limit_on_rounds_is_a_failure()
    {
        await using var bench = await Bench.Start();
        bench.Model.Calls(("1", "top_products", "{}"));
        var (code, _, errors) = await bench.Run(["-q", "Top?", "--max-rounds", "1", "--quiet"]);
        Assert.Equal((1, "cartwright: The model called tools 1 times over without an answer: ask for less, or allow more with --max-rounds.\n"), (code, errors));
    }

    [Theory]
    [InlineData("cartwright: There is no question: give one with -q, or pipe it in.\n", "", "sk-1", "--quiet")]
    [InlineData("cartwright: OPENAI_API_KEY is not set, so there is no model to ask: set it in the environment or in .env.\n", "", "", "-q", "Hello?")]
    [InlineData("cartwright: --max-rounds is 0, but must be 1 or more.\n", "", "sk-1", "-q", "x", "--max-rounds", "0")]
    [InlineData("cartwright: --url is \"nowhere\", but must be an address such as http://localhost:3000/mcp.\n", "", "sk-1", "-q", "x", "--url", "nowhere")]
    public async Task Bad_usage_is_exit_code_2(string complaint, string piped, string key, params string[] arguments)
    {
        using var folder = new TempFolder();
        Assert.Equal((2, "", complaint), await ChatProcess.Run(folder.Path, arguments, piped, ("OPENAI_API_KEY", key)));
    }

    [Fact]
    public async Task Options_that_are_not_there_are_exit_code_2()
    {
        using var folder = new TempFolder();
        var (code, output, errors) = await ChatProcess.Run(folder.Path, ["--no-such"]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("--no-such", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_options_and_settings()
    {
        using var folder = new TempFolder();
        var (code, output, errors) = await ChatProcess.Run(folder.Path, ["--help"]);
        Assert.Equal((0, ""), (code, errors));
        foreach (var name in new[] { "--url", "--rest", "--key", "-q", "--json", "--quiet", "--yes", "--model", "--max-rounds", "OPENAI_API_KEY", "MCP_BASE_URL", "CARTWRIGHT_CHAT_KEY" })
        {
            Assert.Contains(name, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ctrl_C_is_exit_code_130()
    {
        await using var bench = await Bench.Start();
        bench.Model.SendsAndHangs(ScriptedModel.Text("As far as"));
        var start = bench.Start(["-q", "How far?", "--quiet"]);
        using var process = System.Diagnostics.Process.Start(start)!;
        process.StandardInput.Close();
        var begun = new char[9];
        await process.StandardOutput.ReadBlockAsync(begun).AsTask().WaitAsync(Mcp.Wire.Patience);
        Signals.Send(process.Id, ShopProcess.Interrupt);
        await process.WaitForExitAsync().WaitAsync(Mcp.Wire.Patience);
        Assert.Equal(("As far as", 130, "\n"), (new string(begun), process.ExitCode, await process.StandardOutput.ReadToEndAsync()));
    }

    [Fact]
    public async Task Tools_that_write_are_called_with_yes_only()
    {
        await using var bench = await Bench.Start();
        string[] shop = ["--url", new Uri(bench.Shop.Wire.Address, "/mcp").AbsoluteUri, "-q", "Buy it", "--json"];
        bench.Model.Calls(("1", "add_to_cart", """{"items":[{"product_id":"aloe-vera"}]}""")).Says("No.").Calls(("1", "add_to_cart", """{"items":[{"product_id":"aloe-vera"}]}""")).Says("Yes.");
        Assert.True((bool)JsonNode.Parse((await bench.Run(shop)).Output)!["calls"]![0]!["failed"]!);
        Assert.False((bool)JsonNode.Parse((await bench.Run([.. shop, "--yes"])).Output)!["calls"]![0]!["failed"]!);
    }

    [Theory]
    [InlineData(0, "1. Boston Fern (fern)", "/call top_products date_start=2026-02-01 date_end=2026-02-28 n=3")]
    [InlineData(0, "find_products", "\n/tools\n")]
    [InlineData(0, "shop://facts", "/resources\n/exit\n/nonsense")]
    [InlineData(1, "did you mean top_products?", "/call top_product\n/tools")]
    [InlineData(1, "failed", "/call sales_between date_start=2026-02-28 date_end=2026-02-01")]
    public async Task Commands_work_in_scripts_without_a_model(int expected, string shown, string piped)
    {
        await using var bench = await Bench.Start(model: false);
        var (code, output, errors) = await bench.Run(["--quiet"], piped);
        Assert.Equal((expected, expected == 0), (code, errors.Length == 0));
        Assert.Contains(shown, expected == 0 ? output : errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
        (code, output, errors) = await bench.Run(["-q", piped.Trim()]);
        Assert.Equal(expected, code);
        Assert.Contains(shown, expected == 0 ? output : errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cartwright: Not called: query is needed. Give it as query=...\n", "/call find_products")]
    [InlineData("cartwright: Not prepared: product_id is needed. Give it as product_id=...\n", "/prompt product_deepdive_markdown")]
    public async Task What_is_missing_in_a_script_is_not_taken_from_its_next_line(string complaint, string line)
    {
        await using var bench = await Bench.Start(model: false);
        var (code, output, errors) = await bench.Run([], $"{line}\n/tools\n");
        Assert.Equal((1, complaint), (code, errors));
        Assert.Contains("sales_report", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_overwritten_by_a_script()
    {
        await using var bench = await Bench.Start();
        bench.Model.Says("Fine.");
        bench.Folder.File("a.json", "kept");
        var (code, output, errors) = await bench.Run(["--quiet"], "/model\nplain\n/save a.json\n/last\n");
        Assert.Equal((1, "cartwright: a.json is there already, and nobody can be asked here whether to overwrite it: name another file, or remove this one first.\n"), (code, errors));
        Assert.EndsWith("\nFine.\nNo tool has been called yet.\n", output, StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(bench.Folder.Path, "a.json")));
    }

    [Fact]
    public async Task Of_commands_too_the_output_has_the_results_alone()
    {
        await using var bench = await Bench.Start(model: false);
        string[] call = ["-q", "/call top_products date_start=2026-02-01 date_end=2026-02-28 n=3"];
        var (code, output, errors) = await bench.Run(call);
        Assert.Equal(0, code);
        Assert.Matches(@"^  \S+ top_products .*n=3.* [\d.]+ m?s, [\d.]+ K?B\n$", errors);
        Assert.DoesNotContain(" ms, ", output, StringComparison.Ordinal);
        (code, output, errors) = await bench.Run([.. call, "--quiet"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("1. Boston Fern (fern)", output, StringComparison.Ordinal);
        Assert.Equal((1, "", "cartwright: There is no tool nope. /tools lists them.\n"), await bench.Run(["-q", "/call nope"]));
        Assert.Equal((1, "", "cartwright: There is no command /nope. /help lists them.\n"), await bench.Run(["-q", "/nope"]));
    }

    [Fact]
    public async Task Calls_of_scripts_have_their_results_in_JSON()
    {
        await using var bench = await Bench.Start(model: false);
        var (code, output, errors) = await bench.Run(["--json"], "/call top_products date_start=2026-02-01 date_end=2026-02-28 n=3\n/call find_products fern\n");
        Assert.Equal((0, ""), (code, errors));
        var json = JsonNode.Parse(output)!;
        Assert.Equal(["answer", "calls", "usage", "model"], json.AsObject().Select(member => member.Key));
        Assert.Equal(["top_products", "find_products"], json["calls"]!.AsArray().Select(call => (string)call!["tool"]!));
        Assert.Equal("fern", (string)json["calls"]![0]!["result"]!["rows"]![0]!["product_id"]!);
        (code, output, _) = await bench.Run(["--json"], "/call find_products\n/call sales_between date_start=2026-02-28 date_end=2026-02-01\n");
        json = JsonNode.Parse(output)!;
        Assert.Equal((1, "Not called: query is needed. Give it as query=..."), (code, (string)json["error"]!));
        Assert.True((bool)Assert.Single(json["calls"]!.AsArray())!["failed"]!);
        Assert.Equal(
            (2, "{\"error\":\"With --json, commands can be /call alone, not \\\"/tools\\\": leave --json out for the others.\"}\n", ""),
            await bench.Run(["-q", "/tools", "--json"]));
    }

    [Theory]
    [InlineData("// a comment\nint main() {\n}")]
    [InlineData("/* a comment */\nint main() {\n}")]
    [InlineData("/usr/bin/env: no such file\nWhy?")]
    public async Task A_question_that_begins_with_a_slash_and_no_command_is_one_question(string piped)
    {
        await using var bench = await Bench.Start();
        bench.Model.Says("Fine.");
        Assert.Equal((0, "Fine.\n", ""), await bench.Run(["--quiet"], piped));
        Assert.Equal([$"user: {piped}"], bench.Model.Messages(0));
    }

    [Fact]
    public async Task A_text_that_begins_with_an_unknown_command_is_not_sent_to_the_model()
    {
        await using var bench = await Bench.Start();
        Assert.Equal((1, "", "cartwright: There is no command /nope. /help lists them.\n"), await bench.Run([], "/nope\nsecret\nlines\n"));
        Assert.Empty(bench.Model.Requests);
    }

    [Fact]
    public async Task A_write_that_nobody_allows_says_why_and_how()
    {
        await using var bench = await Bench.Start();
        string[] shop = ["--url", new Uri(bench.Shop.Wire.Address, "/mcp").AbsoluteUri];
        bench.Model.Calls(("1", "add_to_cart", """{"items":[{"product_id":"aloe-vera"}]}""")).Says("No.").Calls(("1", "add_to_cart", """{"items":[{"product_id":"aloe-vera"}]}""")).Says("No.");
        var (code, output, errors) = await bench.Run([.. shop, "-q", "Buy it"]);
        Assert.Equal((0, "No.\n"), (code, output));
        Assert.Matches(@"^· failed add_to_cart .*: Not called: this tool may change something, and nobody can be asked here\..* --yes allows it\.\n", errors);
        Assert.Contains("tell the user that --yes allows it", bench.Model.Messages(1)[^1], StringComparison.Ordinal);

        // Nor is the next line of a script the answer.
        (_, output, errors) = await bench.Run(shop, "/model\nBuy it\n/last\n");
        Assert.Contains("--yes allows it", errors, StringComparison.Ordinal);
        Assert.Contains("1. add_to_cart failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_one_line()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        await using var bench = await Bench.Start();
        bench.Model.Says("Fine.");
        foreach (var question in new[] { "/tools", "Fine?" })
        {
            var (code, errors) = await bench.Shell($"\"$0\" chat --quiet -q '{question}' </dev/null >/dev/full");
            Assert.Equal(1, code);
            Assert.Matches("^cartwright: The input or the output cannot be used: [^\n]*\n$", errors);
        }

        Assert.Equal((0, ""), await bench.Shell("set -o pipefail; \"$0\" chat -q /tools </dev/null | head -1 >/dev/null"));
    }

    [Fact]
    public async Task A_pipe_that_stays_silent_is_told_of()
    {
        await using var bench = await Bench.Start();
        bench.Model.Says("Fine.");
        using var process = System.Diagnostics.Process.Start(bench.Start(["-q", "Hello?"]))!;
        Assert.StartsWith("· reading the rest of the question from standard input", await process.StandardError.ReadLineAsync().WaitAsync(Mcp.Wire.Patience), StringComparison.Ordinal);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Mcp.Wire.Patience);
        Assert.Equal((0, "Fine.\n"), (process.ExitCode, await process.StandardOutput.ReadToEndAsync()));
    }

    [Fact]
    public void An_error_in_JSON_is_harmless_for_a_terminal()
    {
        var json = OneShotJson.Error("a\e\u009b\"b");
        Assert.DoesNotContain(json, char.IsControl);
        Assert.Equal("a\e", ((string)JsonNode.Parse(json)!["error"]!)[..2]);
    }

    /// <summary>The back office, a scripted model, and a working folder whose .env says where both are.</summary>
    private sealed class Bench(MerchantShop shop, ScriptedModel model, TempFolder folder) : IAsyncDisposable
    {
        public MerchantShop Shop => shop;

        public TempFolder Folder => folder;

        public ScriptedModel Model => model;

        public static async Task<Bench> Start(bool model = true)
        {
            var (shop, scripted, folder) = (await MerchantShop.Start(), await ScriptedModel.Start(), new TempFolder());
            await shop.SellFebruary();
            folder.File(".env", $"""
                # The chat finds everything here.
                OPENAI_API_KEY={(model ? ScriptedModel.Key : "")}
                OPENAI_BASE_URL={scripted.Address}
                export OPENAI_MODEL="scripted"
                OPENAI_PRICE_INPUT=1
                OPENAI_PRICE_OUTPUT=4
                MCP_BASE_URL={new Uri(shop.Wire.Address, BackOffice.Path)}
                CARTWRIGHT_CHAT_KEY={MerchantShop.Key}
                """);
            return new Bench(shop, scripted, folder);
        }

        public System.Diagnostics.ProcessStartInfo Start(IEnumerable<string> arguments) => ChatProcess.Start(folder.Path, arguments);

        public Task<(int Code, string Output, string Errors)> Run(IEnumerable<string> arguments, string piped = "") => ChatProcess.Run(folder.Path, arguments, piped);

        /// <summary>Runs a line of bash, in which $0 is the program.</summary>
        public async Task<(int Code, string Errors)> Shell(string line)
        {
            var start = Start([]);
            (start.FileName, var program) = ("bash", start.FileName);
            start.ArgumentList.Clear();
            new List<string> { "-c", line, program }.ForEach(start.ArgumentList.Add);
            using var process = System.Diagnostics.Process.Start(start)!;
            process.StandardInput.Close();
            var errors = await process.StandardError.ReadToEndAsync().WaitAsync(Mcp.Wire.Patience);
            await process.WaitForExitAsync().WaitAsync(Mcp.Wire.Patience);
            return (process.ExitCode, errors);
        }

        public async ValueTask DisposeAsync()
        {
            await model.DisposeAsync();
            await shop.DisposeAsync();
            folder.Dispose();
        }
    }
}
