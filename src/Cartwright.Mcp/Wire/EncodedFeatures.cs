using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cartwright.Mcp.Http;

namespace Cartwright.Mcp.Wire;

/// <summary>
/// The answers that depend on nothing but what is offered, as bytes: lists, discovery, capabilities. Made once per publication, when
/// first asked for, so that a list costs a copy.
/// </summary>
internal sealed class EncodedFeatures
{
    private readonly McpOptions _options;
    private readonly Lazy<ListPages> _tools;
    private readonly Lazy<ListPages> _resources;
    private readonly Lazy<ListPages> _templates;
    private readonly Lazy<ListPages> _prompts;
    private readonly Lazy<byte[]> _discovery;

    public EncodedFeatures(McpOptions options, McpFeatures features)
    {
        (_options, Features) = (options, features);
        _tools = new(() => Paginate("tools", features.Tools.Select(tool => tool.Describe())));
        _resources = new(() => Paginate("resources", features.Resources.Select(resource => resource.Describe())));
        _templates = new(() => Paginate("resourceTemplates", features.Templates.Select(template => template.Describe())));
        _prompts = new(() => Paginate("prompts", features.Prompts.Select(prompt => prompt.Describe())));
        _discovery = new(() => Encode(AsModern(DescribeDiscovery())));
        ServerInfo = Encode(DescribeServer());
    }

    public McpFeatures Features { get; }

    public ListPages Tools => _tools.Value;

    public ListPages Resources => _resources.Value;

    public ListPages Templates => _templates.Value;

    public ListPages Prompts => _prompts.Value;

    /// <summary>The <c>serverInfo</c> object.</summary>
    public byte[] ServerInfo { get; }

    /// <summary>The result of <c>server/discover</c>.</summary>
    public byte[] Discovery => _discovery.Value;

    public static IEnumerable<NoticeKind> ChangedLists(EncodedFeatures before, EncodedFeatures after)
    {
        if (!before.Tools.IsSame(after.Tools))
        {
            yield return NoticeKind.ToolsChanged;
        }

        if (!before.Prompts.IsSame(after.Prompts))
        {
            yield return NoticeKind.PromptsChanged;
        }

        if (!before.Resources.IsSame(after.Resources) || !before.Templates.IsSame(after.Templates))
        {
            yield return NoticeKind.ResourcesChanged;
        }
    }

    /// <summary>The result of a legacy <c>initialize</c>.</summary>
    public JsonObject DescribeInitialization(string version)
    {
        var result = new JsonObject
        {
            ["protocolVersion"] = version,
            ["capabilities"] = DescribeCapabilities(),
            ["serverInfo"] = DescribeServer(),
        };
        return result.With("instructions", _options.Instructions);
    }

    private JsonObject DescribeDiscovery()
    {
        var result = new JsonObject
        {
            ["supportedVersions"] = new JsonArray([.. ProtocolVersions.All.Select(version => (JsonNode)version)]),
            ["capabilities"] = DescribeCapabilities(),
        };
        return result.With("instructions", _options.Instructions);
    }

    private JsonObject DescribeCapabilities()
    {
        var capabilities = new JsonObject();
        if (Features.Tools.Count > 0)
        {
            capabilities["tools"] = new JsonObject { ["listChanged"] = true };
        }

        if (Features.HasResources)
        {
            capabilities["resources"] = new JsonObject { ["subscribe"] = _options.ResourceSubscriptions, ["listChanged"] = true };
        }

        if (Features.Prompts.Count > 0)
        {
            capabilities["prompts"] = new JsonObject { ["listChanged"] = true };
        }

        return capabilities
            .With("completions", Features.HasCompletion ? new JsonObject() : null)
            .With("logging", _options.Logging ? new JsonObject() : null)
            .With("extensions", _options.Extensions);
    }

    private JsonObject DescribeServer() =>
        Entry.Of(("name", _options.Name), ("title", _options.Title), ("version", _options.Version));

    private ListPages Paginate(string member, IEnumerable<JsonObject> entries)
    {
        var pages = entries.Chunk(_options.PageSize).ToList();
        if (pages.Count == 0)
        {
            pages.Add([]);
        }

        var results = pages.Select((page, index) =>
        {
            var result = new JsonObject { [member] = new JsonArray([.. page]) };
            return result.With("nextCursor", index + 1 < pages.Count ? ListPages.Cursor(index + 1) : null);
        }).ToList();
        byte[][] legacy = [.. results.Select(Encode)];
        byte[][] modern = [.. results.Select(result => Encode(AsModern(result)))];
        return new ListPages(legacy, modern);
    }

    private JsonObject AsModern(JsonObject result)
    {
        result["resultType"] = "complete";
        result["ttlMs"] = (long)_options.CacheLifetime.TotalMilliseconds;
        result["cacheScope"] = _options.CachePublic ? "public" : "private";
        result["_meta"] = new JsonObject { ["io.modelcontextprotocol/serverInfo"] = DescribeServer() };
        return result;
    }

    private static byte[] Encode(JsonNode node)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, OutputBuffer.WriterOptions))
        {
            node.WriteTo(writer);
        }

        return bytes.WrittenSpan.ToArray();
    }
}

/// <summary>The pages of one list, each as the complete <c>result</c> in both eras.</summary>
internal sealed class ListPages(byte[][] legacy, byte[][] modern)
{
    // The first page has none: it is what comes without a cursor.
    private readonly string?[] _cursors = [null, .. Enumerable.Range(1, legacy.Length - 1).Select(Cursor)];

    /// <summary>Opaque to clients: the number of the page.</summary>
    public static string Cursor(int page) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The page that the cursor names; null when it names none.</summary>
    public byte[]? Find(string? cursor, bool isModern)
    {
        var pages = isModern ? modern : legacy;
        var index = cursor is null ? 0 : Array.IndexOf(_cursors, cursor);
        return index < 0 ? null : pages[index];
    }

    public bool IsSame(ListPages other) =>
        legacy.Length == other.Legacy.Length && legacy.Zip(other.Legacy).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private byte[][] Legacy => legacy;
}
