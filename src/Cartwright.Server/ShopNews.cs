using Cartwright.Mcp;
using Cartwright.Server.Carts;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server;

/// <summary>
/// Brings what was committed, here or at another instance, to the notification streams that are open here: a cart that has changed to whoever
/// subscribed to it, a catalogue that was loaded to everybody.
/// </summary>
internal sealed partial class ShopNews(McpServer server, CatalogWatch watch, ILogger<ShopNews> logger)
{
    public void Follow(Notices notices)
    {
        notices.Listen(Hear);

        // Prices and stock are the catalogue's: every cart may look different now.
        watch.OnChange(_ => server.NotifyResourcesUpdated(CartTools.Uri("")));
    }

    private void Hear(Notice notice)
    {
        switch (notice)
        {
            case { Topic: Notices.Cart, Subject: "" }:
                server.NotifyResourcesUpdated(CartTools.Uri(""));
                break;
            case { Topic: Notices.Cart }:
                server.NotifyResourceUpdated(CartTools.Uri(notice.Subject));
                break;
            case { Topic: Notices.Catalog }:
                watch.Call();
                break;
            case { Topic: Notices.Session }:
                // Read in the background: whoever brings the news must not wait for the database.
                _ = Task.Run(() => Reload(notice.Subject is "" ? null : notice.Subject));
                break;
        }
    }

    private async Task Reload(string? session)
    {
        try
        {
            await server.ReloadSubscriptions(session, CancellationToken.None);
        }
#pragma warning disable CA1031 // Nobody waits for it; the stream loads them again when it is opened anew.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotReloaded(error);
        }
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "The subscriptions of a session could not be read")]
    private partial void LogNotReloaded(Exception error);
}
