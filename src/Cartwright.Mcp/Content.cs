using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Mcp;

/// <summary>A content block of a tool result or a prompt message (MCP 2026-07-28, "Content").</summary>
public abstract class Content
{
    private Content()
    {
    }

    public static Content Text(string text) => new TextContent(text);

    public static Content Image(byte[] bytes, string mimeType) => new MediaContent("image", bytes, mimeType);

    public static Content Audio(byte[] bytes, string mimeType) => new MediaContent("audio", bytes, mimeType);

    /// <summary>A resource carried along with the answer.</summary>
    public static Content Embedded(ResourceContents contents) => new EmbeddedContent(contents);

    /// <summary>A resource that the client may read when it wants to.</summary>
    public static Content Link(string uri, string name, string? mimeType = null) => new LinkContent(uri, name, mimeType);

    internal abstract void Write(Utf8JsonWriter writer);

    private sealed class TextContent(string text) : Content
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, text);
            writer.WriteEndObject();
        }
    }

    private sealed class MediaContent(string type, byte[] bytes, string mimeType) : Content
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteBase64String("data"u8, bytes);
            writer.WriteString("mimeType"u8, mimeType);
            writer.WriteEndObject();
        }
    }

    private sealed class EmbeddedContent(ResourceContents contents) : Content
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "resource"u8);
            writer.WritePropertyName("resource"u8);
            contents.Write(writer);
            writer.WriteEndObject();
        }
    }

    private sealed class LinkContent(string uri, string name, string? mimeType) : Content
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "resource_link"u8);
            writer.WriteString("uri"u8, uri);
            writer.WriteString("name"u8, name);
            if (mimeType is not null)
            {
                writer.WriteString("mimeType"u8, mimeType);
            }

            writer.WriteEndObject();
        }
    }
}

/// <summary>What reading a resource gives: text or bytes under a URI.</summary>
public sealed class ResourceContents
{
    private readonly string _uri;
    private readonly string _mimeType;
    private readonly string? _text;
    private readonly byte[]? _bytes;
    private readonly JsonObject? _meta;

    private ResourceContents(string uri, string mimeType, string? text, byte[]? bytes, JsonObject? meta)
    {
        (_uri, _mimeType, _text, _bytes, _meta) = (uri, mimeType, text, bytes, meta);
    }

    public static ResourceContents Text(string uri, string mimeType, string text, JsonObject? meta = null) =>
        new(uri, mimeType, text, null, meta);

    public static ResourceContents Binary(string uri, string mimeType, byte[] bytes, JsonObject? meta = null) =>
        new(uri, mimeType, null, bytes, meta);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("uri"u8, _uri);
        writer.WriteString("mimeType"u8, _mimeType);
        if (_text is not null)
        {
            writer.WriteString("text"u8, _text);
        }
        else
        {
            writer.WriteBase64String("blob"u8, _bytes);
        }

        if (_meta is not null)
        {
            writer.WritePropertyName("_meta"u8);
            _meta.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
