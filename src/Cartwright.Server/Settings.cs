using System.Globalization;
using System.Net;
using Cartwright.Mcp;
using Cartwright.Server.Payments;
using Cartwright.Server.Playground;
using Cartwright.Server.Sales;
using Cartwright.Server.Storage;

namespace Cartwright.Server;

/// <summary>One setting as the help lists it.</summary>
internal sealed record SettingHelp(string Name, string Meaning, string Default);

/// <summary>What the operator chose, checked. Made from environment variables, which win, and a <c>.env</c> file in the working folder.</summary>
internal sealed record Settings
{
    public const string DefaultCatalog = "samples/plantly.json";

    public static IReadOnlyList<SettingHelp> Help { get; } =
    [
        new("HOST", "address to listen on; 0.0.0.0 or :: for every one", "127.0.0.1"),
        new("PORT", "port to listen on; 0 for any free one", "3000"),
        new("CARTWRIGHT_DATA", "folder of the SQLite database and of the back office's key", "./data"),
        new("CARTWRIGHT_DATABASE", "PostgreSQL instead of SQLite: Host=db;Database=shop;Username=shop;Password=...", "SQLite in CARTWRIGHT_DATA"),
        new("CARTWRIGHT_CATALOG", "catalogue file that is loaded at the first start", DefaultCatalog),
        new("CARTWRIGHT_PUBLIC_URL", "origin under which shoppers and assistants reach the server", "http://localhost:PORT"),
        new("CARTWRIGHT_ALLOWED_ORIGINS", "more origins whose web pages may call the shop, by commas; * for all", "none"),
        new("CARTWRIGHT_ALLOWED_HOSTS", "more host names the server answers to, by commas; * for all", "none"),
        new("CARTWRIGHT_ANSWERS", "framing of MCP answers: auto, json or sse", "auto"),
        new("CARTWRIGHT_CART_DAYS", "days that an untouched cart is kept", "30"),
        new("CARTWRIGHT_PLAYGROUND", "page at / for trying the shop: on, off, or auto for on while the public URL is a loopback address", "auto"),
        new("CARTWRIGHT_SALES_KEY", "key of the back office, 16 characters or more", "made at the first start: cartwright sales key"),
        new("MCP_SERVER_NAME", "name of the back office's MCP server", "biz-server"),
        new("DEFAULT_TOP_N", "how many products top_products lists when it is not told", "5"),
        .. PaymentSettings.Help,
    ];

    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>0 for any free one.</summary>
    public int Port { get; init; } = 3000;

    public string DataFolder { get; init; } = "./data";

    /// <summary>Connection string of a PostgreSQL database, secret; null for SQLite in the data folder.</summary>
    public string? Database { get; init; }

    public string CatalogFile { get; init; } = DefaultCatalog;

    /// <summary>Scheme, host and port, without a slash at the end; null while it follows from the port listened on.</summary>
    public Uri? PublicUrl { get; init; }

    public IReadOnlyList<string> MoreOrigins { get; init; } = [];

    public IReadOnlyList<string> MoreHosts { get; init; } = [];

    public AnswerFraming Answers { get; init; } = AnswerFraming.Auto;

    public TimeSpan CartLifetime { get; init; } = TimeSpan.FromDays(30);

    public PlaygroundMode Playground { get; init; } = PlaygroundMode.Auto;

    /// <summary>The operator's own key of the back office, secret; null for the one that is made at the first start.</summary>
    public string? SalesKey { get; init; }

    /// <summary>Machine name of the back office's MCP server.</summary>
    public string ServerName { get; init; } = "biz-server";

    /// <summary>How many products <c>top_products</c> lists when it is not told.</summary>
    public int TopCount { get; init; } = 5;

    public PaymentSettings Payments { get; init; } = new();

    /// <summary>The origin under which the server is reached when it listens on this port.</summary>
    public Uri Origin(int port) => PublicUrl ?? new Uri($"http://localhost:{port}");

    /// <summary>Whether the playground is served under this public URL: a published shop shows it only when it is asked to.</summary>
    public bool ServesPlayground(Uri origin) =>
        Playground == PlaygroundMode.On || (Playground == PlaygroundMode.Auto && origin.IsLoopback);

