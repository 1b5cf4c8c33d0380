using Cartwright.Server;

namespace Cartwright;

/// <summary>What a verb that copies a whole shop works with.</summary>
/// <param name="Settings">The shop's.</param>
/// <param name="Progressed">Tells how much is done, and of how much.</param>
/// <param name="Next">What follows has another title.</param>
/// <param name="Stop">Ctrl-C.</param>
internal sealed record ShopCopy(Settings Settings, Action<long, long> Progressed, Action<string> Next, CancellationToken Stop)
{
    /// <summary>Reads the settings and runs the copy with a progress bar; prints the lines that it gives, or why there is none.</summary>
    /// <param name="title">Before the progress bar.</param>
    /// <param name="undone">What Ctrl-C leaves, for people.</param>
    /// <param name="copy">Does it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(string title, string undone, Func<ShopCopy, Task<Result<string[]>>> copy)
    {
        var settings = Terminal.ReadSettings();
        if (!settings.Ok)
        {
            return Terminal.Complain(settings.Problem);
        }

        using var stop = new StopSignals();
        try
        {
            return await SalesProgress.Run(title, async (report, next) =>
            {
                var done = await copy(new ShopCopy(settings.Value, report, next, stop.Token));
                if (!done.Ok)
                {
                    return Terminal.Complain(done.Problem);
                }

                foreach (var line in done.Value)
                {
                    Console.WriteLine(line);
                }

                return 0;
            });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"cartwright: Stopped: {undone}.");
            return StopSignals.ExitCode;
        }
    }
}
