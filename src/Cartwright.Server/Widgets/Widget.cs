using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Mcp;

namespace Cartwright.Server.Widgets;

/// <summary>
/// A widget: an HTML file that a host shows for the results of a tool. Everything is said twice, in the standard's keys (MCP Apps,
/// <c>_meta.ui</c>) and in ChatGPT's (<c>openai/*</c>), with equal values: hosts that find them different show nothing.
/// </summary>
internal sealed record Widget(string File, string Name, string Title, string Description)
{
    private const string MimeType = "text/html;profile=mcp-app";

    private static readonly byte[] True = "true"u8.ToArray();

    public static readonly Widget Catalog = new(
        "product-catalog.html", "product-catalog", "Products", "Shows the listed products with pictures, prices and stock. Do not repeat the list in words.");

    public static readonly Widget Cart = new(
        "shopping-cart.html", "shopping-cart", "Shopping cart", "Shows the cart with its lines and subtotal. Do not repeat the lines in words.");

    public static readonly Widget Checkout = new(
        "checkout.html", "checkout", "Checkout", "Shows the order and the way to pay for it.");

    public string Uri => $"ui://widget/{File}";

    /// <summary>Tells the host that the server's tools may be called by widgets, without showing one for this tool.</summary>
    public static JsonObject NoneMeta(string invoking, string invoked) => new()
    {
        ["ui"] = new JsonObject { ["visibility"] = new JsonArray("model", "app") },
        ["openai/widgetAccessible"] = true,
        ["openai/toolInvocation/invoking"] = invoking,
        ["openai/toolInvocation/invoked"] = invoked,
        ["securitySchemes"] = NoAuth(),
    };

    /// <summary><c>_meta</c> of a tool whose results the widget shows. The two status texts have 64 characters at most.</summary>
    public JsonObject ToolMeta(string invoking, string invoked)
    {
        var meta = NoneMeta(invoking, invoked);
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

    /// <summary>The widget as a resource. It may load nothing but images of the shop's own origin.</summary>
    public McpResource ToResource(string origin)
    {
        var html = Read();
        var contents = ResourceContents.Text(Uri, MimeType, html, ResourceMeta(origin));
        return new McpResource(Uri, Name, MimeType, _ => ValueTask.FromResult(new ReadResult(contents)))
        {
            Title = Title,
            Description = Description,
            Meta = ResourceMeta(origin),
        };
    }

    private static JsonArray NoAuth() => [new JsonObject { ["type"] = "noauth" }];

    private JsonObject ResourceMeta(string origin) => new()
    {
        ["ui"] = new JsonObject
        {
            ["csp"] = new JsonObject { ["connectDomains"] = new JsonArray(origin), ["resourceDomains"] = new JsonArray(origin) },
            ["prefersBorder"] = true,
        },
        ["openai/widgetCSP"] = new JsonObject
        {
            ["connect_domains"] = new JsonArray(origin),
            ["resource_domains"] = new JsonArray(origin),
            ["redirect_domains"] = new JsonArray(origin),
        },
        ["openai/widgetPrefersBorder"] = true,
        ["openai/widgetDescription"] = Description,
    };

    private string Read()
    {
        using var stream = typeof(Widget).Assembly.GetManifestResourceStream($"web/{File}")
            ?? throw new InvalidOperationException($"The widget {File} is not part of this build.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
