using System.Text;
using System.Threading.Channels;
using Cartwright.Chat.Terminal;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>A line editor on a terminal of its own, with keys given as a terminal sends them.</summary>
internal sealed class TypedLine
{
    private readonly Channel<TerminalInput> _input = Channel.CreateUnbounded<TerminalInput>();
    private readonly LineEditor _editor;
    private int _width;

    public TypedLine(int width = 40, int height = 12)
    {
        _width = width;
        Terminal = new TerminalEmulator(width, height);
        Area = new LiveArea(Terminal, () => (_width, height));
        _editor = new LineEditor(Area, new KeySource(_input.Reader, new FakeTime()), default);
    }

    public TerminalEmulator Terminal { get; }

    public LiveArea Area { get; }

    /// <summary>Types the keys, and gives what the line ended with; without an end in the keys, Enter is added.</summary>
    public async Task<Entry> Read(string keys, EditorPrompt? prompt = null)
    {
        Type(keys);
        return await _editor.Read(prompt ?? new EditorPrompt("> "), CancellationToken.None).WaitAsync(Mcp.Wire.Patience);
    }

    /// <summary>The text of the line that the keys make.</summary>
    public async Task<string> Text(string keys, EditorPrompt? prompt = null) => (await Read(keys + "\r", prompt)).Text;

    /// <summary>Types the keys, and waits until the terminal shows this (and no Enter is among the keys).</summary>
    public async Task Shows(string expected, string keys, EditorPrompt? prompt = null, (int Row, int Column)? cursor = null)
    {
        using var stop = new CancellationTokenSource();
        var reading = _editor.Read(prompt ?? new EditorPrompt("> "), stop.Token);
        await Then(expected, keys, cursor);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    /// <summary>Types more keys, and waits until the terminal shows this.</summary>
    public async Task Then(string expected, string keys, (int Row, int Column)? cursor = null)
    {
        Type(keys);
        var late = Task.Delay(Mcp.Wire.Patience);
        while ((Terminal.Look() != expected || (cursor is not null && Terminal.Cursor != cursor)) && !late.IsCompleted)
        {
            await Task.Delay(5);
        }

        Assert.Equal(expected, Terminal.Look());
        Assert.Equal(cursor ?? Terminal.Cursor, Terminal.Cursor);
    }

    public void Resize(int width)
    {
        _width = width;
        Terminal.Width = width;
        _input.Writer.TryWrite(TerminalInput.Of(new Key(KeyKind.Resized)));
    }

    public void Type(string keys) => _input.Writer.TryWrite(new TerminalInput(Encoding.UTF8.GetBytes(keys)));
}
