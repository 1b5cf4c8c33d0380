using System.Text.Json.Nodes;
using Cartwright.Chat.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;
using Canvas = Cartwright.Chat.Terminal.Canvas;

namespace Cartwright.Chat.Charts;

/// <summary>Tables of the rows found in a tool's result: one for each array of objects, with the members that are plain values, as many as fit.</summary>
internal static class ResultTable
{
    private const int MostRows = 50;
    private const int WidestCell = 32;

    public static IEnumerable<IRenderable> Find(JsonNode? result, Canvas canvas)
    {
        var arrays = result switch
        {
            JsonArray array => [("", array)],
            JsonObject members => members.Where(member => member.Value is JsonArray).Select(member => (member.Key, (JsonArray)member.Value!)),
            _ => [],
        };
        foreach (var (name, array) in arrays)
        {
            var rows = array.OfType<JsonObject>().ToList();
            if (rows.Count > 0 && rows.Count == array.Count)
            {
                yield return Table(name, rows, canvas);
            }
        }
    }

    private static Table Table(string name, List<JsonObject> rows, Canvas canvas)
    {
        var table = new Table
        {
            Border = canvas.Unicode ? TableBorder.Rounded : TableBorder.Ascii,
            BorderStyle = new Style(decoration: Decoration.Dim),
        };
        if (name is not ("" or "rows"))
        {
            table.Title = new TableTitle(Markup.Escape(SafeText.Line(name, 40)));
        }

        var columns = Columns(rows, canvas.Width);
        foreach (var column in columns)
        {
            var isNumber = rows.TrueForAll(row => row[column] is null || row[column]!.GetValueKind() == System.Text.Json.JsonValueKind.Number);
            table.AddColumn(new TableColumn(new Text(SafeText.Line(column, WidestCell), new Style(decoration: Decoration.Bold)))
            {
                Alignment = isNumber ? Justify.Right : Justify.Left,
                NoWrap = true,
            });
        }

        foreach (var row in rows.Take(MostRows))
        {
            table.AddRow(columns.Select(column => new Text(Cell(row[column]))));
        }

        if (rows.Count > MostRows)
        {
            table.Caption = new TableTitle($"{rows.Count - MostRows} more");
        }

        return table;
    }

    private static List<string> Columns(List<JsonObject> rows, int width)
    {
        var columns = new List<string>();
        var left = width - 1;
        var names = rows.SelectMany(row => row.Select(member => member.Key)).Distinct(StringComparer.Ordinal)
            .Where(name => rows.TrueForAll(row => row[name] is null or JsonValue));
        foreach (var name in names)
        {
            var cells = Math.Max(CellWidth.Of(SafeText.Line(name, WidestCell)), rows.Take(MostRows).Max(row => CellWidth.Of(Cell(row[name]))));
            left -= cells + 3;
            if (left < 0 && columns.Count > 0)
            {
                break;
            }

            columns.Add(name);
        }

        return columns;
    }

    private static string Cell(JsonNode? value) => CellWidth.Cut(
        value is null ? "" : value is JsonValue leaf && leaf.TryGetValue<string>(out var text) ? SafeText.Line(text) : JsonText.Line(value), WidestCell);
}
