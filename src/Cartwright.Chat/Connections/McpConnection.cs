using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Cartwright.Chat.Connections;

/// <summary>The official C# client over streamable HTTP, in whatever revision the server speaks.</summary>
internal sealed class McpConnection : IShopConnection
{
    private readonly EndpointClient _endpoint;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _reopening = new(1);
    private readonly ConversationHint _conversation = new();
    private McpClient _client;
    private Task _listening = Task.CompletedTask;

    private McpConnection(EndpointClient endpoint, McpClient client)
    {
        _endpoint = endpoint;
        _client = client;
        Attend(client);
    }

    public event EventHandler<OfferChangedEventArgs>? Changed;

    public Uri Address => _endpoint.Address;

    public string Transport => "MCP";

    public string ServerName => _client.ServerInfo?.Name ?? Address.Authority;

    public string? Instructions => _client.ServerInstructions;

    public static async Task<McpConnection> Open(Uri address, string? key, CancellationToken cancellation = default)
    {
        var endpoint = new EndpointClient(address, key);
        try
        {
            return new McpConnection(endpoint, await endpoint.Ask(Deadlines.Opening, stop => Connect(endpoint, stop), cancellation));
        }
        catch
        {
            endpoint.Dispose();
            throw;
        }
    }

    public Task<IReadOnlyList<ToolInfo>> ListTools(CancellationToken cancellation = default) => List(
        client => client.ServerCapabilities.Tools is not null,
        async (client, stop) => (await client.ListToolsAsync((RequestOptions?)null, stop)).Select(tool => McpTypes.Tool(tool.ProtocolTool)),
        cancellation);

    public async Task<ToolOutcome> CallTool(string name, JsonObject arguments, CancellationToken cancellation = default)
    {
        var request = new CallToolRequestParams
        {
            Name = name,
            Arguments = arguments.ToDictionary(argument => argument.Key, argument => McpTypes.Element(argument.Value), StringComparer.Ordinal),
            Meta = _conversation.Meta(),
        };
        try
        {
            return McpTypes.Outcome(await Ask(Deadlines.Calling, (client, stop) => client.CallToolAsync(request, stop).AsTask(), cancellation));
        }
        catch (ConnectionProblem problem) when (problem.Trouble is ConnectionTrouble.Refused)
        {
            // An unknown tool, or arguments that do not fit: the one who called can do better the next time.
            return new ToolOutcome(failed: true, problem.Advice);
        }
    }

    public Task<IReadOnlyList<PromptInfo>> ListPrompts(CancellationToken cancellation = default) => List(
        client => client.ServerCapabilities.Prompts is not null,
        async (client, stop) => (await client.ListPromptsAsync((RequestOptions?)null, stop)).Select(prompt => McpTypes.Prompt(prompt.ProtocolPrompt)),
        cancellation);

    public Task<IReadOnlyList<PromptMessage>> GetPrompt(string name, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellation = default)
    {
        var request = new GetPromptRequestParams
        {
            Name = name,
            Arguments = arguments.ToDictionary(argument => argument.Key, argument => McpTypes.Element(JsonValue.Create(argument.Value)), StringComparer.Ordinal),
        };
        return Ask(Deadlines.Reading, async (client, stop) => McpTypes.Messages(await client.GetPromptAsync(request, stop)), cancellation);
    }

    public Task<IReadOnlyList<ResourceInfo>> ListResources(CancellationToken cancellation = default) => List(
        client => client.ServerCapabilities.Resources is not null,
        async (client, stop) => (await client.ListResourcesAsync((RequestOptions?)null, stop)).Select(resource => McpTypes.Resource(resource.ProtocolResource)),
        cancellation);

    public Task<IReadOnlyList<ResourceTemplateInfo>> ListResourceTemplates(CancellationToken cancellation = default) => List(
        client => client.ServerCapabilities.Resources is not null,
        async (client, stop) =>
            (await client.ListResourceTemplatesAsync((RequestOptions?)null, stop)).Select(template => McpTypes.Template(template.ProtocolResourceTemplate)),
        cancellation);

    public Task<IReadOnlyList<ResourceText>> ReadResource(string uri, CancellationToken cancellation = default) => Ask(
        Deadlines.Reading,
        async (client, stop) => McpTypes.Contents(await client.ReadResourceAsync(new ReadResourceRequestParams { Uri = uri }, stop)),
        cancellation);

