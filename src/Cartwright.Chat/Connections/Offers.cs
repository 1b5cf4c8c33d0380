using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Connections;

/// <summary>A tool as it is offered.</summary>
/// <param name="InputSchema">JSON Schema of the arguments, as the server sent it.</param>
/// <param name="ReadOnly">It changes nothing. Only what the server says so of: everything else asks first.</param>
/// <param name="Destructive">It may overwrite or remove what is there.</param>
public sealed record ToolInfo(string Name, string? Title, string? Description, JsonElement InputSchema, bool ReadOnly, bool Destructive);

/// <summary>What came of a call.</summary>
/// <param name="Failed">The tool did not do it; the text says why, and what to do.</param>
/// <param name="Text">The answer in words; where a tool gives none, its structured answer as JSON.</param>
/// <param name="Structured">The answer as JSON, or null.</param>
/// <param name="Others">What is neither text nor structured: images, audio, links.</param>
public sealed record ToolOutcome(bool Failed, string Text, JsonNode? Structured, IReadOnlyList<OtherContent> Others)
{
    public ToolOutcome(bool failed, string text)
        : this(failed, text, null, [])
    {
    }
}

/// <summary>Content that a terminal cannot show.</summary>
/// <param name="Kind">"image", "audio", "link" or "resource".</param>
/// <param name="Bytes">Size of the content where it is known.</param>
public sealed record OtherContent(string Kind, string? MimeType, string? Uri, long? Bytes);

public sealed record PromptInfo(string Name, string? Title, string? Description, IReadOnlyList<PromptArgument> Arguments);

public sealed record PromptArgument(string Name, string? Description, bool Required);

/// <summary>A message of a prompt.</summary>
/// <param name="Role">"user" or "assistant".</param>
public sealed record PromptMessage(string Role, string Text);

/// <summary>A resource as it is listed.</summary>
/// <param name="Size">Bytes, where the server tells them.</param>
public sealed record ResourceInfo(string Uri, string Name, string? Title, string? Description, string? MimeType, long? Size);

/// <summary>Resources of one kind.</summary>
/// <param name="UriTemplate">RFC 6570, such as shop://report/{month}.</param>
public sealed record ResourceTemplateInfo(string UriTemplate, string Name, string? Title, string? Description, string? MimeType);

/// <summary>What is at a URI.</summary>
/// <param name="Text">The content; of a binary one a line that says how large it is.</param>
public sealed record ResourceText(string Uri, string? MimeType, string Text);

/// <summary>What an argument belongs to that is to be completed.</summary>
public abstract record CompletionReference
{
    private CompletionReference()
    {
    }

    public sealed record Prompt(string Name) : CompletionReference;

    public sealed record Template(string UriTemplate) : CompletionReference;
}

/// <summary>Which lists are no longer what they were.</summary>
[Flags]
public enum OfferKinds
{
    None = 0,
    Tools = 1,
    Prompts = 2,
    Resources = 4,
}

/// <summary>Tells which lists to ask for again.</summary>
public sealed class OfferChangedEventArgs(OfferKinds kinds) : EventArgs
{
    public OfferKinds Kinds { get; } = kinds;
}