    /// <summary>The settings, or one line for each that cannot be used: its name, what is wrong, what to do.</summary>
    public static Result<Settings> Read(Func<string, string?> variable)
    {
        var reader = new SettingsReader(variable);
        var settings = new Settings
        {
            Host = reader.Get("HOST", IPAddress.Loopback, "an IP address such as 127.0.0.1, or localhost", ParseHost),
            Port = reader.GetInteger("PORT", 3000, 0, 65535),
            DataFolder = reader.Get("CARTWRIGHT_DATA", "./data", "a folder", text => text),
            Database = reader.GetSecret("CARTWRIGHT_DATABASE", Postgres.Expected, Postgres.Parse),
            CatalogFile = reader.Get("CARTWRIGHT_CATALOG", DefaultCatalog, "a file", text => text),
            PublicUrl = reader.Get("CARTWRIGHT_PUBLIC_URL", null, "an origin such as https://shop.example.com, without a path", ParseOrigin),
            MoreOrigins = reader.Get<IReadOnlyList<string>>(
                "CARTWRIGHT_ALLOWED_ORIGINS", [], "origins such as https://app.example.com, separated by commas, or *", ParseOrigins),
            MoreHosts = reader.Get<IReadOnlyList<string>>("CARTWRIGHT_ALLOWED_HOSTS", [], "host names without scheme and port, separated by commas, or *", ParseHosts),
            Answers = reader.Get(
                "CARTWRIGHT_ANSWERS",
                AnswerFraming.Auto,
                "auto, json or sse",
                text => text is "auto" or "json" or "sse" ? Enum.Parse<AnswerFraming>(text, ignoreCase: true) : null),
            CartLifetime = TimeSpan.FromDays(reader.GetInteger("CARTWRIGHT_CART_DAYS", 30, 1, 3650)),
            Playground = reader.Get(
                "CARTWRIGHT_PLAYGROUND",
                PlaygroundMode.Auto,
                "auto, on or off",
                text => text is "auto" or "on" or "off" ? Enum.Parse<PlaygroundMode>(text, ignoreCase: true) : null),
            SalesKey = reader.GetSecret("CARTWRIGHT_SALES_KEY", Sales.SalesKey.Expected, Sales.SalesKey.Parse),
            ServerName = reader.Get(
                "MCP_SERVER_NAME",
                "biz-server",
                "a name of 1 to 100 letters, digits or any of . _ -",
                text => text.Length <= 100 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-') ? text : null),
            TopCount = reader.GetInteger("DEFAULT_TOP_N", 5, 1, SalesReports.MostTop),
            Payments = PaymentSettings.Read(reader),
        };
        return reader.Mistakes.Count == 0 ? settings : Problem.Invalid(string.Join('\n', reader.Mistakes));
    }

    private static IPAddress? ParseHost(string text) =>
        text == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(text, out var address) ? address : null;

    private static Uri? ParseOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? uri
            : null;

    private static List<string>? ParseOrigins(string text)
    {
        var origins = Split(text);
        return origins.TrueForAll(origin => origin == "*" || ParseOrigin(origin) is not null)
            ? [.. origins.Select(origin => ParseOrigin(origin)?.GetLeftPart(UriPartial.Authority) ?? origin)]
            : null;
    }

    private static List<string>? ParseHosts(string text)
    {
        var hosts = Split(text);
        return hosts.TrueForAll(host => host == "*" || Uri.CheckHostName(host) is not UriHostNameType.Unknown) ? hosts : null;
    }

    private static List<string> Split(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}

/// <summary>Reads settings one by one and gathers what is wrong with them, so that the operator sees all of it at once.</summary>
internal sealed class SettingsReader(Func<string, string?> variable)
{
    public List<string> Mistakes { get; } = [];

    public T Get<T>(string name, T fallback, string expected, Func<string, T?> parse)
        where T : class? =>
        variable(name)?.Trim() is not { Length: > 0 } text ? fallback : parse(text) ?? Refuse(name, text, expected, fallback);

    public T Get<T>(string name, T fallback, string expected, Func<string, T?> parse)
        where T : struct =>
        variable(name)?.Trim() is not { Length: > 0 } text ? fallback : parse(text) ?? Refuse(name, text, expected, fallback);

    /// <summary>The same for a value that is nobody's business: a mistake does not repeat it.</summary>
    public string? GetSecret(string name, string expected, Func<string, string?> parse)
    {
        if (variable(name)?.Trim() is not { Length: > 0 } text)
        {
            return null;
        }

        if (parse(text) is { } value)
        {
            return value;
        }

        Mistakes.Add($"{name} must be {expected}.");
        return null;
    }

    public int GetInteger(string name, int fallback, int minimum, int maximum) => Get(
        name,
        fallback,
        $"a whole number from {minimum} to {maximum}",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : (int?)null);

    private T Refuse<T>(string name, string text, string expected, T fallback)
    {
        Mistakes.Add($"{name} is \"{text}\", but must be {expected}.");
        return fallback;
    }
}

/// <summary>
/// A <c>.env</c> file: lines <c>NAME=value</c>, comments after <c>#</c> at the start of a line, optional quotes around the value, an
/// optional <c>export</c> before the name.
/// </summary>
internal static class EnvFile
{
    public static IReadOnlyDictionary<string, string> Read(string path) =>
        File.Exists(path) ? Parse(File.ReadLines(path)) : new Dictionary<string, string>(StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> lines)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var split = line.IndexOf('=', StringComparison.Ordinal);
            if (split > 0)
            {
                var name = line[..split].Trim();
                name = name.StartsWith("export ", StringComparison.Ordinal) ? name[7..].Trim() : name;
                variables[name] = Unquote(line[(split + 1)..].Trim());
            }
        }

        return variables;
    }

    private static string Unquote(string value) =>
        value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1] : value;
}
