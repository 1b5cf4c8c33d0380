namespace Cartwright.Chat.Models;

/// <summary>The model and where it is asked.</summary>
/// <param name="Key">Secret.</param>
/// <param name="Endpoint">Base URL of an OpenAI-compatible API, such as https://api.openai.com/v1.</param>
/// <param name="Prices">Null where none are set.</param>
internal sealed record ModelSettings(string Key, string Name, Uri Endpoint, Prices? Prices)
{
    public const string DefaultName = "gpt-4o-mini";

    public static Uri DefaultEndpoint { get; } = new("https://api.openai.com/v1");

    // A record prints its members; a key must not be among them.
    public override string ToString() => $"{Name} at {Endpoint}";
}

/// <summary>Units of a currency per million tokens.</summary>
internal sealed record Prices(decimal Input, decimal Output)
{
    public decimal Cost(long input, long output) => ((input * Input) + (output * Output)) / 1_000_000m;
}
