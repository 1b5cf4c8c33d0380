using System.Net.Sockets;

namespace Cartwright.Tests.Payments;

/// <summary>What HttpClient does when a server resets a connection at the moment it is made: a SocketException, bare.</summary>
internal sealed class ResettingHandler : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new SocketException((int)SocketError.NotConnected);
}
