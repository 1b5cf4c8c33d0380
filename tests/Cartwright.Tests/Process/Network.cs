using System.Net.Sockets;

namespace Cartwright.Tests.Process;

internal static class Network
{
    /// <summary>
    /// Whether it tells of a server that is not there, or died before its whole answer came. HttpClient lets a SocketException out bare when a
    /// connection is reset at the moment it is made.
    /// </summary>
    public static bool IsTrouble(Exception error) => error is HttpRequestException or IOException or SocketException;
}
