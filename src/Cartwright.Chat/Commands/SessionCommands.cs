using Spectre.Console;

namespace Cartwright.Chat.Commands;

/// <summary>/model, /clear, /help.</summary>
internal static class SessionCommands
{
    private static readonly (string Key, string Does)[] Keys =
    [
        ("Tab", "completes commands, names, arguments and their values, @ and a resource; again it chooses"),
        ("Up, Down, Ctrl-R", "earlier lines; searches them"),
        ("Alt-Enter, Ctrl-J, \\ Enter", "a line break in a message"),
        ("Ctrl-C", "stops an answer; drops the line; twice on an empty line it leaves"),
        ("Ctrl-L, Ctrl-Z", "clears the screen; puts the chat aside until fg"),
    ];

    public static Task Model(ChatRoom room, string rest, CancellationToken cancellation)
    {
        if (room.Session.Conversation is not { } conversation)
        {
            room.Screen.Say("No model: OPENAI_API_KEY is not set, the tools work without one.");
        }
        else if (rest.Length == 0)
        {
            room.Screen.Say(SafeText.Line($"{conversation.Model} at {room.Session.Settings.Model?.Where}. /model NAME changes it."));
        }
        else
        {
            conversation.Model = rest;
            room.Screen.Say($"From the next message on: {SafeText.Line(rest)}.");
        }

        return Task.CompletedTask;
    }

    public static Task Clear(ChatRoom room, string rest, CancellationToken cancellation)
    {
        room.Session.Conversation?.Clear();
        room.LastCalls = [];
        room.Screen.Area?.ClearScreen();
        room.Screen.Say("A new conversation.");
        return Task.CompletedTask;
    }

    public static Task Help(ChatRoom room, string rest, CancellationToken cancellation)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        foreach (var command in CommandList.All)
        {
            var name = new Paragraph().Append(command.Name, new Style(Color.Teal)).Append($" {command.Arguments}", new Style(decoration: Decoration.Dim));
            grid.AddRow(name, new Text(command.Description));
        }

        grid.AddEmptyRow();
        foreach (var (key, does) in Keys)
        {
            grid.AddRow(new Text(key, new Style(Color.Teal)), new Text(does));
        }

        room.Screen.Print(grid);
        return Task.CompletedTask;
    }
}
