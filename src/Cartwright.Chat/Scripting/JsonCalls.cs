using Cartwright.Chat.Commands;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Terminal;
using Spectre.Console;
using Canvas = Cartwright.Chat.Terminal.Canvas;

namespace Cartwright.Chat.Scripting;

/// <summary>/call lines of a script with --json: the calls and their results as the one JSON object, without a model.</summary>
internal static class JsonCalls
{
    private const string Call = "/call";

    /// <summary>Why these lines cannot be answered in JSON, or null.</summary>
    public static string? Flaw(string script)
    {
        var other = Array.Find(Lines(script), line => CommandList.Split(line)?.Name != Call);
        return other is null ? null : $"With --json, commands can be /call alone, not \"{SafeText.Line(other, 40)}\": leave --json out for the others.";
    }

    /// <summary>Calls one after the other. A call that fails is the error of the whole; the others are made all the same.</summary>
    public static async Task<int> Run(ChatSession session, string script, TextWriter output, CancellationToken cancellation)
    {
        var (calls, error) = (new List<CallRecord>(), (string?)null);
        foreach (var line in Lines(script))
        {
            var canvas = new Canvas(AnsiConsole.Console.Profile.Capabilities, color: false, () => 80);
            var screen = new Screen(TextWriter.Null, canvas, null, TextWriter.Null);
            var room = new ChatRoom(session, screen, new PlainLines(TextReader.Null, TextWriter.Null, isTerminal: false), new Attention(null, null));
            try
            {
                await CallCommand.Run(room, CommandList.Split(line)!.Value.Arguments, cancellation);
                error ??= screen.Complaint;
            }
            catch (ConnectionProblem problem)
            {
                error ??= problem.Advice;
            }

            calls.AddRange(room.LastCalls);
        }

        await output.WriteLineAsync(OneShotJson.Write(calls, error));
        return error is null ? OneShot.Answered : OneShot.Failed;
    }

    private static string[] Lines(string script) => script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
