using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Cluster;

/// <summary>Processes of the shop on one database.</summary>
internal sealed class ShopInstances : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _database;
    private readonly string _address;
    private readonly int[] _ports;
    private readonly ShopProcess[] _running;
    private readonly List<string> _logs = [];

    /// <summary>Starts none yet.</summary>
    /// <param name="ports">Where they listen, one each.</param>
    /// <param name="database">Connection string.</param>
    /// <param name="address">Where the shop is reached from outside.</param>
    public ShopInstances(int[] ports, string database, Uri address)
    {
        (_ports, _database, _address) = (ports, database, address.GetLeftPart(UriPartial.Authority));
        _running = new ShopProcess[ports.Length];
    }

    /// <summary>What they have logged, the killed ones too.</summary>
    public IEnumerable<string> Logs => [.. _logs, .. _running.Select(shop => shop.Errors)];

    /// <summary>Starts all at once, as a cluster would.</summary>
    public Task Start() => Task.WhenAll(Enumerable.Range(0, _ports.Length).Select(async i => _running[i] = await Serve(i)));

    /// <summary>SIGKILL to one, and a new one in its place.</summary>
    public async Task Replace(int instance)
    {
        await _running[instance].Kill();
        lock (_logs)
        {
            _logs.Add(_running[instance].Errors);
        }

        _running[instance].Dispose();
        _running[instance] = await Serve(instance);
    }

    public void Dispose()
    {
        foreach (var shop in _running)
        {
            shop?.Dispose();
        }

        _folder.Dispose();
    }

    private Task<ShopProcess> Serve(int instance) =>
        ShopProcess.Serve(_folder, _ports[instance], ("CARTWRIGHT_DATABASE", _database), ("CARTWRIGHT_PUBLIC_URL", _address));
}
