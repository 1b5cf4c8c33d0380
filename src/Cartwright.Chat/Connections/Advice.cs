using System.Net.Sockets;
using System.Security.Authentication;
using ModelContextProtocol;

namespace Cartwright.Chat.Connections;

/// <summary>What to do about a failure, in one line.</summary>
internal static class Advice
{
    public static ConnectionProblem Of(Exception error, Uri address, bool hasKey)
    {
        var chain = Chain(error).ToList();
        if (chain.OfType<ConnectionProblem>().FirstOrDefault() is { } known)
        {
            return known;
        }

        if (chain.OfType<McpProtocolException>().FirstOrDefault() is { } refused)
        {
            // The SDK puts its own words in front of the server's.
            return new ConnectionProblem(ConnectionTrouble.Refused, SafeText.Line(Words(refused.Message)), error);
        }

        if (chain.OfType<SocketException>().FirstOrDefault() is { } socket)
        {
            return new ConnectionProblem(ConnectionTrouble.Unreachable, OfSocket(socket.SocketErrorCode, address), error);
        }

        if (chain.OfType<AuthenticationException>().Any())
        {
            return new ConnectionProblem(
                ConnectionTrouble.Unreachable,
                $"No safe connection to {Where(address)}: its certificate is not trusted here, or it speaks plain HTTP (then write http://).",
                error);
        }

        if (chain.OfType<HttpRequestException>().FirstOrDefault(http => http.StatusCode is not null) is { StatusCode: { } status })
        {
            return OfStatus((int)status, detail: null, address, hasKey, error);
        }

        return chain[0] switch
        {
            OperationCanceledException or TimeoutException => new ConnectionProblem(
                ConnectionTrouble.TooSlow, $"{Where(address)} did not answer in time: try again, or look at the server's log.", error),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded } => new ConnectionProblem(
                ConnectionTrouble.Unreachable, $"{Where(address)} ended the connection without an answer: is it a web server, and is {address.Scheme} right?", error),
            HttpRequestException or IOException => new ConnectionProblem(
                ConnectionTrouble.Unreachable, $"The connection to {Where(address)} broke: try again, or see whether the server still runs.", error),
            _ => new ConnectionProblem(ConnectionTrouble.NotThisProtocol, NoEndpoint(address, "its answer is no MCP"), error),
        };
    }

    /// <summary>The problem that an HTTP status tells of.</summary>
    /// <param name="detail">The server's own advice, where it gave one.</param>
    public static ConnectionProblem OfStatus(int status, string? detail, Uri address, bool hasKey, Exception? inner = null)
    {
        var said = string.IsNullOrWhiteSpace(detail) ? "" : $" It says: {SafeText.Line(detail)}";
        return status switch
        {
            401 => new ConnectionProblem(ConnectionTrouble.Key, hasKey
                ? $"{Where(address)} does not take this key: give the right one with --key (./run sales key prints the back office's, on its machine)."
                : $"{Where(address)} wants a key: give it with --key (./run sales key prints the back office's, on its machine).", inner),
            403 => new ConnectionProblem(ConnectionTrouble.Key, $"{Where(address)} lets nobody in from here (HTTP 403).{said}", inner),
            408 or 429 => new ConnectionProblem(ConnectionTrouble.TooSlow, $"{Where(address)} wants to be asked less often (HTTP {status}): wait a minute, then try again.{said}", inner),
            >= 300 and < 400 => new ConnectionProblem(
                ConnectionTrouble.NotThisProtocol, $"{Where(address)} sends elsewhere (HTTP {status}): give --url the address where it ends.", inner),
            >= 500 => new ConnectionProblem(ConnectionTrouble.Unreachable, $"{Where(address)} has trouble of its own (HTTP {status}): try again later.{said}", inner),
            _ => new ConnectionProblem(ConnectionTrouble.NotThisProtocol, NoEndpoint(address, $"HTTP {status}"), inner),
        };
    }

    public static string NoEndpoint(Uri address, string because) =>
        $"{Where(address)} is no MCP endpoint ({because}): its path is usually /mcp, the back office's is /sales/mcp.";

    private static string OfSocket(SocketError code, Uri address) => code switch
    {
        SocketError.ConnectionRefused when address.IsLoopback => $"Nothing listens at {Where(address)}: start the shop with ./run in another terminal, or name another server with --url.",
        SocketError.ConnectionRefused => $"Nothing listens at {Where(address)}: check --url, and that the server runs.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"No host is called {SafeText.Line(address.Host)}: check --url, and the network.",
        SocketError.TimedOut => $"{Where(address)} did not answer in time: check --url, and the network.",
        _ => $"{Where(address)} cannot be reached ({code}): check --url, and the network.",
    };

    /// <summary>The address without what may be secret in it.</summary>
    public static string Where(Uri address) => SafeText.Line(address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));

    private static string Words(string message)
    {
        const string Prefix = "Request failed (remote): ";
        return message.StartsWith(Prefix, StringComparison.Ordinal) ? message[Prefix.Length..] : message;
    }

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            yield return inner;
            if (inner is AggregateException several)
            {
                foreach (var one in several.InnerExceptions.SelectMany(Chain))
                {
                    yield return one;
                }
            }
        }
    }
}
