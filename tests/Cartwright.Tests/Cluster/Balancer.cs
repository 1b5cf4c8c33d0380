using System.Diagnostics;
using Cartwright.Tests.Deploy;
using Cartwright.Tests.Process;

namespace Cartwright.Tests.Cluster;

/// <summary>HAProxy before some instances, each request to the next of them, with the same rules as the configuration in <c>deploy/</c>.</summary>
internal sealed class Balancer : IDisposable
{
    /// <summary>Header of an answer: the instance that gave it.</summary>
    public const string Instance = "X-Instance";

    private readonly Haproxy _proxy;

    /// <summary>Starts it.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="instances">Where they listen; they need not be there yet.</param>
    public Balancer(int port, IEnumerable<int> instances)
    {
        var servers = string.Join("\n", instances.Select(instance => $"    server at{instance} 127.0.0.1:{instance}"));

        // A request is sent again only when no connection was made: only the client knows whether it may be repeated.
        _proxy = new Haproxy($"""
            global
                maxconn 2000
            defaults
                mode http
                timeout connect 2s
                timeout client 60s
                timeout server 60s
                timeout check 2s
                retries 3
                option redispatch 1
                retry-on conn-failure
            frontend shop
                bind 127.0.0.1:{port}
                default_backend instances
            backend instances
                balance roundrobin
                option httpchk GET /health/ready
                http-check expect status 200
                http-response set-header {Instance} %s
                default-server check inter 1s fall 3 rise 1
            {servers}

            """);
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    /// <summary>Waits until it passes requests on.</summary>
    public async Task Ready()
    {
        using var http = new HttpClient();
        for (var waited = Stopwatch.StartNew(); !await Answers(http); await Task.Delay(20))
        {
            Assert.False(_proxy.HasExited, "HAProxy has ended.");
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), "HAProxy does not answer.");
        }
    }

    public void Dispose() => _proxy.Dispose();

    private async Task<bool> Answers(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (Network.IsTrouble(error))
        {
            return false;
        }
    }
}
