using Cartwright.Chat.Charts;
using Cartwright.Chat.Terminal;

namespace Cartwright.Chat.Commands;

/// <summary>/last: the calls of the last turn in full.</summary>
internal static class LastCommand
{
    public static Task Run(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var (screen, paint) = (room.Screen, room.Screen.Paint);
        if (room.LastCalls.Count == 0)
        {
            screen.Say("No tool has been called yet.");
        }

        foreach (var (i, call) in room.LastCalls.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            var state = call.Outcome.Failed ? paint.Bad("failed") : paint.Good("ok");
            screen.Say($"{(i > 0 ? "\n" : "")}{paint.Bold($"{call.Number}. {SafeText.Line(call.Tool, 60)}")} {state} {paint.Dim($"{ToolLine.Duration(call.Took)}, {ToolLine.Size(call.Bytes)}")}");
            screen.Print($"  {paint.Dim("arguments")} {(JsonText.Parse(call.Arguments) is { } arguments ? JsonText.Pretty(arguments, paint, "  ") : SafeText.Clean(call.Arguments))}\n");
            CallCommand.ShowCharts(screen, call.Outcome.Structured);
            foreach (var table in ResultTable.Find(call.Outcome.Structured, screen.Canvas))
            {
                screen.Print($"\n{screen.Canvas.Render(table)}");
            }

            var result = call.Outcome.Structured is { } structured
                ? JsonText.Pretty(structured, paint, "  ")
                : SafeText.Clean(call.Outcome.Text).Replace("\n", "\n  ", StringComparison.Ordinal);
            screen.Print($"\n  {paint.Dim("result")} {result}\n");
            CallCommand.ShowOthers(screen, call.Outcome);
        }

        return Task.CompletedTask;
    }
}
