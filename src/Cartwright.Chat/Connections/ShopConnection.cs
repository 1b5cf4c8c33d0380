namespace Cartwright.Chat.Connections;

/// <summary>Opens connections to a shop.</summary>
public static class ShopConnection
{
    /// <summary>Connects to an MCP server over streamable HTTP, through the official client library.</summary>
    /// <param name="endpoint">Such as http://localhost:3000/sales/mcp.</param>
    /// <param name="key">Sent as Authorization: Bearer KEY; null for none.</param>
    /// <exception cref="ConnectionProblem">It cannot be reached, wants another key, or is no MCP server.</exception>
    public static async Task<IShopConnection> OpenMcp(Uri endpoint, string? key, CancellationToken cancellation = default) =>
        await McpConnection.Open(endpoint, key, cancellation);

    /// <summary>Makes a connection to the REST twin of the same endpoint (docs/rest.md). Nothing is sent before the first call.</summary>
    public static Task<IShopConnection> OpenRest(Uri endpoint, string? key, CancellationToken cancellation = default) =>
        Task.FromResult<IShopConnection>(new RestConnection(endpoint, key));
}
