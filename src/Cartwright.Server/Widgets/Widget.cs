using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cartwright.Mcp;

namespace Cartwright.Server.Widgets;

/// <summary>
/// A widget: an HTML file that a host shows for the results of a tool. Everything is said twice, in the standard's keys (MCP Apps,
/// <c>_meta.ui</c>) and in ChatGPT's (<c>openai/*</c>), with equal values: hosts that find them different show nothing.
/// </summary>
internal sealed partial class Widget
{
    /// <summary>Where a payment form inside the checkout widget comes from.</summary>
    internal sealed record EmbedOrigins(string Script, string Frame);

    private const string MimeType = "text/html;profile=mcp-app";

    private static readonly byte[] True = "true"u8.ToArray();

    public static readonly Widget Catalog = new(
        "product-catalog", "Products", "Shows the listed products with pictures, prices and stock. Do not repeat the list in words.");

    public static readonly Widget Cart = new(
        "shopping-cart", "Shopping cart", "Shows the cart with its lines and subtotal. Do not repeat the lines in words.");

    public static readonly Widget Checkout = new(
        "checkout", "Checkout", "Shows the order and the way to pay for it.");

    public static readonly Widget SalesReport = new(
        "sales-report", "Sales report", "Shows the figures of a period, their course, and the categories or products. Do not repeat the figures in words.", isBackOffice: true);

    private readonly string _title;
    private readonly string _description;
    private readonly string _html;

    // Of the merchant's endpoint, which wants a key; its widget loads nothing, not even images.
    private readonly bool _isBackOffice;

    private Widget(string name, string title, string description, bool isBackOffice = false)
    {
        (Name, _title, _description, _isBackOffice) = (name, title, description, isBackOffice);
        _html = Read(name);
        Uri = $"ui://widget/{name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_html)))[..8]}.html";
    }

    /// <summary>Those that shoppers' hosts are offered.</summary>
    public static IReadOnlyList<Widget> Shop { get; } = [Catalog, Cart, Checkout];

    /// <summary>Those that the merchant's hosts are offered.</summary>
    public static IReadOnlyList<Widget> BackOffice { get; } = [SalesReport];

    public string Name { get; }

    /// <summary>The URI that tools name. It ends in a hash of the contents, because hosts keep a widget by its URI for as long as they like.</summary>
    public string Uri { get; }

    /// <summary>The URI that people and documents name; it always has the contents of this build.</summary>
    public string PlainUri => $"ui://widget/{Name}.html";

    /// <summary>Tells the host that the server's tools may be called by widgets, without showing one for this tool.</summary>
    /// <param name="invoking">Status while the tool runs, 64 characters at most.</param>
    /// <param name="invoked">Status afterwards, 64 characters at most.</param>
    /// <param name="isBackOffice">Whether the endpoint wants a key.</param>
    public static JsonObject NoneMeta(string invoking, string invoked, bool isBackOffice = false)
    {
        var meta = new JsonObject
        {
            ["ui"] = new JsonObject { ["visibility"] = new JsonArray("model", "app") },
            ["openai/widgetAccessible"] = true,
            ["openai/toolInvocation/invoking"] = invoking,
            ["openai/toolInvocation/invoked"] = invoked,
        };
        if (!isBackOffice)
        {
            meta["securitySchemes"] = NoAuth();
        }

        return meta;
    }

    /// <summary><c>_meta</c> of a tool whose results the widget shows. The two status texts have 64 characters at most.</summary>
    public JsonObject ToolMeta(string invoking, string invoked)
    {
        var meta = NoneMeta(invoking, invoked, _isBackOffice);
        meta["ui"]!["resourceUri"] = Uri;
        meta.Insert(1, "openai/outputTemplate", Uri);
        return meta;
    }

    /// <summary><c>_meta</c> of such a tool's results.</summary>
    public KeyValuePair<string, ReadOnlyMemory<byte>>[] ResultMeta() =>
    [
        new("ui", Encoding.UTF8.GetBytes($$"""{"resourceUri":"{{Uri}}"}""")),
        new("openai/outputTemplate", Encoding.UTF8.GetBytes($"\"{Uri}\"")),
        new("openai/widgetAccessible", True),
    ];

