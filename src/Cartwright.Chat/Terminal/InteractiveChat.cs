using System.Text;
using Cartwright.Chat.Commands;
using Cartwright.Chat.Connections;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Scripting;
using Spectre.Console;

namespace Cartwright.Chat.Terminal;

/// <summary>The interactive screen: asks for lines, and does what they say until the user leaves.</summary>
internal sealed class InteractiveChat
{
    private readonly ChatRoom _room;
    private readonly Approval _approval;
    private readonly EditorPrompt _prompt;
    private readonly bool _isTerminal;
    private readonly OneShot? _script;
    private bool _leaveNext;

    private InteractiveChat(ChatRoom room, Approval approval, History history, bool isTerminal, OneShot? script)
    {
        (_room, _approval, _isTerminal, _script) = (room, approval, isTerminal, script);
        var mark = room.Screen.Canvas.Unicode ? "❯ " : "> ";
        _prompt = new EditorPrompt(mark, "", new Completions(room.Session, room.Offers).Complete, history);
    }

    private Screen Screen => _room.Screen;

    /// <summary>Runs until the user leaves, or the script is over. Gives the exit code of the program.</summary>
    /// <param name="script">Lines as they would be typed; null to ask the user for them.</param>
    public static async Task<int> Run(ChatSession session, IAnsiConsole console, TextReader? script, CancellationToken cancellation)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16);
        using var terminal = script is null ? RawTerminal.TryOpen(output) : null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, terminal?.Ended ?? CancellationToken.None);
        var area = terminal is null ? null : new LiveArea(output, () => (console.Profile.Width, console.Profile.Height));
        var color = terminal is not null && console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;
        var canvas = new Canvas(console.Profile.Capabilities, color, () => area?.Width ?? console.Profile.Width);
        var screen = new Screen(output, canvas, area, script is null ? null : Console.Error);
        var keys = terminal is null ? null : new KeySource(terminal.Input, session.Time);
        var attention = new Attention(keys, area);
        ILineSource lines = keys is null
            ? new PlainLines(script ?? Console.In, output, script is null && !Console.IsInputRedirected)
            : new LineEditor(area!, keys, screen.Paint);
        var history = new History(
            terminal is null ? null : History.StandardFile(Environment.GetEnvironmentVariable),
            [session.Settings.ServerKey ?? "", session.Settings.Model?.Key ?? ""]);
        var approval = new Approval(screen, attention, session.Settings.Yes);
        var chat = new InteractiveChat(new ChatRoom(session, screen, lines, attention), approval, history, terminal is not null, script is null ? null : new OneShot(session, output, Console.Error));
        return await chat.Run(() => terminal?.EndCode ?? 130, stop.Token);
    }

    private async Task<int> Run(Func<int> endCode, CancellationToken cancellation)
    {
        if (_room.Session.Conversation is { } conversation && _script is null)
        {
            conversation.Approve = _approval.Ask;
        }

        try
        {
            Greet();
            while (await Next(cancellation))
            {
                // Until the user leaves.
            }

            // On a terminal the user has seen it, and went on.
            return !_isTerminal && Screen.HasFailed ? 1 : 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Screen.Area?.Keep();
            return endCode();
        }
        catch (IOException) when (_isTerminal)
        {
            // The terminal is gone.
            return 129;
        }
    }

    private void Greet()
    {
        var (session, paint) = (_room.Session, Screen.Paint);
        if (session.Settings.Quiet || _script is not null)
        {
            return;
        }

        var model = session.Conversation is { } conversation ? $", {SafeText.Line(conversation.Model, 60)}" : "";
        Screen.Say($"{paint.Bold(SafeText.Line(session.Connection.ServerName, 60))} {paint.Dim($"at {Advice.Where(session.Connection.Address)}{model}. /help lists the commands.")}");
        if (session.Conversation is null)
        {
            Screen.Say(paint.Warning("No OPENAI_API_KEY, so no model: tools only. /call, /prompt, /read and completion work."));
        }
    }

    /// <summary>One line, and what it says. False when the user leaves.</summary>
    private async Task<bool> Next(CancellationToken cancellation)
    {
        if (_isTerminal)
        {
            Screen.Print("\n");
        }

        var isPrepared = _room.Session.Conversation?.Prepared.Count > 0;
        var entry = await _room.Lines.Read(isPrepared ? _prompt with { Mark = $"+ {_prompt.Mark}", Hint = "add something, or Enter alone" } : _prompt, cancellation);
        var text = entry.Text.Trim();
        var isSecond = _leaveNext;
        _leaveNext = false;
        switch (entry.Kind)
        {
            case EntryKind.End:
                return false;
            case EntryKind.Cancelled when isPrepared && text.Length == 0:
                _room.Session.Conversation!.Prepare([]);
                Screen.Say(Screen.Paint.Dim("The prepared message is dropped."));
                return true;
            case EntryKind.Cancelled when text.Length == 0 && isSecond:
                return false;
            case EntryKind.Cancelled when text.Length == 0:
                _leaveNext = true;
                Screen.Say(Screen.Paint.Dim("Ctrl-C again, or Ctrl-D, leaves."));
                return true;
            case EntryKind.Cancelled:
                return true;
            default:
                return (text.Length == 0 && !isPrepared) || await Do(text, cancellation);
        }
    }

    private async Task<bool> Do(string text, CancellationToken cancellation)
    {
        if (CommandList.Split(text) is { } line && CommandList.IsExit(line.Name))
        {
            return false;
        }

        try
        {
            if (CommandList.Split(text) is { } command)
            {
                await Command(command.Name, command.Arguments, cancellation);
            }
            else if (_room.Session.Conversation is { } conversation)
            {
                await Turn(conversation, text, cancellation);
            }
            else
            {
                Screen.Complain("There is no model to answer this: set OPENAI_API_KEY, or use /call. /tools lists what can be called.");
            }
        }
        catch (ConnectionProblem problem)
        {
            Screen.Complain(problem.Advice);
        }

        return true;
    }

    private async Task Command(string name, string rest, CancellationToken cancellation)
    {
        if (CommandList.All.FirstOrDefault(command => command.Name == name) is not { } known)
        {
            Screen.Complain(CommandList.Unknown(name));
            return;
        }

        if (!await _room.Attention.Run(stop => known.Run(_room, rest, stop), cancellation))
        {
            Screen.Say(Screen.Paint.Dim("Stopped."));
        }
    }

    private async Task Turn(Conversation conversation, string text, CancellationToken cancellation)
    {
        if (_isTerminal)
        {
            Screen.Print("\n");
        }

        if (_script is not null)
        {
            Screen.HasFailed |= await _script.Ask(text, cancellation) != OneShot.Answered;
            _room.LastCalls = _script.Calls.Count > 0 ? [.. _script.Calls] : _room.LastCalls;
            return;
        }

        var view = new TurnView(Screen, _room.Session.Time, _room.Session.Settings.Quiet);
        _approval.View = view;
        try
        {
            if (!await _room.Attention.Run(stop => view.Run(conversation.Say(text, stop), stop), cancellation))
            {
                Screen.Say(Screen.Paint.Dim("Stopped."));
            }
        }
        finally
        {
            _approval.View = null;
            _room.LastCalls = view.Calls.Count > 0 ? view.Calls : _room.LastCalls;
        }
    }
}
