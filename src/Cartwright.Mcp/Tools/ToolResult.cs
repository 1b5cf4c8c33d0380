using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cartwright.Mcp;

/// <summary>Why a tool could not do what it was asked to.</summary>
public enum FailureKind
{
    /// <summary>The request itself is wrong: repeat it only after changing it.</summary>
    Invalid,

    /// <summary>What the request names does not exist, or not any more.</summary>
    NotFound,

    /// <summary>The request is fine, but the state of things does not allow it.</summary>
    Conflict,

    /// <summary>It cannot be done right now: nothing was changed, try again later.</summary>
    Unavailable,
}

/// <summary>
/// What a tool answers: content for people and models, optionally structured content that fits the tool's output schema, and
/// <c>_meta</c> that only the client sees. Immutable, so that a handler may keep one and answer with it again.
/// </summary>
public sealed class ToolResult : McpResult
{
    private readonly Action<Utf8JsonWriter>? _writeStructured;
    private IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> _meta = [];

    private ToolResult(IReadOnlyList<Content> content, Action<Utf8JsonWriter>? writeStructured = null)
    {
        (Content, _writeStructured) = (content, writeStructured);
    }

    /// <summary>True for a failure that the model can act on; its text says what to do.</summary>
    public bool IsError => Advice is not null;

    /// <summary>The content blocks.</summary>
    public IReadOnlyList<Content> Content { get; }

    internal override bool HasMeta => _meta.Count > 0;

    /// <summary>The text of a failure; null when it is none.</summary>
    internal string? Advice { get; private init; }

    /// <summary>The kind of a failure, when its tool told one.</summary>
    internal FailureKind? Kind { get; private init; }

    /// <summary>A result without structured content.</summary>
    public static ToolResult Of(params IReadOnlyList<Content> content) => new(content);

    /// <summary>A result with structured content, and the same in words for clients that show only text.</summary>
    public static ToolResult Of<T>(T value, JsonTypeInfo<T> type, string text) =>
        new([Mcp.Content.Text(text)], writer => JsonSerializer.Serialize(writer, value, type));

    /// <summary>A result whose structured content is JSON already: one compact object in UTF-8.</summary>
    public static ToolResult OfJson(ReadOnlyMemory<byte> json, string text) =>
        new([Mcp.Content.Text(text)], writer => writer.WriteRawValue(json.Span, skipInputValidation: true));

    /// <summary>A failure that the model can mend: what is wrong and what to do next.</summary>
    /// <param name="advice">The text.</param>
    /// <param name="kind">What kind of failure it is. MCP clients do not see it; it decides the status of a REST answer.</param>
    public static ToolResult Fail(string advice, FailureKind? kind = null) => new([Mcp.Content.Text(advice)]) { Advice = advice, Kind = kind };

    /// <summary>A failure of the request itself.</summary>
    public static ToolResult Fail(McpError error) => new([]) { Error = error };

    /// <summary>Asks the client for input first.</summary>
    public static ToolResult Ask(InputRequired input) => new([]) { Input = input };

    /// <summary>The same result with these <c>_meta</c> entries: names, and values as compact JSON in UTF-8.</summary>
    public ToolResult WithMeta(params IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> entries) =>
        new(Content, _writeStructured) { Advice = Advice, Kind = Kind, Error = Error, Input = Input, _meta = entries };

    /// <summary>Writes the structured content alone; false when there is none.</summary>
    internal bool TryWriteStructured(Utf8JsonWriter writer)
    {
        _writeStructured?.Invoke(writer);
        return _writeStructured is not null;
    }

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("content"u8);
        foreach (var block in Content)
        {
            block.Write(writer);
        }

        writer.WriteEndArray();
        if (_writeStructured is not null)
        {
            writer.WritePropertyName("structuredContent"u8);
            _writeStructured(writer);
        }

        if (IsError)
        {
            writer.WriteBoolean("isError"u8, value: true);
        }
    }

    internal override void WriteMeta(Utf8JsonWriter writer)
    {
        foreach (var (name, value) in _meta)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(value.Span, skipInputValidation: true);
        }
    }
}
