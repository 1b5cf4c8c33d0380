using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Process;

/// <summary>The real program as a process of its own, for what only a process can show: being killed, failing to start.</summary>
internal sealed partial class ShopProcess : IDisposable
{
    public const int Terminate = 15;
    public const int Interrupt = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly System.Diagnostics.Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private ShopProcess(System.Diagnostics.Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public bool HasExited => _process.HasExited;

    /// <summary>Runs the program with these arguments and settings; nothing else of this process's environment reaches it.</summary>
    public static ShopProcess Run(string workingFolder, IEnumerable<string> arguments, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cartwright"))
        {
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("CARTWRIGHT_", StringComparison.Ordinal) || name is "HOST" or "PORT").ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new ShopProcess(System.Diagnostics.Process.Start(start)!);
    }

    /// <summary>Serves the groceries on the port, with the folder's data, and waits until it answers.</summary>
    public static async Task<ShopProcess> Serve(TempFolder folder, int port)
    {
        var shop = Run(
            folder.Path,
            ["serve"],
            ("PORT", $"{port}"),
            ("CARTWRIGHT_DATA", Path.Combine(folder.Path, "data")),
            ("CARTWRIGHT_CATALOG", ShopServer.SampleFile("groceries")));
        using var http = new HttpClient();
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await http.GetStringAsync($"http://127.0.0.1:{port}/health");
                return shop;
            }
            catch (HttpRequestException) when (!shop.HasExited && deadline.Elapsed < Patience)
            {
                await Task.Delay(20);
            }
            catch (HttpRequestException exception)
            {
                shop.Dispose();
                throw new InvalidOperationException($"The shop does not answer on port {port}: {shop.Errors}", exception);
            }
        }
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal and gives the exit code.</summary>
    public async Task<int> Stop(int signal = Terminate)
    {
        Assert.Equal(0, SendSignal(_process.Id, signal));
        return await Exit();
    }

    /// <summary>Waits for the process to end and gives its exit code.</summary>
    public async Task<int> Exit()
    {
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}

/// <summary>Calls the shop's tools as a client of 2025-11-25 without a session.</summary>
internal sealed class ShopCaller(int port) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>The tool's result; throws <see cref="HttpRequestException"/> when the shop is not there, or dies before it has answered.</summary>
    public async Task<JsonNode> Call(string tool, JsonObject arguments, string? conversation = null)
    {
        var request = new JsonObject
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
        using var content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri("/mcp", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["result"]!;
    }

    public static JsonObject Item(string productId, int quantity) => new() { ["product_id"] = productId, ["quantity"] = quantity };

    public void Dispose() => _http.Dispose();
}
