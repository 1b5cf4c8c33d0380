using System.CommandLine;
using System.CommandLine.Help;
using Cartwright.Chat;
using Cartwright.Chat.Commands;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Scripting;
using Cartwright.Chat.Terminal;
using Cartwright.Server;
using Spectre.Console;
using Command = System.CommandLine.Command;

namespace Cartwright;

/// <summary><c>cartwright chat</c>: asks the shop, or any MCP server, through a model; on a screen, or once for a script.</summary>
internal static class ChatVerb
{
    public const string Name = "chat";

    private const int LongestPipe = 200_000;

    /// <summary>A pipe that is silent for longer has its reader told what is waited for.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "MCP endpoint to use instead of the local back office, such as http://localhost:3000/mcp" };
        var key = new Option<string?>("--key") { Description = "key of that endpoint (others see it in the list of processes: rather set CARTWRIGHT_CHAT_KEY)" };
        var rest = new Option<bool>("--rest") { Description = "use the endpoint's REST twin instead of MCP" };
        var question = new Option<string?>("--question", "-q") { Description = "ask this, print the answer and end; what is piped in is added to it" };
        var json = new Option<bool>("--json") { Description = "print one JSON object: answer, calls, usage, model; or error" };
        var quiet = new Option<bool>("--quiet") { Description = "print the answer and nothing else" };
        var yes = new Option<bool>("--yes") { Description = "call tools that write without asking" };
        var model = new Option<string?>("--model") { Description = "model to ask instead of OPENAI_MODEL" };
        var rounds = new Option<int>("--max-rounds") { Description = "how many times a question may go to the model, tools in between", DefaultValueFactory = _ => 10 };
        var verb = new Command(Name, "Asks the shop through a model, which has the tools of the back office or of any MCP server. Its settings: cartwright chat --help")
        {
            url, key, rest, question, json, quiet, yes, model, rounds,
        };
        verb.Options.Add(new HelpOption { Action = new SettingsHelp(ChatOptions.Help) });
        verb.SetAction((parsed, cancellation) =>
        {
            var options = new ChatOptions
            {
                Url = parsed.GetValue(url),
                Key = parsed.GetValue(key),
                Rest = parsed.GetValue(rest),
                Model = parsed.GetValue(model),
                MaxRounds = parsed.GetValue(rounds),
                Yes = parsed.GetValue(yes),
                Quiet = parsed.GetValue(quiet),
            };
            return Guard(() => Run(options, parsed.GetValue(question), parsed.GetValue(json), cancellation));
        });
        return verb;
    }

    /// <summary>An input or output that fails, such as a full disk, is no bug of the program.</summary>
    private static async Task<int> Guard(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            try
            {
                Terminal.Complain(Problem.Invalid($"The input or the output cannot be used: {error.Message.TrimEnd('.')}."));
            }
            catch (IOException)
            {
                // Nor can it be said.
            }

            return OneShot.Failed;
        }
    }

    private static async Task<int> Run(ChatOptions options, string? question, bool json, CancellationToken cancellation)
    {
        var settings = Terminal.Read(options.Read);
        if (!settings.Ok)
        {
            return Fail(settings.Problem.Advice, json, Terminal.BadSetup);
        }

        var time = Terminal.Time;
        if (question is null && !json && !Console.IsInputRedirected)
        {
            return await Converse(settings.Value, null, time, cancellation);
        }

        using var stop = new StopSignals();
        try
        {
            var whole = await Question(question, options.Quiet, stop.Token);
            if (CommandList.Split(whole.Split('\n', 2)[0].TrimEnd()) is { } first)
            {
                return !CommandList.IsKnown(first.Name) ? Fail(CommandList.Unknown(first.Name), json, OneShot.Failed)
                    : !json ? await Converse(settings.Value, whole, time, stop.Token)
                    : JsonCalls.Flaw(whole) is { } flaw ? Fail(flaw, json, Terminal.BadSetup)
                    : await Answer(settings.Value with { Quiet = true }, json, time, session => JsonCalls.Run(session, whole, Console.Out, stop.Token), stop.Token);
            }

            return whole.Length == 0 ? Fail("There is no question: give one with -q, or pipe it in.", json, Terminal.BadSetup)
                : settings.Value.Model is null ? Fail("OPENAI_API_KEY is not set, so there is no model to ask: set it in the environment or in .env.", json, Terminal.BadSetup)
                : await Answer(settings.Value, json, time, session => Ask(session, whole, json, stop.Token), stop.Token);
        }
        catch (OperationCanceledException)
        {
            return StopSignals.ExitCode;
        }
    }

    /// <summary>On a screen; or with a script, which is commands and questions, one a line, as they would be typed.</summary>
    private static async Task<int> Converse(ChatSettings settings, string? script, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            // The terminal is looked at while the server is asked: both take time before the prompt can be there.
            var opening = Task.Run(() => ChatSession.Open(settings, time, cancellation), cancellation);
            var console = AnsiConsole.Console;
            await using var session = await opening;
            using var lines = script is null ? null : new StringReader(script);
            return await InteractiveChat.Run(session, console, lines, cancellation);
        }
        catch (ConnectionProblem problem)
        {
            return Fail(problem.Advice, json: false, OneShot.Failed);
        }
    }

    private static async Task<int> Answer(ChatSettings settings, bool json, TimeProvider time, Func<ChatSession, Task<int>> ask, CancellationToken stop)
    {
        try
        {
            await using var session = await ChatSession.Open(settings, time, stop);
            return await ask(session);
        }
        catch (ConnectionProblem problem)
        {
            return Fail(problem.Advice, json, OneShot.Failed);
        }
    }

    private static Task<int> Ask(ChatSession session, string question, bool json, CancellationToken stop)
    {
        var shot = new OneShot(session, Console.Out, Console.Error);
        return json ? shot.AskForJson(question, stop) : shot.Ask(question, stop);
    }

    /// <summary>What was given, and below it what is piped in.</summary>
    private static async Task<string> Question(string? given, bool quiet, CancellationToken stop)
    {
        var piped = Console.IsInputRedirected ? await Piped(given is null ? "the question" : "the rest of the question", quiet, stop) : "";
        return string.Join("\n\n", new[] { given, Attachments.Cut(piped, LongestPipe) }.Select(part => part?.Trim()).Where(part => part is { Length: > 0 }));
    }

    private static async Task<string> Piped(string what, bool quiet, CancellationToken stop)
    {
        var reading = Task.Run(Console.In.ReadToEnd, stop);
        if (!quiet && await Task.WhenAny(reading, Task.Delay(Silence, Terminal.Time, stop)) != reading && !stop.IsCancellationRequested)
        {
            Console.Error.WriteLine($"· reading {what} from standard input, to its end; < /dev/null gives none");
        }

        return await reading.WaitAsync(stop);
    }

    private static int Fail(string advice, bool json, int code)
    {
        if (json)
        {
            Console.WriteLine(OneShotJson.Error(advice));
        }
        else
        {
            Terminal.Complain(Problem.Invalid(advice));
        }

        return code;
    }
}
