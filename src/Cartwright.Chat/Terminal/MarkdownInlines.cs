using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Spectre.Console;

namespace Cartwright.Chat.Terminal;

/// <summary>
/// Writes a line's Markdown into a paragraph: emphasis, code, links. Cleans what it writes: references such as &amp;#27; are letters only now.
/// </summary>
internal static class MarkdownInlines
{
    private static readonly Style Code = new(Color.Teal);

    public static Paragraph Paragraph(ContainerInline? inlines, Style? style = null)
    {
        var paragraph = new Paragraph();
        Write(paragraph, inlines, style ?? Style.Plain);
        return paragraph;
    }

    private static void Write(Paragraph paragraph, ContainerInline? inlines, Style style)
    {
        foreach (var inline in inlines ?? [])
        {
            switch (inline)
            {
                case LiteralInline literal:
                    Append(paragraph, literal.Content.ToString(), style);
                    break;
                case CodeInline code:
                    Append(paragraph, code.Content, style.Combine(Code));
                    break;
                case EmphasisInline emphasis:
                    Write(paragraph, emphasis, style.Combine(new Style(decoration: Decoration(emphasis))));
                    break;
                case LineBreakInline:
                    paragraph.Append("\n", style);
                    break;
                case LinkInline link:
                    WriteLink(paragraph, link, style);
                    break;
                case AutolinkInline link:
                    Append(paragraph, link.Url, Linked(style, link.Url));
                    break;
                case HtmlEntityInline entity:
                    Append(paragraph, entity.Transcoded.ToString(), style);
                    break;
                case HtmlInline html:
                    Append(paragraph, html.Tag, style);
                    break;
                case TaskList task:
                    paragraph.Append(task.Checked ? "[x]" : "[ ]", style);
                    break;
                case DelimiterInline delimiter:
                    // Brackets and such that turned out to be no link.
                    Append(paragraph, delimiter.ToLiteral(), style);
                    Write(paragraph, delimiter, style);
                    break;
                case ContainerInline others:
                    Write(paragraph, others, style);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Append(Paragraph paragraph, string text, Style style) =>
        paragraph.Append(SafeText.Clean(text).Replace('\t', ' '), style);

    private static Decoration Decoration(EmphasisInline emphasis) => emphasis switch
    {
        { DelimiterChar: '~' } => Spectre.Console.Decoration.Strikethrough,
        { DelimiterCount: >= 2 } => Spectre.Console.Decoration.Bold,
        _ => Spectre.Console.Decoration.Italic,
    };

    /// <summary>The text, and where it leads: nothing hides its address.</summary>
    private static void WriteLink(Paragraph paragraph, LinkInline link, Style style)
    {
        var url = link.Url ?? "";
        var text = PlainText(link);
        if (link.IsImage)
        {
            Append(paragraph, $"[image{(text.Length > 0 ? $": {text}" : "")}]", style);
        }
        else if (text == url)
        {
            Append(paragraph, url, Linked(style, url));
            return;
        }
        else
        {
            Write(paragraph, link, Linked(style, url));
        }

        if (url.Length > 0)
        {
            Append(paragraph, $" ({url})", style.Combine(new Style(decoration: Spectre.Console.Decoration.Dim)));
        }
    }

    private static Style Linked(Style style, string url) => style.Combine(new Style(
        decoration: Spectre.Console.Decoration.Underline,
        link: Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.AbsoluteUri : null));

    private static string PlainText(ContainerInline inlines) => string.Concat(inlines.Descendants<LiteralInline>().Select(literal => literal.Content.ToString()));
}
