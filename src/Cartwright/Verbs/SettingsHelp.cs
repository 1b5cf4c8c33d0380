using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Cartwright.Server;

namespace Cartwright;

/// <summary>The usual help of a verb, and its settings.</summary>
internal sealed class SettingsHelp(IReadOnlyList<SettingHelp> settings) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = new HelpAction().Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var width = settings.Max(setting => setting.Name.Length);
        output.WriteLine("Settings (environment variables, or lines NAME=value of a .env file in the working folder):");
        foreach (var setting in settings)
        {
            output.WriteLine($"  {setting.Name.PadRight(width)}  {setting.Meaning} [{setting.Default}]");
        }

        return code;
    }
}
