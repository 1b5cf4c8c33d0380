using Cartwright.Server;

namespace Cartwright;

/// <summary>What the verbs share: settings, exit codes, how they complain.</summary>
internal static class Terminal
{
    /// <summary>A setting, a file or the machine is not as it must be; the message says what to do.</summary>
    public const int BadSetup = 2;

    /// <summary>The system's clock.</summary>
#pragma warning disable RS0030 // The program's root names the system's clock; everything below is given one.
    public static TimeProvider Time => TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>Environment variables, and below them the <c>.env</c> file of the working folder.</summary>
    public static Result<Settings> ReadSettings() => Read(Settings.Read);

    /// <summary>Reads settings from the same places.</summary>
    public static Result<T> Read<T>(Func<Func<string, string?>, Result<T>> read)
    {
        try
        {
            var file = EnvFile.Read(".env");
            return read(name => Environment.GetEnvironmentVariable(name) ?? file.GetValueOrDefault(name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable("The file .env in the working folder cannot be read: make it readable, or move it away.");
        }
    }

    /// <summary>Says on standard error, in red on a terminal, what stands in the way.</summary>
    public static int Complain(Problem problem)
    {
        var colour = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or ""
            && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        foreach (var line in problem.Advice.Split('\n'))
        {
            Console.Error.WriteLine(colour ? $"\e[31mcartwright: {line}\e[0m" : $"cartwright: {line}");
        }

        return BadSetup;
    }
}
