using System.Net;
using System.Net.Sockets;

namespace Cartwright.Tests.Storage;

/// <summary>
/// Stands between a shop and PostgreSQL. Once told so, it cuts a connection when the server has committed, before the shop hears of it, or
/// before the server does; or it swallows everything, as a network does that has lost the server, and closes nothing.
/// </summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private int _armed;
    private byte[] _statement = [];
    private bool _hides;
    private int _accepted;
    private int _lost;
    private volatile bool _isSilent;

    public CuttingProxy(int server)
    {
        _server = server;
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Cuts { get; private set; }

    /// <summary>Cuts at the next commit, or another statement; <paramref name="hides"/> it from the server, too.</summary>
    public void Arm(string statement = "commit", bool hides = false)
    {
        // With the zero that ends it, or "read committed" would be one.
        (_statement, _hides) = (System.Text.Encoding.UTF8.GetBytes(statement + "\0"), hides);
        Interlocked.Exchange(ref _armed, 1);
    }

    /// <summary>How many connections were made.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>From here on nothing passes.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>New connections pass again; those that were there remain silent.</summary>
    public void Resume()
    {
        Volatile.Write(ref _lost, Accepted);
        _isSilent = false;
    }

    public void Dispose() => _listener.Dispose();

    private async Task Accept()
    {
        while (true)
        {
            try
            {
                _ = Carry(await _listener.AcceptTcpClientAsync(), Interlocked.Increment(ref _accepted));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private bool IsSilent(int number) => _isSilent || number <= Volatile.Read(ref _lost);

    private async Task Carry(TcpClient shop, int number)
    {
        using var server = new TcpClient { NoDelay = true };
        using (shop)
        {
            await server.ConnectAsync(IPAddress.Loopback, _server);
            var isCommitting = false;
            var toServer = Pump(shop, server, () => IsSilent(number), chunk =>
            {
                isCommitting |= _armed == 1 && chunk.IndexOf(_statement) >= 0 && Interlocked.Exchange(ref _armed, 0) == 1;
                return !isCommitting || !_hides;
            });

            // The server answers a commit when it is done.
            await Task.WhenAny(toServer, Pump(server, shop, () => IsSilent(number), _ => !isCommitting));
            Cuts += isCommitting ? 1 : 0;
        }
    }

    private static async Task Pump(TcpClient from, TcpClient to, Func<bool> isSilent, Func<ReadOnlySpan<byte>, bool> goesOn)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is > 0 and var read)
            {
                if (isSilent())
                {
                    continue;
                }

                if (!goesOn(buffer.AsSpan(0, read)))
                {
                    return;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One end has gone, and takes the other along.
        }
    }
}
