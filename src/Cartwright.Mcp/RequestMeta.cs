using System.Text.Json;
using Cartwright.Mcp.Wire;

namespace Cartwright.Mcp;

/// <summary>
/// The <c>_meta</c> of a request: hints that the client sends along, looked up on demand in the request's own bytes. Nothing in it
/// proves who the caller is.
/// </summary>
public readonly struct RequestMeta
{
    internal const string VersionKey = "io.modelcontextprotocol/protocolVersion";
    internal const string CapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
    internal const string LogLevelKey = "io.modelcontextprotocol/logLevel";
    internal const string ProgressKey = "progressToken";

    private readonly ReadOnlyMemory<byte> _json;

    internal RequestMeta(ReadOnlyMemory<byte> json) => _json = json;

    /// <summary>The entry when it is a string, else null.</summary>
    public string? GetString(string key)
    {
        var reader = default(Utf8JsonReader);
        return Find(key, ref reader) && reader.TokenType == JsonTokenType.String ? JsonText.Of(ref reader) : null;
    }

    /// <summary>The entry as JSON text; empty when there is none.</summary>
    internal ReadOnlyMemory<byte> GetRaw(string key)
    {
        var reader = default(Utf8JsonReader);
        return Find(key, ref reader) ? JsonText.Slice(ref reader, _json) : default;
    }

    internal bool Has(string key)
    {
        var reader = default(Utf8JsonReader);
        return Find(key, ref reader);
    }

    private bool Find(string key, ref Utf8JsonReader reader)
    {
        if (_json.IsEmpty)
        {
            return false;
        }

        reader = new Utf8JsonReader(_json.Span);
        reader.Read();
        return JsonText.Enter(ref reader, key);
    }
}