    /// <summary>The widget as a resource. It may load nothing but images of the shop's own origin; the back office's nothing at all.</summary>
    public McpResource ToResource(Uri origin, EmbedOrigins? embed = null)
    {
        var result = new ReadResult(Contents(Uri, origin, embed));
        return new McpResource(Uri, Name, MimeType, _ => ValueTask.FromResult(result))
        {
            Title = _title,
            Description = _description,
            Meta = ResourceMeta(origin, embed),
            Aliases = [PlainUri],
        };
    }

    /// <summary>
    /// Widgets under the hashes of other builds. A host that has kept the tools of an earlier build asks for them, and would show nothing
    /// if they were gone; it gets the widget of this build.
    /// </summary>
    /// <param name="widgets">Those of the endpoint: it knows no others.</param>
    public static McpResourceTemplate OtherBuilds(IReadOnlyList<Widget> widgets, Uri origin, EmbedOrigins? embed = null) => new(
        "ui://widget/{file}",
        "widget",
        MimeType,
        (variables, _) =>
        {
            var file = variables["file"];
            var widget = HashedFile().Match(file) is { Success: true } match ? widgets.FirstOrDefault(widget => widget.Name == match.Groups["name"].Value) : null;
            return ValueTask.FromResult(widget is null ? null : new ReadResult(widget.Contents($"ui://widget/{file}", origin, embed)));
        })
    {
        Title = "Widgets of other builds",
        Description = "A widget under the address that an earlier build gave it; its contents are those of this build.",
    };

    private static JsonArray NoAuth() => [new JsonObject { ["type"] = "noauth" }];

    private static string Read(string name)
    {
        using var stream = typeof(Widget).Assembly.GetManifestResourceStream($"web/{name}.html")
            ?? throw new InvalidOperationException($"The widget {name} is not part of this build.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private ResourceContents Contents(string uri, Uri origin, EmbedOrigins? embed) =>
        ResourceContents.Text(uri, MimeType, _html, ResourceMeta(origin, embed));

    private JsonObject ResourceMeta(Uri shop, EmbedOrigins? embed)
    {
        var origin = shop.GetLeftPart(UriPartial.Authority);
        JsonArray Loaded() => _isBackOffice ? new JsonArray() : new JsonArray(origin);
        var meta = new JsonObject
        {
            ["ui"] = new JsonObject
            {
                ["csp"] = new JsonObject { ["connectDomains"] = Loaded(), ["resourceDomains"] = Loaded() },
                ["prefersBorder"] = true,
            },
            ["openai/widgetCSP"] = new JsonObject
            {
                ["connect_domains"] = Loaded(),
                ["resource_domains"] = Loaded(),
                ["redirect_domains"] = Loaded(),
            },
            ["openai/widgetPrefersBorder"] = true,
            ["openai/widgetDescription"] = _description,
        };

        // Declared only where it is used: hosts review widgets with frames more strictly.
        if (embed is not null && this == Checkout)
        {
            meta["ui"]!["csp"]!["resourceDomains"]!.AsArray().Add((JsonNode)embed.Script);
            meta["ui"]!["csp"]!["frameDomains"] = new JsonArray(embed.Frame);
            meta["openai/widgetCSP"]!["resource_domains"]!.AsArray().Add((JsonNode)embed.Script);
            meta["openai/widgetCSP"]!["frame_domains"] = new JsonArray(embed.Frame);
        }

        // ChatGPT derives the widget's own origin from this, and asks for it of published shops. The standard's ui.domain must stay away:
        // its form is the host's, and Claude refuses a widget whose domain is not the one it computes itself from the connector's address.
        if (!shop.IsLoopback)
        {
            meta["openai/widgetDomain"] = origin;
        }

        return meta;
    }

    [GeneratedRegex("^(?<name>[a-z-]+)-[0-9a-f]{8}\\.html$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HashedFile();
}
