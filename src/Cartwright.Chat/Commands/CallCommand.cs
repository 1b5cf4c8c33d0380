using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Chat.Charts;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Terminal;
using Spectre.Console;

namespace Cartwright.Chat.Commands;

/// <summary>/call: calls a tool without a model. It is not asked about: whoever types it wants it.</summary>
internal static class CallCommand
{
    private const int ChartHeight = 6;
    private const int ChartBars = 20;

    public static async Task Run(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var words = CommandLine.Split(rest);
        if (words.Count == 0)
        {
            room.Screen.Complain("/call takes the name of a tool: /call find_products query=fern. /tools lists them.");
            return;
        }

        var tools = await room.Session.Tools.Get(cancellation);
        var tool = tools.FirstOrDefault(tool => tool.Name == words[0].Text);
        if (tool is null)
        {
            var meant = Nearest.Of(words[0].Text, tools.Select(tool => tool.Name));
            room.Screen.Complain($"There is no tool {SafeText.Line(words[0].Text, 60)}{(meant is null ? "." : $"; did you mean {meant}?")} /tools lists them.");
            return;
        }

        var schemas = ArgumentSchema.Of(tool.InputSchema);
        if (await Arguments(room, words, schemas, cancellation) is not { } arguments)
        {
            return;
        }

        var quiet = room.Session.Settings.Quiet;
        var view = new TurnView(room.Screen.Aside, room.Session.Time, quiet) { HasCharts = false };
        try
        {
            await view.Run(Call(room, tool.Name, arguments, cancellation), cancellation);
        }
        finally
        {
            room.LastCalls = view.Calls.Count > 0 ? view.Calls : room.LastCalls;
        }

        if (view.Calls is [{ Outcome.Failed: false } call])
        {
            Show(room.Screen, call.Outcome, hasCharts: !quiet);
        }
        else if (quiet && view.Calls is [var failed])
        {
            // The line about the call, which would say it, is left out.
            room.Screen.Complain($"{tool.Name} failed: {failed.Outcome.Text}");
        }
        else
        {
            room.Screen.HasFailed = true;
        }
    }

    /// <summary>The result: charts where it has series or rankings, then the text, or its JSON where that is all there is.</summary>
    private static void Show(Screen screen, ToolOutcome outcome, bool hasCharts)
    {
        if (hasCharts)
        {
            ShowCharts(screen, outcome.Structured);
        }

        var gap = screen.IsScript ? "" : "\n";
        var text = outcome.Text.Trim();
        if (JsonText.Parse(text) is JsonObject or JsonArray)
        {
            screen.Print($"{gap}{SafeText.Clean(JsonText.Pretty(JsonText.Parse(text), default))}\n");
        }
        else if (text.Length > 0)
        {
            screen.Print($"{gap}{SafeText.Clean(text)}\n");
        }
        else if (outcome.Structured is not null)
        {
            screen.Print($"{gap}{JsonText.Pretty(outcome.Structured, screen.Paint)}\n");
        }

        ShowOthers(screen, outcome);
    }

    public static void ShowOthers(Screen screen, ToolOutcome outcome)
    {
        foreach (var other in outcome.Others)
        {
            screen.Say(screen.Paint.Dim(SafeText.Line(
                $"[{other.Kind}{(other.MimeType is null ? "" : $", {other.MimeType}")}{(other.Bytes is { } bytes ? $", {ToolLine.Size(bytes)}" : "")}] {other.Uri}")));
        }
    }

    public static void ShowCharts(Screen screen, JsonNode? structured)
    {
        foreach (var chart in ChartFinder.Find(structured))
        {
            var title = $"{(chart.Title.Length > 0 ? $"{chart.Title}: " : "")}{chart.Measure}{(chart.Currency is null ? "" : $" in {chart.Currency}")}";
            var lines = new StringBuilder($"\n  {screen.Paint.Bold(title)}\n");
            foreach (var line in Chart.Draw(chart, screen.Canvas.Width - 4, chart.IsSeries ? ChartHeight : ChartBars, screen.Canvas))
            {
                lines.Append("  ").Append(line).Append('\n');
            }

            screen.Print(lines.ToString());
        }
    }

    private static async Task<JsonObject?> Arguments(ChatRoom room, List<Word> words, IReadOnlyList<ArgumentSchema> schemas, CancellationToken cancellation)
    {
        var required = schemas.Where(schema => schema.IsRequired).ToList();
        var only = required.Count == 1 ? required[0].Name : schemas.Count == 1 ? schemas[0].Name : null;
        var (arguments, problem) = NamedArguments.Read(words.Skip(1), only, schemas.Select(schema => schema.Name));
        if (problem is not null)
        {
            room.Screen.Complain(problem);
            return null;
        }

        foreach (var schema in required.Where(schema => !arguments.Has(schema.Name)))
        {
            if (await room.Ask($"{schema.Name}: ", schema.Description, Completions.Values(schema.Values), cancellation) is not { } value)
            {
                room.Screen.Complain($"Not called: {schema.Name} is needed. Give it as {schema.Name}=...");
                return null;
            }

            arguments.Add(schema.Name, value);
        }

        var (json, flaw) = arguments.Json(schemas);
        if (flaw is not null)
        {
            room.Screen.Complain(flaw);
            return null;
        }

        return json;
    }

    private static async IAsyncEnumerable<ChatEvent> Call(
        ChatRoom room, string tool, JsonObject arguments, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var text = arguments.ToJsonString();
        yield return new CallStarted(1, "", tool, text);
        var began = room.Session.Time.GetTimestamp();
        var outcome = await room.Connection.CallTool(tool, arguments, cancellation);
        var bytes = Encoding.UTF8.GetByteCount(outcome.Structured?.ToJsonString() ?? outcome.Text);
        yield return new CallFinished(1, outcome, room.Session.Time.GetElapsedTime(began), bytes);
    }
}