    public async Task<IReadOnlyList<string>> Complete(
        CompletionReference reference, string argument, string prefix, IReadOnlyDictionary<string, string>? others = null, CancellationToken cancellation = default)
    {
        if (_client.ServerCapabilities.Completions is null)
        {
            return [];
        }

        var request = new CompleteRequestParams
        {
            Ref = reference switch
            {
                CompletionReference.Prompt prompt => new PromptReference { Name = prompt.Name },
                CompletionReference.Template template => new ResourceTemplateReference { Uri = template.UriTemplate },
                _ => throw new InvalidOperationException("There is no other reference."),
            },
            Argument = new Argument { Name = argument, Value = prefix },
            Context = others is null ? null : new CompleteContext { Arguments = others.ToDictionary(StringComparer.Ordinal) },
        };
        return [.. (await Ask(Deadlines.Reading, (client, stop) => client.CompleteAsync(request, stop).AsTask(), cancellation)).Completion.Values];
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();

        // Taking leave is a courtesy, which must not keep anybody who wants to go: what it waits for ends with the endpoint's connections.
        var leaving = Leave();
        await Task.WhenAny(leaving, Task.Delay(Deadlines.Leaving));
        _endpoint.Dispose();
        if (!leaving.IsCompleted)
        {
            return;
        }

        _closing.Dispose();
        _reopening.Dispose();
    }

    private async Task Leave()
    {
        await _listening;
        await _client.DisposeAsync();
    }

    private static Task<McpClient> Connect(EndpointClient endpoint, CancellationToken stop)
    {
        var options = new HttpClientTransportOptions { Endpoint = endpoint.Address, TransportMode = HttpTransportMode.StreamableHttp };
        var version = typeof(McpConnection).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        return McpClient.CreateAsync(
            new HttpClientTransport(options, endpoint.Http),
            new McpClientOptions { ClientInfo = new Implementation { Name = "cartwright-chat", Version = version }, InitializationTimeout = Deadlines.Opening },
            cancellationToken: stop);
    }

    private async Task<IReadOnlyList<T>> List<T>(
        Func<McpClient, bool> has, Func<McpClient, CancellationToken, Task<IEnumerable<T>>> list, CancellationToken cancellation) =>
        has(_client) ? [.. await Ask(Deadlines.Reading, list, cancellation)] : [];

    private async Task<T> Ask<T>(TimeSpan deadline, Func<McpClient, CancellationToken, Task<T>> ask, CancellationToken cancellation) =>
        await _endpoint.Ask(deadline, async stop => await ask(await Live(stop), stop), cancellation);

    /// <summary>The client; another one when its session has ended, as sessions of servers do that were started anew.</summary>
    private async ValueTask<McpClient> Live(CancellationToken stop)
    {
        if (!_client.Completion.IsCompleted)
        {
            return _client;
        }

        await _reopening.WaitAsync(stop);
        try
        {
            if (_client.Completion.IsCompleted)
            {
                var next = await Connect(_endpoint, stop);
                await _client.DisposeAsync();
                _client = next;
                Attend(next);
                Changed?.Invoke(this, new OfferChangedEventArgs(OfferKinds.Tools | OfferKinds.Prompts | OfferKinds.Resources));
            }

            return _client;
        }
        finally
        {
            _reopening.Release();
        }
    }

    private void Attend(McpClient client)
    {
        Tell(NotificationMethods.ToolListChangedNotification, OfferKinds.Tools);
        Tell(NotificationMethods.PromptListChangedNotification, OfferKinds.Prompts);
        Tell(NotificationMethods.ResourceListChangedNotification, OfferKinds.Resources);
        _listening = Listen(client, _closing.Token);

        void Tell(string method, OfferKinds kinds) => client.RegisterNotificationHandler(method, (_, _) =>
        {
            Changed?.Invoke(this, new OfferChangedEventArgs(kinds));
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>From revision 2026-07-28 on, news come only to those who listen: a request that stays open (subscriptions/listen).</summary>
    private static async Task Listen(McpClient client, CancellationToken closing)
    {
        if (string.CompareOrdinal(client.NegotiatedProtocolVersion, "2026-07-28") < 0)
        {
            return;
        }

        var request = new JsonRpcRequest
        {
            Method = RequestMethods.SubscriptionsListen,
            Params = new JsonObject
            {
                ["notifications"] = new JsonObject
                {
                    ["toolsListChanged"] = client.ServerCapabilities.Tools?.ListChanged == true,
                    ["promptsListChanged"] = client.ServerCapabilities.Prompts?.ListChanged == true,
                    ["resourcesListChanged"] = client.ServerCapabilities.Resources?.ListChanged == true,
                },
            },
        };
        try
        {
            await client.SendRequestAsync(request, closing);
        }
        catch (Exception error) when (error is OperationCanceledException or McpException or HttpRequestException or IOException or SocketException or JsonException or InvalidOperationException)
        {
            // A server without news is still a server: lists are then as old as the chat.
        }
    }
}
