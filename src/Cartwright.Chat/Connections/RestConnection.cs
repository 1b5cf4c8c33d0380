using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cartwright.Chat.Connections;

/// <summary>A small client of the REST twin of an endpoint. It hears no news, and completes nothing: the twin has neither.</summary>
internal sealed class RestConnection(Uri address, string? key) : IShopConnection
{
    private readonly EndpointClient _endpoint = new(address, key);
    private readonly bool _hasKey = key is not null;
    private readonly ConversationHint _conversation = new();

    public event EventHandler<OfferChangedEventArgs>? Changed
    {
        add { }
        remove { }
    }

    public Uri Address => _endpoint.Address;

    public string Transport => "REST";

    public string ServerName => Address.Authority;

    public string? Instructions => null;

    public async Task<IReadOnlyList<ToolInfo>> ListTools(CancellationToken cancellation = default) =>
        RestTypes.Tools(await Get("tools", cancellation));

    public async Task<ToolOutcome> CallTool(string name, JsonObject arguments, CancellationToken cancellation = default)
    {
        var call = Named(name, arguments.DeepClone());
        call["_meta"] = _conversation.Meta();
        var (status, body) = await Send(HttpMethod.Post, "tools/call", call, Deadlines.Calling, cancellation);
        return status is 200 ? RestTypes.Outcome(body)
            : IsOfTheCall(status) && RestTypes.Detail(body) is { } advice ? new ToolOutcome(failed: true, advice)
            : throw Refusal(status, body);
    }

    public async Task<IReadOnlyList<PromptInfo>> ListPrompts(CancellationToken cancellation = default) =>
        RestTypes.Prompts(await Get("prompts", cancellation));

    public async Task<IReadOnlyList<PromptMessage>> GetPrompt(string name, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellation = default)
    {
        var given = new JsonObject(arguments.Select(argument => KeyValuePair.Create(argument.Key, (JsonNode?)JsonValue.Create(argument.Value))));
        return RestTypes.Messages(Accepted(await Send(HttpMethod.Post, "prompts/get", Named(name, given), Deadlines.Reading, cancellation)));
    }

    public async Task<IReadOnlyList<ResourceInfo>> ListResources(CancellationToken cancellation = default) =>
        RestTypes.Resources(await Get("resources", cancellation));

    public async Task<IReadOnlyList<ResourceTemplateInfo>> ListResourceTemplates(CancellationToken cancellation = default) =>
        RestTypes.Templates(await Get("resources", cancellation));

    public async Task<IReadOnlyList<ResourceText>> ReadResource(string uri, CancellationToken cancellation = default) =>
        RestTypes.Contents(await Get($"resources/read/{Uri.EscapeDataString(uri)}", cancellation));

    public Task<IReadOnlyList<string>> Complete(
        CompletionReference reference, string argument, string prefix, IReadOnlyDictionary<string, string>? others = null, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public ValueTask DisposeAsync()
    {
        _endpoint.Dispose();
        return ValueTask.CompletedTask;
    }

    private static JsonObject Named(string name, JsonNode arguments) => new() { ["name"] = name, ["arguments"] = arguments };

    /// <summary>Statuses with which the twin tells what is wrong with this call, and not with the way to it.</summary>
    private static bool IsOfTheCall(int status) => status is 400 or 404 or 409 or 413 or 422 or 500 or 503;

    private async Task<JsonElement> Get(string path, CancellationToken cancellation) =>
        Accepted(await Send(HttpMethod.Get, path, null, Deadlines.Reading, cancellation));

    private JsonElement Accepted((int Status, JsonElement Body) answer) => answer.Status is 200 ? answer.Body
        : IsOfTheCall(answer.Status) && RestTypes.Detail(answer.Body) is { } advice ? throw new ConnectionProblem(ConnectionTrouble.Refused, SafeText.Line(advice))
        : throw Refusal(answer.Status, answer.Body);

    private ConnectionProblem Refusal(int status, JsonElement body) => Advice.OfStatus(status, RestTypes.Detail(body), Address, _hasKey);

    private Task<(int Status, JsonElement Body)> Send(HttpMethod method, string path, JsonObject? body, TimeSpan deadline, CancellationToken cancellation) =>
        _endpoint.Ask(
            deadline,
            async stop =>
            {
                using var request = new HttpRequestMessage(method, new Uri($"{Address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}{Address.Query}"));
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
                request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                using var response = await _endpoint.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
                var isJson = response.Content.Headers.ContentType?.MediaType is { } type && (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal));
                return isJson ? ((int)response.StatusCode, (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(stop), default, stop)).RootElement)
                    : response.IsSuccessStatusCode ? throw new ConnectionProblem(ConnectionTrouble.NotThisProtocol, Advice.NoEndpoint(Address, "its answer is no JSON"))
                    : throw Advice.OfStatus((int)response.StatusCode, null, Address, _hasKey);
            },
            cancellation);
}
