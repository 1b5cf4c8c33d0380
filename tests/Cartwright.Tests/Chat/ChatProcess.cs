using System.Diagnostics;
using Cartwright.Tests.Mcp;

namespace Cartwright.Tests.Chat;

/// <summary>The real program's verb chat, as a script calls it.</summary>
internal static class ChatProcess
{
    private static readonly string[] Ours = ["HOST", "PORT", "CARTWRIGHT_", "OPENAI_", "MCP_"];

    public static ProcessStartInfo Start(string workingFolder, IEnumerable<string> arguments, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Process.ShopProcess.Program)
        {
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments.Prepend("chat"))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(name => Ours.Any(ours => name.StartsWith(ours, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> Run(string workingFolder, IEnumerable<string> arguments, string input = "", params (string Name, string Value)[] settings)
    {
        using var process = System.Diagnostics.Process.Start(Start(workingFolder, arguments, settings))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Wire.Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, await output, await errors);
    }
}
