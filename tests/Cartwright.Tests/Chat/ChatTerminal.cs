using System.Globalization;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>A shop with a year of sales as a process, a scripted model, and the chat with both on a terminal.</summary>
internal sealed class ChatTerminal : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _port = ShopProcess.FreePort();
    private ShopProcess? _shop;

    public ScriptedModel Model { get; private set; } = null!;

    public string Folder => _folder.Path;

    public static async Task<ChatTerminal> Start()
    {
        var chat = new ChatTerminal { Model = await ScriptedModel.Start() };
        chat._shop = await ShopProcess.Serve(chat._folder, chat._port, ("CARTWRIGHT_CATALOG", ShopServer.SampleFile("plantly")));
        using var seed = ShopProcess.Run(chat.Folder, ["sales", "seed"], ("CARTWRIGHT_DATA", Path.Combine(chat.Folder, "data")));
        Assert.Equal(0, await seed.Exit(TimeSpan.FromMinutes(1)));
        return chat;
    }

    /// <summary>The address of the shop's own endpoint.</summary>
    public string ShopUrl => $"http://localhost:{_port}/mcp";

    public Task<Tmux> Open(params string[] arguments) => Open(hasModel: true, arguments);

    /// <summary>Opens the chat; with a shell, as a part of this command of it.</summary>
    public async Task<Tmux> Open(
        bool hasModel, string[] arguments, int width = 100, int height = 40, string terminal = "screen-256color", string? shell = null, params (string Name, string Value)[] settings)
    {
        (string, string)[] model = hasModel ? [("OPENAI_API_KEY", ScriptedModel.Key), ("OPENAI_BASE_URL", Model.Address.ToString())] : [];
        string[] command = [ShopProcess.Program, "chat", .. arguments];
        var line = string.Join(' ', command.Select(word => $"'{word}'"));
        return await Tmux.Run(
            Folder,
            shell is null ? line : string.Format(CultureInfo.InvariantCulture, shell, line),
            [
                ("PORT", $"{_port}"),
                ("CARTWRIGHT_DATA", Path.Combine(Folder, "data")),
                ("XDG_STATE_HOME", Path.Combine(Folder, "state")),
                .. model,
                .. settings,
            ],
            width,
            height,
            terminal);
    }

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        _shop?.Dispose();
        _folder.Dispose();
    }
}
