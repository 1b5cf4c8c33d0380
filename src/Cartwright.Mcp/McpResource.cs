using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cartwright.Mcp;

/// <summary>A resource with a fixed URI.</summary>
/// <param name="Uri">The URI, unique in the endpoint.</param>
/// <param name="Name">Machine name.</param>
/// <param name="MimeType">Type of its contents.</param>
/// <param name="Read">Reads it.</param>
public sealed record McpResource(string Uri, string Name, string MimeType, Func<McpCall, ValueTask<ReadResult>> Read)
{
    public string? Title { get; init; }

    public string? Description { get; init; }

    public JsonObject? Meta { get; init; }

    /// <summary>Other URIs under which the same resource can be read; they are not listed.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    internal JsonObject Describe() => Entry.Of(("uri", Uri), ("name", Name), ("title", Title), ("description", Description), ("mimeType", MimeType))
        .With("_meta", Meta);
}

/// <summary>A family of resources.</summary>
/// <param name="UriTemplate">RFC 6570 template of level 1: variables <c>{name}</c>, each standing for one path segment.</param>
/// <param name="Name">Machine name.</param>
/// <param name="MimeType">Type of the contents.</param>
/// <param name="Read">Reads one: gets the variables' values by name. A resource that does not exist is null.</param>
public sealed partial record McpResourceTemplate(
    string UriTemplate, string Name, string MimeType, Func<IReadOnlyDictionary<string, string>, McpCall, ValueTask<ReadResult?>> Read)
{
    private readonly Regex _pattern = Compile(UriTemplate);

    public string? Title { get; init; }

    public string? Description { get; init; }

    /// <summary>Suggests values of a variable; null when there is nothing to suggest.</summary>
    public Completer? Complete { get; init; }

    internal IReadOnlyDictionary<string, string>? Match(string uri)
    {
        var match = _pattern.Match(uri);
        return match.Success
            ? match.Groups.Values.Skip(1).ToDictionary(group => group.Name, group => Uri.UnescapeDataString(group.Value), StringComparer.Ordinal)
            : null;
    }

    internal JsonObject Describe() => Entry.Of(
        ("uriTemplate", UriTemplate), ("name", Name), ("title", Title), ("description", Description), ("mimeType", MimeType));

    private static Regex Compile(string template)
    {
        var parts = Variable().Split(template);
        var pattern = string.Concat(parts.Select((part, index) => index % 2 == 0 ? Regex.Escape(part) : $"(?<{part}>[^/]+)"));
        return new Regex($"^{pattern}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex(@"\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}

/// <summary>A prompt that a client offers to its user.</summary>
/// <param name="Name">Machine name, unique in the endpoint.</param>
/// <param name="Arguments">What it asks for.</param>
/// <param name="Get">Makes the messages from the arguments; every required argument is there.</param>
public sealed record McpPrompt(
    string Name, IReadOnlyList<PromptArgument> Arguments, Func<IReadOnlyDictionary<string, string>, McpCall, ValueTask<PromptResult>> Get)
{
    public string? Title { get; init; }

    public string? Description { get; init; }

    /// <summary>Suggests values of an argument.</summary>
    public Completer? Complete { get; init; }

    internal JsonObject Describe() => Entry.Of(("name", Name), ("title", Title), ("description", Description))
        .With("arguments", Arguments.Count == 0 ? null : new JsonArray([.. Arguments.Select(argument => argument.Describe())]));
}

/// <summary>An argument of a prompt; its value is always text.</summary>
public sealed record PromptArgument(string Name, string Description, bool Required = false)
{
    internal JsonNode Describe()
    {
        var entry = Entry.Of(("name", Name), ("description", Description));
        entry["required"] = Required;
        return entry;
    }
}

/// <summary>Suggests values that start like what has been typed.</summary>
/// <param name="argument">Name of the argument or template variable.</param>
/// <param name="typed">What has been typed of it.</param>
/// <param name="resolved">Values of the other arguments, as far as the client sent them.</param>
/// <returns>All suggestions, best first; the endpoint sends the first hundred.</returns>
public delegate ValueTask<IReadOnlyList<string>> Completer(string argument, string typed, IReadOnlyDictionary<string, string> resolved);

internal static class Entry
{
    public static JsonObject Of(params ReadOnlySpan<(string Name, string? Value)> members)
    {
        var entry = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                entry[name] = value;
            }
        }

        return entry;
    }

    public static JsonObject With(this JsonObject entry, string name, JsonNode? value)
    {
        if (value is not null)
        {
            entry[name] = value.Parent is null ? value : value.DeepClone();
        }

        return entry;
    }
}
