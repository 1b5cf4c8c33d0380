using System.Text.Json;

namespace Cartwright.Mcp.Wire;

/// <summary>Method names of all eras.</summary>
internal static class Methods
{
    public const string Initialize = "initialize";
    public const string Ping = "ping";
    public const string Discover = "server/discover";
    public const string ListTools = "tools/list";
    public const string CallTool = "tools/call";
    public const string ListResources = "resources/list";
    public const string ListTemplates = "resources/templates/list";
    public const string ReadResource = "resources/read";
    public const string SubscribeResource = "resources/subscribe";
    public const string UnsubscribeResource = "resources/unsubscribe";
    public const string ListPrompts = "prompts/list";
    public const string GetPrompt = "prompts/get";
    public const string Complete = "completion/complete";
    public const string SetLogLevel = "logging/setLevel";
    public const string Listen = "subscriptions/listen";

    /// <summary>The method under the reader; the ones that are called all the time cost no new string.</summary>
    public static string Intern(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("tools/call"u8))
        {
            return CallTool;
        }

        return reader.ValueTextEquals("tools/list"u8) ? ListTools : JsonText.Of(ref reader);
    }
}
