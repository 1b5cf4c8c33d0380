using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using ModelContextProtocol;

namespace Cartwright.Chat.Connections;

/// <summary>An HTTP client for one endpoint and its key, and the one place where what can go wrong becomes advice.</summary>
internal sealed class EndpointClient : IDisposable
{
    private readonly bool _hasKey;

    public EndpointClient(Uri address, string? key)
    {
        Address = address;
        _hasKey = key is not null;
        Http = new HttpClient(new SocketsHttpHandler
        {
            // A key does not follow a server elsewhere.
            AllowAutoRedirect = false,
            UseProxy = !address.IsLoopback,
            ConnectTimeout = Deadlines.Connecting,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (key is not null)
        {
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>Asks within a time, and turns what goes wrong into advice.</summary>
    /// <exception cref="ConnectionProblem">Anything that a server or a network can do wrong.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> Ask<T>(TimeSpan deadline, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(deadline);
        try
        {
            return await ask(stop.Token);
        }
        catch (Exception error) when (IsTrouble(error) && !cancellation.IsCancellationRequested)
        {
            throw Advice.Of(error, Address, _hasKey);
        }
    }

    public void Dispose() => Http.Dispose();

    private static bool IsTrouble(Exception error) => error
        is HttpRequestException or IOException or SocketException or JsonException or McpException or OperationCanceledException or TimeoutException
        or InvalidOperationException or NotSupportedException or FormatException;
}
