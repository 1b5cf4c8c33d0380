using Spectre.Console;

namespace Cartwright.Chat.Terminal;

/// <summary>The interactive screen.</summary>
internal static class InteractiveChat
{
    /// <summary>Runs until the user leaves. Gives the exit code of the program.</summary>
    public static Task<int> Run(ChatSession session, IAnsiConsole console, CancellationToken cancellation)
    {
        console.MarkupLineInterpolated($"{session.Connection.ServerName}");
        return Task.FromResult(cancellation.IsCancellationRequested ? 130 : 0);
    }
}
