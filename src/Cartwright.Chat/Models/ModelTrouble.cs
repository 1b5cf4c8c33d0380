using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;

namespace Cartwright.Chat.Models;

/// <summary>Why there is no answer of a model, and what to do.</summary>
/// <param name="Reason">A few words, for the line that tells of a wait.</param>
/// <param name="Advice">One line. May repeat what the endpoint said, so it is to be cleaned.</param>
/// <param name="IsPassing">The same request may succeed later.</param>
internal sealed record ModelTrouble(string Reason, string Advice, bool IsPassing)
{
    /// <summary>What the endpoint asked for.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>What the endpoint said in the middle of an answer.</summary>
    public string? Said { get; init; }

    /// <summary>The advice when a part of the answer was shown already.</summary>
    public string AfterText => $"The answer broke off ({(Said is null ? Reason : $"{Reason}: {Said}")}): the part that came is kept, ask the model to go on.";

    public static ModelTrouble Ended() =>
        new("the endpoint ended its answer early", "The endpoint of the model ended its answer before it had said anything: try again, or try another model.", IsPassing: true);

    /// <summary>The trouble behind an exception; null for what cannot be the endpoint's or the network's doing.</summary>
    public static ModelTrouble? Of(Exception error, string model, ModelSettings settings, TimeProvider time)
    {
        var endpoint = settings.Where;
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ClientResultException { Status: > 0 } refused:
                    return OfResponse(refused, model, settings, time);
                case StreamedError told:
                    return OfStream(told, model, settings, time);
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Unreachable($"Nothing listens at {endpoint}: check OPENAI_BASE_URL, and that the model's server runs.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }:
                    return Unreachable($"No host is called {settings.Endpoint.Host}: check OPENAI_BASE_URL, and the network.");
                case AuthenticationException:
                    return Unreachable($"No safe connection to {endpoint}: its certificate is not trusted here, or it speaks plain HTTP (then write http://).");
                case InvalidDataException:
                    return WrongAddress(endpoint, "it answers something else");
            }
        }

        return error switch
        {
            AggregateException several => several.InnerExceptions.Select(one => Of(one, model, settings, time)).FirstOrDefault(trouble => trouble is not null),
            OperationCanceledException or TimeoutException => new("no answer in time", $"{endpoint} did not answer in time: try again later.", IsPassing: true),
            HttpRequestException or IOException or SocketException or ClientResultException => new(
                "the connection broke", $"The connection to {endpoint} broke: check the network, and try again.", IsPassing: true),
            JsonException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException =>
                new("a spoilt answer", $"{endpoint} reported an error in the middle, or answers in a form that is none of chat completions: try again, or check OPENAI_BASE_URL.", IsPassing: false),
            _ => null,
        };
    }

    private static ModelTrouble OfResponse(ClientResultException refused, string model, ModelSettings settings, TimeProvider time)
    {
        var (code, said) = ErrorBody.Read(refused.GetRawResponse());
        return OfStatus(refused.Status, code, said is null ? null : settings.WithoutKey(said), refused.GetRawResponse(), model, settings.Where, time);
    }

    /// <summary>An error in the middle of an answer: like an HTTP error, where its code is such a status; else it may pass.</summary>
    private static ModelTrouble OfStream(StreamedError told, string model, ModelSettings settings, TimeProvider time)
    {
        var said = settings.WithoutKey(told.Said ?? told.Code ?? "nothing more");
        var trouble = int.TryParse(told.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600
            ? OfStatus(status, told.Code, said, null, model, settings.Where, time)
            : new("the endpoint reported an error", $"{settings.Where} reported an error in the middle of its answer: try again, or try another model. It says: {said}", IsPassing: true);
        return trouble with { Said = said };
    }

    private static ModelTrouble OfStatus(int status, string? code, string? said, PipelineResponse? response, string model, string endpoint, TimeProvider time)
    {
        var quote = said is null ? "" : $" It says: {said}";
        return status switch
        {
            401 => new("wrong key", $"{endpoint} does not take the key in OPENAI_API_KEY: set the right one (and OPENAI_BASE_URL, if the key is of another provider).", false),
            403 => new("no access", $"The key in OPENAI_API_KEY may not use {model} at {endpoint}.{quote}", false),
            404 when code is "model_not_found" || said?.Contains("model", StringComparison.OrdinalIgnoreCase) == true =>
                new("unknown model", $"There is no model {model} at {endpoint} for this key: set OPENAI_MODEL, or choose with --model or /model.{quote}", false),
            404 or 405 or (>= 300 and < 400) => WrongAddress(endpoint, $"HTTP {status}"),
            400 or 422 when code is "context_length_exceeded" || Mentions(said, "context length", "context window", "too many tokens") =>
                new("too long", $"The conversation is too long for {model}: /clear it, or ask for less.{quote}", false),
            400 or 422 or 501 when Mentions(said, "tool", "function call") =>
                new("no tools", $"{model} does not call tools the way it is asked to: choose a model with tool calling (OPENAI_MODEL, --model or /model).{quote}", false),
            402 => NoCredit(endpoint),
            429 when code is "insufficient_quota" => NoCredit(endpoint),
            429 => Passing("the endpoint is asked too often (HTTP 429)", $"{endpoint} wants to be asked less often, and still did after several tries: wait a while.{quote}"),
            408 or 409 or >= 500 => Passing($"the endpoint has trouble (HTTP {status})", $"{endpoint} has trouble of its own (HTTP {status}): try again later.{quote}"),
            _ => new("refused", $"{endpoint} refuses the request (HTTP {status}).{quote}", false),
        };

        ModelTrouble Passing(string reason, string advice)
        {
            var (after, at) = Asked(response);
            var isLong = (after ?? (at - time.GetUtcNow())) > Retries.Longest;
            var wait = (after ?? (at - time.GetUtcNow())).GetValueOrDefault();
            return new(reason, isLong ? $"{endpoint} asks to wait {Math.Ceiling(wait.TotalMinutes):0} minutes: try again then.{quote}" : advice, true) { RetryAfter = after, RetryAt = at };
        }
    }

    /// <summary>Retry-After of RFC 9110, section 10.2.3, or the finer retry-after-ms that some endpoints send.</summary>
    private static (TimeSpan? After, DateTimeOffset? At) Asked(PipelineResponse? response)
    {
        if (response is null)
        {
            return default;
        }

        if (response.Headers.TryGetValue("retry-after-ms", out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < int.MaxValue)
        {
            return (TimeSpan.FromMilliseconds(milliseconds), null);
        }

        return response.Headers.TryGetValue("Retry-After", out text) && RetryConditionHeaderValue.TryParse(text, out var asked) ? (asked.Delta, asked.Date) : default;
    }

    private static bool Mentions(string? said, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (said?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static ModelTrouble NoCredit(string endpoint) => new("no credit", $"The account behind OPENAI_API_KEY has no credit left at {endpoint}: top it up, or use another key.", false);

    private static ModelTrouble Unreachable(string advice) => new("unreachable", advice, false);

    private static ModelTrouble WrongAddress(string endpoint, string because) =>
        new("no such endpoint", $"{endpoint} has no chat completions ({because}): check OPENAI_BASE_URL, which usually ends in /v1.", false);
}
