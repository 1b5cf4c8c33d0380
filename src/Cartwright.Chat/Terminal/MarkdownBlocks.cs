using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Helpers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Spectre.Console;
using Spectre.Console.Rendering;
using MarkdownTable = Markdig.Extensions.Tables.Table;
using Table = Spectre.Console.Table;
using TableRow = Markdig.Extensions.Tables.TableRow;

namespace Cartwright.Chat.Terminal;

/// <summary>Renders Markdown's blocks: headings, paragraphs, lists, quotations, code, tables.</summary>
internal static class MarkdownBlocks
{
    private const int NarrowestColumn = 8;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseTaskLists()
        .UseAutoLinks()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .DisableHtml()
        .Build();

    private static readonly Style Quiet = new(decoration: Decoration.Dim);
    private static readonly Style CodeStyle = new(Color.Teal);

    /// <summary>The blocks of a text, each with the place of its first line in it.</summary>
    public static List<(int Start, Block Block)> Parse(string text)
    {
        try
        {
            return [.. Markdown.Parse(text, Pipeline).Where(block => block is not LinkReferenceDefinitionGroup)
                .Select(block => (block.Span.Start == 0 ? 0 : text.LastIndexOf('\n', block.Span.Start - 1) + 1, block))];
        }
        catch (ArgumentException)
        {
            // Nested more deeply than the parser goes: shown as it is.
            return [(0, new ParagraphBlock { Inline = new ContainerInline().AppendChild(new LiteralInline(text)) })];
        }
    }

    /// <summary>Of a long block of code its last lines, else the block itself.</summary>
    public static Block Tail(Block block, int lines)
    {
        if (block is CodeBlock code && code.Lines.Count > lines)
        {
            code.Lines = new StringLineGroup(string.Join('\n', code.Lines.Lines[(code.Lines.Count - lines)..code.Lines.Count]));
        }

        return block;
    }

    public static IRenderable Render(IEnumerable<Block> blocks, int width, bool unicode, bool tight = false)
    {
        var parts = new List<IRenderable>();
        foreach (var block in blocks)
        {
            if (parts.Count > 0 && !tight)
            {
                parts.Add(new Text(""));
            }

            parts.Add(RenderOne(block, width, unicode));
        }

        return new Rows(parts);
    }

    private static IRenderable RenderOne(Block block, int width, bool unicode) => block switch
    {
        HeadingBlock heading => MarkdownInlines.Paragraph(heading.Inline, Heading(heading.Level)),
        MarkdownTable table => RenderTable(table, width, unicode),
        ParagraphBlock paragraph => MarkdownInlines.Paragraph(paragraph.Inline),
        ListBlock list => RenderList(list, width, unicode),
        QuoteBlock quote => new Indented(unicode ? "│ " : "| ", unicode ? "│ " : "| ", Quiet, Render(quote, width - 2, unicode)),
        CodeBlock code => new Indented("  ", "  ", Style.Plain, new CodeLines(code.Lines.ToString(), CodeStyle)),
        ThematicBreakBlock => new Rule { Style = Quiet, Border = unicode ? BoxBorder.Square : BoxBorder.Ascii },
        ContainerBlock container => Render(container, width, unicode),
        LeafBlock leaf => leaf.Inline is null ? new Text(leaf.Lines.ToString()) : MarkdownInlines.Paragraph(leaf.Inline),
        _ => new Text(""),
    };

    private static Style Heading(int level) => level switch
    {
        1 => new Style(Color.Aqua, decoration: Decoration.Bold | Decoration.Underline),
        2 => new Style(Color.Aqua, decoration: Decoration.Bold),
        _ => new Style(decoration: Decoration.Bold),
    };

    private static Rows RenderList(ListBlock list, int width, bool unicode)
    {
        _ = int.TryParse(list.OrderedStart ?? "1", out var number);
        var digits = $"{number + list.Count - 1}".Length;
        var items = new List<IRenderable>();
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var mark = list.IsOrdered ? $"{number++}. ".PadLeft(digits + 2) : unicode ? "• " : "- ";
            var isTight = !list.IsLoose;
            items.Add(new Indented(mark, new string(' ', mark.Length), Style.Plain, Render(item, width - mark.Length, unicode, isTight)));
        }

        return new Rows(items);
    }

    private static IRenderable RenderTable(MarkdownTable source, int width, bool unicode)
    {
        var rows = source.OfType<TableRow>().Select(row => row.OfType<TableCell>().ToList()).ToList();
        var columns = rows.Count == 0 ? 0 : rows.Max(row => row.Count);
        if (columns == 0)
        {
            return new Text("");
        }

        if (columns * (NarrowestColumn + 3) > width && columns > 1)
        {
            return Records(rows, width, unicode);
        }

        var table = new Table { Border = unicode ? TableBorder.Rounded : TableBorder.Ascii, BorderStyle = Quiet };
        for (var i = 0; i < columns; i++)
        {
            table.AddColumn(new TableColumn(i < rows[0].Count ? Cell(rows[0][i], new Style(decoration: Decoration.Bold)) : new Paragraph())
            {
                Alignment = i < source.ColumnDefinitions.Count ? Alignment(source.ColumnDefinitions[i].Alignment) : null,
            });
        }

        foreach (var row in rows.Skip(1))
        {
            table.AddRow(Enumerable.Range(0, columns).Select(IRenderable (i) => i < row.Count ? Cell(row[i]) : new Paragraph()));
        }

        return table;
    }

    /// <summary>A table too wide for the terminal, row by row.</summary>
    private static Rows Records(List<List<TableCell>> rows, int width, bool unicode)
    {
        var records = new List<IRenderable>();
        foreach (var row in rows.Skip(1))
        {
            foreach (var (i, cell) in row.Index())
            {
                var name = i < rows[0].Count ? MarkdownInlines.Paragraph((rows[0][i].LastChild as ParagraphBlock)?.Inline, new Style(decoration: Decoration.Bold)) : new Paragraph();
                records.Add(new Indented(i == 0 ? (unicode ? "• " : "- ") : "  ", "  ", Style.Plain, name));
                records.Add(new Indented("    ", "    ", Style.Plain, Render(cell, width - 4, unicode)));
            }
        }

        return new Rows(records);
    }

    private static Paragraph Cell(TableCell cell, Style? style = null) => MarkdownInlines.Paragraph((cell.LastChild as ParagraphBlock)?.Inline, style);

    private static Justify? Alignment(TableColumnAlign? align) => align switch
    {
        TableColumnAlign.Right => Justify.Right,
        TableColumnAlign.Center => Justify.Center,
        TableColumnAlign.Left => Justify.Left,
        _ => null,
    };
}
