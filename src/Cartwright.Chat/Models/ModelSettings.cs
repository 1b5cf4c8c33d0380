namespace Cartwright.Chat.Models;

/// <summary>The model and where it is asked.</summary>
/// <param name="Key">Secret.</param>
/// <param name="Endpoint">Base URL of an OpenAI-compatible API, such as https://api.openai.com/v1.</param>
/// <param name="Prices">Null where none are set.</param>
internal sealed record ModelSettings(string Key, string Name, Uri Endpoint, Prices? Prices)
{
    public const string DefaultName = "gpt-4o-mini";

    private const int ShortestKey = 8;

    public static Uri DefaultEndpoint { get; } = new("https://api.openai.com/v1");

    /// <summary>The endpoint without what may be secret in it.</summary>
    public string Where => Endpoint.GetLeftPart(UriPartial.Path);

    /// <summary>A text of the endpoint without the key. What is too short to be a key is a word, and stays.</summary>
    public string WithoutKey(string text) => Key.Length < ShortestKey ? text : text.Replace(Key, "…", StringComparison.Ordinal);

    // A record prints its members; a key must not be among them.
    public override string ToString() => $"{Name} at {Where}";
}

/// <summary>Units of a currency per million tokens.</summary>
internal sealed record Prices(decimal Input, decimal Output)
{
    public decimal Cost(long input, long output) => ((input * Input) + (output * Output)) / 1_000_000m;
}
