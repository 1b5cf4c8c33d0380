using Spectre.Console;

namespace Cartwright;

/// <summary>A progress bar on standard error where that is a terminal; nothing elsewhere.</summary>
internal static class SalesProgress
{
    /// <summary>Runs the work, which tells how much is done, and of how much.</summary>
    public static Task<int> Run(string title, Func<Action<int, int>, Task<int>> work) =>
        Run(title, (report, _) => work((done, all) => report(done, all)));

    /// <inheritdoc cref="Run(string, Func{Action{int, int}, Task{int}})"/>
    /// <remarks>The second action gives what follows another title.</remarks>
    public static async Task<int> Run(string title, Func<Action<long, long>, Action<string>, Task<int>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work((_, _) => { }, _ => { });
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var code = 0;
        await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                code = await work(
                    (done, all) =>
                    {
                        task.MaxValue = Math.Max(1, all);
                        task.Value = done;
                    },
                    next =>
                    {
                        task.StopTask();
                        task = context.AddTask(Markup.Escape(next));
                    });
            });
        return code;
    }
}
