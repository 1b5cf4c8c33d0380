using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cartwright.Chat.Terminal;

/// <summary>Makes lines of text of what Spectre can render, with the abilities of the terminal that it is for.</summary>
#pragma warning disable CA1001 // A StringWriter holds nothing but memory.
internal sealed class Canvas
#pragma warning restore CA1001
{
    private readonly StringWriter _writer = new();
    private readonly IAnsiConsole _console;
    private readonly Func<int> _width;

    /// <summary>A canvas of so many columns; in colour it uses what <paramref name="capabilities"/> allow, else plain text.</summary>
    public Canvas(IReadOnlyCapabilities capabilities, bool color, Func<int> width)
    {
        _width = width;
        Unicode = capabilities.Unicode;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = color ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = color ? (ColorSystemSupport)capabilities.ColorSystem : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(_writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        _console.Profile.Capabilities.Unicode = capabilities.Unicode;
        _console.Profile.Capabilities.Links = color && capabilities.Links;
        Paint = new Paint(color);
    }

    public Paint Paint { get; }

    public bool Unicode { get; }

    public int Width => _width();

    /// <summary>The lines, each with its line end.</summary>
    public string Render(IRenderable renderable)
    {
        _console.Profile.Width = Width;
        _writer.GetStringBuilder().Clear();
        _console.Write(renderable);
        return string.Concat(Lines(_writer.ToString()).Select(line => line.TrimEnd(' ') + "\n"));
    }

    public IEnumerable<Row> Rows(IRenderable renderable) => Lines(Render(renderable)).Select(line => new Row(line, AnsiText.Width(line)));

    private static string[] Lines(string text) => text.TrimEnd('\n').ReplaceLineEndings("\n").Split('\n');
}
