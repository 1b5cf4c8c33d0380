using System.Text.Json;
using System.Text.Json.Nodes;
using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp.Http;

/// <summary><c>subscriptions/listen</c>: a response that stays open and carries the news the client asked for (2026-07-28, "Subscriptions").</summary>
internal static class Subscription
{
    private const int MaxResources = 100;

    public static async Task Run(HttpContext http, Message message, McpServer server)
    {
        var asked = JsonText.AsObject(message.Params.Span)?["notifications"] as JsonObject;
        if (asked is null)
        {
            await Answer.WriteError(
                http, McpError.InvalidParams("params.notifications must be an object."), StatusCodes.Status200OK, message.Id);
            return;
        }

        var granted = Grant(asked, server);
        var uris = (granted["resourceSubscriptions"] as JsonArray ?? []).Select(uri => (string)uri!).ToHashSet(StringComparer.Ordinal);
        bool Wants(Notice notice) => notice.Kind switch
        {
            NoticeKind.ToolsChanged => granted.ContainsKey("toolsListChanged"),
            NoticeKind.PromptsChanged => granted.ContainsKey("promptsListChanged"),
            NoticeKind.ResourcesChanged => granted.ContainsKey("resourcesListChanged"),
            _ => notice.Uri is not null && uris.Contains(notice.Uri),
        };

        // The id outlives the body it is a slice of.
        var listener = new Listener(new EventStream(), Wants, () => uris, message.Id.ToArray());
        listener.Stream.Push(EventStream.Frame("notifications/subscriptions/acknowledged", writer =>
        {
            listener.WriteMeta(writer);
            writer.WritePropertyName("notifications"u8);
            granted.WriteTo(writer);
        }));
        if (!server.Streams.TryAdd(listener, sessionId: null))
        {
            await LegacyStreams.WriteBusy(http, message.Id);
            return;
        }

        try
        {
            await listener.Stream.Run(http, server.Options);
        }
        finally
        {
            server.Streams.Remove(listener);
        }
    }

    /// <summary>The part of the wish that this server honours.</summary>
    private static JsonObject Grant(JsonObject asked, McpServer server)
    {
        var features = server.Features;
        var granted = new JsonObject();
        void Keep(string name, bool offered)
        {
            if (offered && asked[name] is JsonValue value && value.GetValueKind() == JsonValueKind.True)
            {
                granted[name] = true;
            }
        }

        Keep("toolsListChanged", features.Tools.Count > 0);
        Keep("promptsListChanged", features.Prompts.Count > 0);
        Keep("resourcesListChanged", features.HasResources);
        if (server.Options.ResourceSubscriptions && asked["resourceSubscriptions"] is JsonArray uris)
        {
            granted["resourceSubscriptions"] = new JsonArray(
                [.. uris.OfType<JsonValue>().Where(uri => uri.GetValueKind() == JsonValueKind.String).Take(MaxResources).Select(uri => uri.DeepClone())]);
        }

        return granted;
    }
}
