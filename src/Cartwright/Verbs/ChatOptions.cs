using System.Globalization;
using System.Net;
using Cartwright.Chat;
using Cartwright.Chat.Models;
using Cartwright.Server;
using Cartwright.Server.Sales;

namespace Cartwright;

/// <summary>What the command line of <c>cartwright chat</c> says; it wins over the settings.</summary>
internal sealed record ChatOptions
{
    private const int UsualPort = 3000;
    private const string ExpectedUrl = "an address such as http://localhost:3000/mcp";
    private const string ExpectedKey = "letters, digits and signs without spaces";

    public static IReadOnlyList<SettingHelp> Help { get; } =
    [
        new("OPENAI_API_KEY", "key of the model; without it only tools, prompts and resources are there", "none"),
        new("OPENAI_MODEL", "which model", ModelSettings.DefaultName),
        new("OPENAI_BASE_URL", "where it is asked: any OpenAI-compatible endpoint", $"{ModelSettings.DefaultEndpoint}"),
        new("OPENAI_PRICE_INPUT, OPENAI_PRICE_OUTPUT", "price of a million tokens, to show what a turn costs", "none"),
        new("MCP_BASE_URL", "whose tools are used", "the local back office, http://localhost:PORT/sales/mcp"),
        new("CARTWRIGHT_CHAT_KEY", "key for the server of MCP_BASE_URL", "for the local back office its own"),
        new("PORT, CARTWRIGHT_DATA, CARTWRIGHT_SALES_KEY", "as those of cartwright serve, to find the local back office and its key", "3000, ./data, none"),
    ];

    public string? Url { get; init; }

    public string? Key { get; init; }

    public bool Rest { get; init; }

    public string? Model { get; init; }

    public int MaxRounds { get; init; } = 10;

    public bool Yes { get; init; }

    public bool Quiet { get; init; }

    /// <summary>The settings with these options on top, or one line for each mistake. No mistake repeats a key.</summary>
    public Result<ChatSettings> Read(Func<string, string?> variable)
    {
        var reader = new SettingsReader(name => name == "--url" ? Url : name == "--key" ? Key : name == "--model" ? Model : variable(name));
        var host = reader.Get("HOST", IPAddress.Loopback, "an IP address such as 127.0.0.1, or localhost", text => text == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(text, out var address) ? address : null);
        var port = reader.GetInteger("PORT", UsualPort, 0, 65535);
        var local = Local(host, port == 0 ? UsualPort : port);
        var configured = reader.Get("MCP_BASE_URL", local, ExpectedUrl, ParseUrl);
        var server = reader.Get("--url", configured, ExpectedUrl, ParseUrl);
        var key = reader.GetSecret("--key", ExpectedKey, ParseKey);
        var chatKey = reader.GetSecret("CARTWRIGHT_CHAT_KEY", ExpectedKey, ParseKey);
        var salesKey = reader.GetSecret("CARTWRIGHT_SALES_KEY", SalesKey.Expected, SalesKey.Parse);
        var data = reader.Get("CARTWRIGHT_DATA", "./data", "a folder", text => text);

        // A key goes to the server that it was set for, and to no other origin.
        key ??= SameOrigin(server, configured) ? chatKey : null;
        key ??= IsBackOffice(server, local) ? salesKey ?? KeyOfFile(data) : null;
        var settings = new ChatSettings
        {
            Server = server,
            ServerKey = key,
            Rest = Rest,
            Model = ReadModel(reader),
            MaxRounds = MaxRounds,
            Yes = Yes,
            Quiet = Quiet,
        };
        if (MaxRounds < 1)
        {
            reader.Mistakes.Add($"--max-rounds is {MaxRounds}, but must be 1 or more.");
        }

        return reader.Mistakes.Count == 0 ? settings : Problem.Invalid(string.Join('\n', reader.Mistakes));
    }

    private static ModelSettings? ReadModel(SettingsReader reader)
    {
        var key = reader.GetSecret("OPENAI_API_KEY", ExpectedKey, ParseKey);
        var name = reader.Get("--model", reader.Get("OPENAI_MODEL", ModelSettings.DefaultName, "the name of a model", text => text), "the name of a model", text => text);
        var endpoint = reader.Get("OPENAI_BASE_URL", ModelSettings.DefaultEndpoint, "an address such as https://api.openai.com/v1", ParseHttp);
        var (input, output) = (Price("OPENAI_PRICE_INPUT"), Price("OPENAI_PRICE_OUTPUT"));
        return key is null ? null : new ModelSettings(key, name, endpoint, input is null && output is null ? null : new Prices(input ?? 0, output ?? 0));

        decimal? Price(string name) => reader.Get(name, null, "a price for a million tokens such as 0.15", text =>
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) ? (Price?)new Price(price) : null)?.Amount;
    }

    /// <summary>Where a server of these settings is reached from its own machine.</summary>
    private static Uri Local(IPAddress host, int port) => new UriBuilder(
        "http", IPAddress.IsLoopback(host) || host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? "localhost" : host.ToString(), port, BackOffice.Path).Uri;

    private static bool SameOrigin(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>localhost, 127.0.0.1 and [::1] are one machine.</summary>
    private static bool IsBackOffice(Uri server, Uri local) =>
        (SameOrigin(server, local) || (server.IsLoopback && local.IsLoopback && server.Scheme == local.Scheme && server.Port == local.Port))
        && server.AbsolutePath.TrimEnd('/') == BackOffice.Path;

    private static string? KeyOfFile(string dataFolder)
    {
        try
        {
            return ParseKey(File.ReadAllText(Path.Combine(dataFolder, SalesKey.FileName)).Trim());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The server will ask for it, and the advice then says where it is.
            return null;
        }
    }

    private static Uri? ParseUrl(string text) =>
        ParseHttp(text) is not { } url ? null : url.AbsolutePath == "/" && !text.EndsWith('/') ? new Uri(url, BackOffice.Path) : url;

    private static Uri? ParseHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 ? url : null;

    private static string? ParseKey(string text) => text.Length > 0 && text.All(letter => letter is > ' ' and < '\u007f') ? text : null;

    private sealed record Price(decimal Amount);
}
