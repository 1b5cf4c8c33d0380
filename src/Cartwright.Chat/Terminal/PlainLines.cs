namespace Cartwright.Chat.Terminal;

/// <summary>Lines of an input that is no terminal, or one that cannot move its cursor.</summary>
internal sealed class PlainLines(TextReader input, TextWriter output, bool isTerminal) : ILineSource
{
    public bool CanAsk => isTerminal;

    public async Task<Entry> Read(EditorPrompt prompt, CancellationToken cancellation)
    {
        if (isTerminal)
        {
            await output.WriteAsync(prompt.Mark);
            await output.FlushAsync(cancellation);
        }

        // Reading blocks in spite of its name; the program does not have to.
        var line = await Task.Run(() => input.ReadLine(), CancellationToken.None).WaitAsync(cancellation);
        if (line is null)
        {
            return new Entry(EntryKind.End, "");
        }

        prompt.History?.Add(line);
        return new Entry(EntryKind.Line, line);
    }
}
