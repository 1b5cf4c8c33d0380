using System.Text.Json.Nodes;
using Cartwright.Chat.Connections;

namespace Cartwright.Chat.Terminal;

/// <summary>A tool call of a turn, kept for /last.</summary>
/// <param name="Arguments">JSON as it was sent, or as the model wrote it.</param>
internal sealed record CallRecord(int Number, string Tool, string Arguments, ToolOutcome Outcome, TimeSpan Took, int Bytes, int? CutTo = null);

/// <summary>Tool calls on one line each.</summary>
internal static class ToolLine
{
    private const int MostOfFailure = 2000;

    public static string Finished(CallRecord call, Screen screen)
    {
        var (canvas, width) = (screen.Canvas, screen.Canvas.Width);
        var failed = call.Outcome.Failed;
        var mark = (failed, canvas.Unicode) switch
        {
            (false, true) => "✓",
            (true, true) => "✗",
            (false, false) => "ok",
            _ => "!!",
        };
        var end = $"{Duration(call.Took)}, {(failed ? "failed" : Size(call.Bytes) + (call.CutTo is { } part ? $", of which the model got {Size(part)}" : ""))}";
        var head = $"  {mark} {SafeText.Line(call.Tool, 60)}";
        var arguments = Arguments(call.Arguments, width - CellWidth.Of(head) - end.Length - 4);
        var paint = canvas.Paint;
        var line = $"  {(failed ? paint.Bad(mark) : paint.Good(mark))} {SafeText.Line(call.Tool, 60)} {paint.Dim($"{(arguments.Length > 0 ? $"{arguments}  " : "")}{end}")}";
        return failed && call.Outcome.Text.Length > 0
            ? $"{line}\n    {paint.Bad(screen.Fold(SafeText.Line(call.Outcome.Text, MostOfFailure), 4))}"
            : line;
    }

    public static string Running(string mark, string tool, string arguments, int width, Paint paint)
    {
        var head = $"  {mark} {SafeText.Line(tool, 60)}";
        return $"  {paint.Accent(mark)} {SafeText.Line(tool, 60)} {paint.Dim(Arguments(arguments, width - CellWidth.Of(head) - 2))}";
    }

    /// <summary>Arguments as they are typed after /call, as long as there is room.</summary>
    public static string Arguments(string json, int room)
    {
        var text = JsonText.Parse(json) is JsonObject members
            ? string.Join(' ', members.Select(member => $"{SafeText.Line(member.Key, 40)}={Value(member.Value)}"))
            : SafeText.Line(json);
        return CellWidth.Cut(text, Math.Max(0, room));
    }

    public static string Duration(TimeSpan took) => took.TotalSeconds < 1 ? $"{took.TotalMilliseconds:0} ms" : $"{took.TotalSeconds:0.0} s";

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024m:0.0} KB",
        _ => $"{bytes / 1024m / 1024m:0.0} MB",
    };

    private static string Value(JsonNode? value) =>
        value is JsonValue leaf && leaf.TryGetValue<string>(out var text) ? Commands.CommandLine.Quote(SafeText.Line(text, 120)) : JsonText.Line(value, 120);
}
