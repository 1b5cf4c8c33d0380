using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>One call of the API. The scope is the least that it needs; the route is the path without ids, for the log.</summary>
internal sealed record Gr4vyCall(HttpMethod Method, string Path, string Route, string Scope)
{
    public byte[]? Body { get; init; }

    /// <summary>Kept for a day by Gr4vy: a call with the same key is done once. Without one, only reading may be repeated.</summary>
    public string? IdempotencyKey { get; init; }

    public bool MayRepeat => Method == HttpMethod.Get || IdempotencyKey is not null;
}

/// <summary>
/// Sends calls to Gr4vy's API: a token of a minute for each try, a limit on each try, and another try where that is safe. What went wrong
/// is in the log, without tokens, headers and bodies; the problem is fit for shoppers.
/// </summary>
internal sealed partial class Gr4vyCalls(
    HttpClient http, Gr4vyAccount account, TokenIssuer tokens, TimeProvider time, ILogger<Gr4vyCalls> log, TimeSpan? tryLimit = null)
{
    private const int Tries = 3;
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(2);

    private readonly string _base = account.ApiUrl.AbsoluteUri.TrimEnd('/');
    private readonly TimeSpan _tryLimit = tryLimit ?? TryLimit;

    /// <summary>A client as it is needed here: no redirects, no cookies, no answers without end.</summary>
    public static HttpClient OpenClient() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            },
            disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };

    /// <summary>
    /// What <paramref name="read"/> makes of the answer. Not found for 404; unavailable when there is no usable answer; conflict when Gr4vy
    /// refuses.
    /// </summary>
    public async ValueTask<Result<T>> Send<T>(Gr4vyCall call, Func<JsonElement, Result<T>> read, CancellationToken cancellation)
    {
        for (var number = 1; ; number++)
        {
            var answer = await Try(call, number, cancellation);
            if (answer.Status is >= 200 and < 300)
            {
                return Read(call, answer, read);
            }

            if (!call.MayRepeat || number == Tries || !answer.MayRepeat(number) || answer.RetryAfter > LongestRetryAfter)
            {
                return answer.Status switch
                {
                    404 => Problem.NotFound("The payment provider does not know this."),
                    0 or 408 or 425 or 429 or >= 500 => NoAnswer,
                    _ => Refused,
                };
            }

            await Task.Delay(answer.RetryAfter ?? (RetryDelay * number), time, cancellation);
        }
    }

    private static Problem NoAnswer => Problem.Unavailable("The payment provider does not answer at the moment. Try again in a minute; the order is kept.");

    private static Problem Refused => Problem.Conflict("The payment provider does not accept this at the moment. The reason is in the shop's log; the order is kept.");

    private async ValueTask<Answer> Try(Gr4vyCall call, int number, CancellationToken cancellation)
    {
        var token = tokens.Api(call.Scope);
        using var request = new HttpRequestMessage(call.Method, $"{_base}/{call.Path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-GR4VY-MERCHANT-ACCOUNT-ID", account.MerchantAccountId);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("cartwright", ServerBuilder.Version));
        if (call.IdempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", call.IdempotencyKey);
        }

        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(call.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var limit = new CancellationTokenSource(_tryLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            var status = (int)response.StatusCode;
            if (status is < 200 or >= 300)
            {
                LogRefusal(call, status, body, token);
            }

            return new Answer(status, body, RetryAfter(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            NoAnswerInTime(call.Method, call.Route, number, _tryLimit);
        }
        catch (HttpRequestException failure)
        {
            NotReached(call.Method, call.Route, number, failure.HttpRequestError);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            // HttpClient lets a SocketException out bare when a connection is reset at the moment it is made.
            NotReached(call.Method, call.Route, number, HttpRequestError.ResponseEnded);
        }

        return new Answer(0, [], null);
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date - time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private Result<T> Read<T>(Gr4vyCall call, Answer answer, Func<JsonElement, Result<T>> read)
    {
        using var json = JsonMembers.Parse(answer.Body);
        var result = json is null ? Problem.Invalid("it is not JSON") : read(json.RootElement);
        if (result.Ok)
        {
            return result;
        }

        Unusable(call.Method, call.Route, answer.Status, result.Problem.Advice);
        return NoAnswer;
    }

    private void LogRefusal(Gr4vyCall call, int status, byte[] body, string token)
    {
        using var json = JsonMembers.Parse(body);
        var error = json?.RootElement ?? default;
        var code = Loggable(error.Text("code"), token);
        var message = Loggable(MessageOf(error), token);
        if (status is 401 or 403)
        {
            KeyRefused(call.Method, call.Route, status, code, message, tokens.Kid);
        }
        else
        {
            ErrorAnswered(call.Method, call.Route, status, code, message);
        }
    }

    /// <summary>The message and the first details; 422 has a list of details only (FastAPI's form).</summary>
    private static string MessageOf(JsonElement error)
    {
        var text = new StringBuilder(error.Text("message"));
        var details = error.Member("details") ?? error.Member("detail");
        if (details is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var detail in list.EnumerateArray().Take(3))
            {
                var place = detail.Text("pointer") ?? (detail.Member("loc") is { ValueKind: JsonValueKind.Array } loc
                    ? string.Join('.', loc.EnumerateArray().Select(part => part.Text() ?? part.GetRawText()))
                    : "");
                text.Append($" [{place}: {detail.Text("message") ?? detail.Text("msg")}]");
            }
        }

        return text.ToString().Trim();
    }

    /// <summary>One line, not long, and never our token, whatever the other side repeats.</summary>
    private static string Loggable(string? text, string token)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "-";
        }

        var safe = text.Replace(token, "(token)", StringComparison.Ordinal);
        return string.Create(Math.Min(safe.Length, 300), safe, static (line, safe) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(safe[i]) ? ' ' : safe[i];
            }
        });
    }

    [LoggerMessage(EventId = 5201, Level = LogLevel.Warning, Message = "Gr4vy answered {Method} {Route} with {Status}, code {Code}: {Reason}")]
    private partial void ErrorAnswered(HttpMethod method, string route, int status, string code, string reason);

    [LoggerMessage(
        EventId = 5202,
        Level = LogLevel.Error,
        Message = "Gr4vy refused {Method} {Route} with {Status}, code {Code}: {Reason}; check GR4VY_PRIVATE_KEY and that its key id {Kid} is known to Gr4vy")]
    private partial void KeyRefused(HttpMethod method, string route, int status, string code, string reason, string kid);

    [LoggerMessage(EventId = 5203, Level = LogLevel.Warning, Message = "Gr4vy did not answer {Method} {Route} in {Limit} (try {Number})")]
    private partial void NoAnswerInTime(HttpMethod method, string route, int number, TimeSpan limit);

    [LoggerMessage(EventId = 5204, Level = LogLevel.Warning, Message = "Gr4vy could not be reached for {Method} {Route} (try {Number}): {Reason}")]
    private partial void NotReached(HttpMethod method, string route, int number, HttpRequestError reason);

    [LoggerMessage(EventId = 5205, Level = LogLevel.Error, Message = "Gr4vy's answer to {Method} {Route}, {Status}, cannot be used: {Reason}")]
    private partial void Unusable(HttpMethod method, string route, int status, string reason);

    /// <summary>Status 0 is no answer at all.</summary>
    private sealed record Answer(int Status, byte[] Body, TimeSpan? RetryAfter)
    {
        // 409 after the first try: Gr4vy still works on that one, which timed out here.
        public bool MayRepeat(int number) => Status is 0 or 408 or 425 or 429 or >= 500 || (Status == 409 && number > 1);
    }
}
