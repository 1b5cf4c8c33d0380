using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Cartwright.Chat;
using Cartwright.Chat.Commands;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Terminal;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>A server with control sequences in every string that it sends, and what of it a terminal sees. The emulator fails on all that are not the chat's own.</summary>
public sealed class HostileServers
{
    private const string Evil = "\e]0;title\a\u009b31m\u202eevil";

    [Theory]
    [InlineData("/tools", "")]
    [InlineData("/call " + Evil, "x\r")]
    [InlineData("/call " + Evil + " y", "x\r")]
    [InlineData("/call nope", "")]
    [InlineData("/prompts", "")]
    [InlineData("/prompt " + Evil, "\t\tx\r")]
    [InlineData("/prompt " + Evil + " no=1", "")]
    [InlineData("/resources", "")]
    [InlineData("/read " + Evil, "")]
    [InlineData("/model", "")]
    public async Task Nothing_of_it_reaches_the_terminal_as_it_is(string line, string keys)
    {
        var (terminal, room, input) = Room();
        input.Writer.TryWrite(new TerminalInput(Encoding.UTF8.GetBytes(keys)));
        var (name, rest) = CommandList.Split(line)!.Value;
        var command = CommandList.All.Single(command => command.Name == name);
        await room.Attention.Run(stop => command.Run(room, rest, stop), CancellationToken.None).WaitAsync(Mcp.Wire.Patience);
        Assert.Equal(line.StartsWith($"/call {Evil}", StringComparison.Ordinal) ? 1 : 0, room.LastCalls.Count);
        await room.Attention.Run(stop => LastCommand.Run(room, "", stop), CancellationToken.None);
        Assert.NotEmpty(terminal.Text);
        Assert.DoesNotContain(terminal.Text, letter => letter != '\n' && (char.IsControl(letter) || letter == '\u202e'));
    }

    [Theory]
    [InlineData("/call ")]
    [InlineData("/call " + Evil + " ")]
    [InlineData("/call " + Evil + " plain=")]
    [InlineData("/prompt ")]
    [InlineData("/prompt " + Evil + " ")]
    [InlineData("/prompt " + Evil + " plain=")]
    [InlineData("/read ")]
    [InlineData("/read plain://")]
    [InlineData("/read evil://x")]
    [InlineData("See @evil://x")]
    public async Task No_candidate_of_it_is_harmful(string line)
    {
        var (_, room, _) = Room();
        var found = await new Completions(room.Session, room.Offers).Complete(line, line.Length, CancellationToken.None);
        Assert.All(found.Candidates, candidate => Assert.DoesNotContain($"{candidate.Text}{candidate.Description}", letter => char.IsControl(letter) || letter == '\u202e'));
    }

    [Fact]
    public async Task A_file_with_spaces_completes()
    {
        using var folder = new TempFolder();
        folder.File("my file.json", "");
        folder.File(".hidden", "");
        Directory.CreateDirectory(Path.Combine(folder.Path, "of mine"));
        var (_, room, _) = Room();
        var completions = new Completions(room.Session, room.Offers);
        foreach (var (typed, text) in new[] { ("my", "my file.json"), ("\"my f", "my file.json"), ("of", "of mine/"), (".h", ".hidden") })
        {
            var quote = typed.StartsWith('"') ? "\"" : "";
            var line = $"/load {quote}{folder.Path}/{typed.TrimStart('"')}";
            var found = await completions.Complete(line, line.Length, CancellationToken.None);
            Assert.Equal((6, CommandLine.Quote($"{folder.Path}/{text}")), (found.Start, Assert.Single(found.Candidates).Text));
        }
    }

    private static (TerminalEmulator Terminal, ChatRoom Room, Channel<TerminalInput> Input) Room()
    {
        var terminal = new TerminalEmulator(121, 60);
        var area = new LiveArea(terminal, () => (121, 60));
        var input = Channel.CreateUnbounded<TerminalInput>();
        var keys = new KeySource(input.Reader, new FakeTime());
        var session = new ChatSession(new HostileConnection(), new ChatSettings { Server = new Uri("http://localhost:1/mcp") }, new FakeTime());
        var screen = new Screen(terminal, TestCanvas.Colored(120), area);
        return (terminal, new ChatRoom(session, screen, new LineEditor(area, keys, screen.Paint), new Attention(keys, area)), input);
    }

    private sealed class HostileConnection : IShopConnection
    {
        public event EventHandler<OfferChangedEventArgs>? Changed
        {
            add { }
            remove { }
        }

        public Uri Address { get; } = new("http://localhost:1/mcp");

        public string Transport => "MCP";

        public string ServerName => Evil;

        public string? Instructions => Evil;

        public Task<IReadOnlyList<ToolInfo>> ListTools(CancellationToken cancellation = default)
        {
            var argument = new JsonObject { ["type"] = "string", ["description"] = Evil, ["enum"] = new JsonArray(Evil, "plain") };
            var schema = new JsonObject
            {
                ["properties"] = new JsonObject { [Evil] = argument, ["plain"] = argument.DeepClone() },
                ["required"] = new JsonArray(Evil),
            };
            return Task.FromResult<IReadOnlyList<ToolInfo>>([new ToolInfo(Evil, Evil, Evil, JsonElement.Parse(schema.ToJsonString()), ReadOnly: true, Destructive: false)]);
        }

        public Task<ToolOutcome> CallTool(string name, JsonObject arguments, CancellationToken cancellation = default)
        {
            var row = new JsonObject { ["name"] = Evil, ["net"] = 2, ["currency"] = Evil, [Evil] = Evil };
            var rows = new JsonObject { [Evil] = new JsonArray(row, row.DeepClone()) };
            return Task.FromResult(new ToolOutcome(arguments.ToJsonString().Contains("\"y\"", StringComparison.Ordinal), Evil, rows, [new OtherContent(Evil, Evil, Evil, 1)]));
        }

        public Task<IReadOnlyList<PromptInfo>> ListPrompts(CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<PromptInfo>>([new PromptInfo(Evil, Evil, Evil, [new PromptArgument(Evil, Evil, Required: true)])]);

        public Task<IReadOnlyList<PromptMessage>> GetPrompt(string name, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<PromptMessage>>([new PromptMessage(Evil, Evil), new PromptMessage("user", Evil)]);

        public Task<IReadOnlyList<ResourceInfo>> ListResources(CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<ResourceInfo>>([new ResourceInfo(Evil, Evil, Evil, Evil, Evil, 1), new ResourceInfo("plain://x", Evil, Evil, null, Evil, 1)]);

        public Task<IReadOnlyList<ResourceTemplateInfo>> ListResourceTemplates(CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<ResourceTemplateInfo>>([new ResourceTemplateInfo($"evil://{{x}}/{Evil}", Evil, Evil, Evil, Evil)]);

        public Task<IReadOnlyList<ResourceText>> ReadResource(string uri, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ResourceText>>(
        [
            new ResourceText(Evil, Evil, Evil),
            new ResourceText(Evil, "text/markdown", $"# {Evil}\n\n[{Evil}](http://x/{Evil}) `{Evil}`"),
            new ResourceText(Evil, Evil, new JsonObject { [Evil] = Evil }.ToJsonString()),
        ]);

        public Task<IReadOnlyList<string>> Complete(
            CompletionReference reference, string argument, string prefix, IReadOnlyDictionary<string, string>? others = null, CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<string>>([Evil, "plain"]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
