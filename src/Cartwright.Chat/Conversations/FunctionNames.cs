using Cartwright.Chat.Connections;
using OpenAI.Chat;

namespace Cartwright.Chat.Conversations;

/// <summary>
/// Tools as the functions of a request. Models take names of 1 to 64 letters, digits, _ and -, tools may have others: those get a name of
/// their own here, and are found again by it.
/// </summary>
internal sealed class FunctionNames
{
    private const int Longest = 64;

    private readonly Dictionary<string, ToolInfo> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public FunctionNames(IReadOnlyList<ToolInfo> tools)
    {
        // Names that fit go first, so that none of them is taken by one that was made to fit.
        foreach (var tool in tools.OrderBy(tool => Fit(tool.Name) == tool.Name ? 0 : 1))
        {
            var name = Fit(tool.Name);
            for (var next = 2; _tools.ContainsKey(name); next++)
            {
                var end = $"_{next}";
                name = Fit(tool.Name)[..Math.Min(Fit(tool.Name).Length, Longest - end.Length)] + end;
            }

            _tools[name] = tool;
            _names[tool.Name] = name;
        }

        Functions = [.. tools.Select(tool => ChatTool.CreateFunctionTool(_names[tool.Name], tool.Description, BinaryData.FromString(tool.InputSchema.GetRawText())))];
    }

    /// <summary>In the order of the tools, with their schemas as the server sent them.</summary>
    public IReadOnlyList<ChatTool> Functions { get; }

    public ToolInfo? Find(string function) => _tools.GetValueOrDefault(function);

    /// <summary>The name for a tool, which may be one that is not offered any more.</summary>
    public string Of(string tool) => _names.GetValueOrDefault(tool) ?? Fit(tool);

    private static string Fit(string name)
    {
        var fitting = string.Concat(name.Take(Longest).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));
        return fitting.Length > 0 ? fitting : "_";
    }
}
