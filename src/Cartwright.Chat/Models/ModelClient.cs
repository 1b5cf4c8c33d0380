using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using OpenAI;
using OpenAI.Chat;

namespace Cartwright.Chat.Models;

/// <summary>Asks an OpenAI-compatible endpoint, through the official client; streams the answer, and repeats a request of which nothing came yet.</summary>
internal sealed class ModelClient : IDisposable
{
    private readonly ModelSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly HttpClientPipelineTransport _transport;
    private (string Model, ChatClient Client)? _client;

    public ModelClient(ModelSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = !settings.Endpoint.IsLoopback,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _transport = new HttpClientPipelineTransport(_http);
    }

    public ModelSettings Settings => _settings;

    /// <summary>One request and its answer.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async IAsyncEnumerable<ModelEvent> Ask(
        string model, IReadOnlyList<ChatMessage> messages, IReadOnlyList<ChatTool> tools, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = new AnswerParts();
            ModelTrouble? trouble = null;
            await using var updates = Client(model).CompleteChatStreamingAsync(messages, Options(tools), cancellation).GetAsyncEnumerator(cancellation);
            while (true)
            {
                var (update, failure) = await Next(updates, model, cancellation);
                if (update is null)
                {
                    trouble = failure;
                    break;
                }

                answer.Add(update);
                foreach (var part in update.ContentUpdate)
                {
                    if (part.Text is { Length: > 0 } text)
                    {
                        yield return new ModelText(text);
                    }
                }

                if (update.RefusalUpdate is { Length: > 0 } refusal)
                {
                    yield return new ModelText(refusal);
                }
            }

            trouble ??= answer.IsWhole ? null : ModelTrouble.Ended();
            if (trouble is null)
            {
                yield return answer.Reply(model);
                yield break;
            }

            if (answer.HasText || Retries.Wait(trouble, attempt, _time) is not { } wait)
            {
                yield return new ModelFailed(SafeText.Line(answer.HasText ? trouble.AfterText : trouble.Advice, 600));
                yield break;
            }

            yield return new ModelWaits(wait, trouble.Reason);
            await Task.Delay(wait, _time, cancellation);
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _http.Dispose();
    }

    private static ChatCompletionOptions Options(IReadOnlyList<ChatTool> tools)
    {
        var options = new ChatCompletionOptions();
        foreach (var tool in tools)
        {
            options.Tools.Add(tool);
        }

        return options;
    }

    /// <summary>The next piece; or what went wrong; or neither at the end.</summary>
    private async ValueTask<(StreamingChatCompletionUpdate? Update, ModelTrouble? Trouble)> Next(
        IAsyncEnumerator<StreamingChatCompletionUpdate> updates, string model, CancellationToken cancellation)
    {
        try
        {
            return (await updates.MoveNextAsync() ? updates.Current : null, null);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && ModelTrouble.Of(error, model, _settings, _time) is { } trouble)
        {
            return (null, trouble);
        }
    }

    private ChatClient Client(string model)
    {
        if (_client is { } made && made.Model == model)
        {
            return made.Client;
        }

        var options = new OpenAIClientOptions
        {
            Endpoint = _settings.Endpoint,
            Transport = _transport,

            // The client would wait without a word; the waiting is done above, where it is told of.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),

            // Of silence, which models that think first may keep for long.
            NetworkTimeout = TimeSpan.FromMinutes(5),
        };
        options.AddPolicy(new StreamsOnly(), PipelinePosition.PerTry);
        var client = new ChatClient(model, new ApiKeyCredential(_settings.Key), options);
        _client = (model, client);
        return client;
    }
}
