using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>Calls the shop's tools as a client of 2025-11-25 without a session.</summary>
internal sealed class ShopCaller(int port) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>
    /// The tool's result. Throws <see cref="HttpRequestException"/> when no answer came: the shop is not there, refuses, or died
    /// before it answered; and <see cref="IOException"/> when only half of one came.
    /// </summary>
    public async Task<JsonNode> Call(string tool, JsonObject arguments, string? conversation = null)
    {
        var call = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["method"] = "tools/call",
            ["params"] = new JsonObject
            {
                ["name"] = tool,
                ["arguments"] = arguments,
                ["_meta"] = conversation is null ? [] : new JsonObject { ["openai/session"] = conversation },
            },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/mcp", UriKind.Relative))
        {
            Content = new StringContent(call.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        using var response = await Send(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await ReadBody(response))!["result"]!;
    }

    public Task<JsonNode> Show(string cartId) => Call("show_cart", new JsonObject { ["cart_id"] = cartId });

    public async Task<string> NewCart() => (await Call("show_cart", [])).CartId();

    public static JsonObject Item(string productId, int quantity) => new() { ["product_id"] = productId, ["quantity"] = quantity };

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
        catch (SocketException exception)
        {
            throw new HttpRequestException("No answer came.", exception);
        }
    }

    private static async Task<string> ReadBody(HttpResponseMessage response)
    {
        try
        {
            return await response.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException exception)
        {
            throw new IOException("Half an answer came.", exception);
        }
    }
}
