using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cartwright.Server;
using Cartwright.Server.Payments.Gr4vy;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Payments;

/// <summary>The provider in front of a <see cref="FakeGr4vy"/>, with its log, and a clock that shortens waits between tries and tells them.</summary>
internal sealed class Gr4vyBench : TimeProvider, IAsyncDisposable, ILoggerProvider, ILogger
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private readonly SigningKey _key = SigningKey.Generate();
    private readonly HttpClient _http = Gr4vyCalls.OpenClient();
    private readonly ILoggerFactory _logs;

    private Gr4vyBench()
    {
        Tokens = new TokenIssuer(_key, this, new IdSource());
        _logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(this));
    }

    public TokenIssuer Tokens { get; }

    public FakeGr4vy Api { get; private set; } = null!;

    public Gr4vyPayments Payments { get; private set; } = null!;

    public string Log => string.Join('\n', _log);

    /// <summary>The waits between tries.</summary>
    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    public static async Task<Gr4vyBench> Start(TimeSpan? tryLimit = null, string path = "")
    {
        var bench = new Gr4vyBench();
        bench.Api = await FakeGr4vy.Start(token => bench.Tokens.Read(token).Value);
        bench.Payments = bench.At(new Uri(bench.Api.Url, path), tryLimit);
        return bench;
    }

    public Gr4vyPayments At(Uri url, TimeSpan? tryLimit = null, HttpClient? http = null) => Gr4vyPayments.Create(
        new Gr4vyAccount("acme", "sandbox", "main-account", "capture", url, new Uri("https://cdn.acme.gr4vy.app/embed.latest.js")),
        Tokens,
        http ?? _http,
        this,
        _logs,
        tryLimit);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Limits of a try are longer in these tests, or exactly this.
        if (dueTime > TimeSpan.FromSeconds(3) || dueTime == ShortLimit)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        _waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }

    /// <summary>A limit on a try for calls that never answer.</summary>
    public static TimeSpan ShortLimit { get; } = TimeSpan.FromMilliseconds(77);

    /// <summary>The problem, which is fit for shoppers: no numbers, codes or names of the inside.</summary>
    public static Problem Unavailable<T>(Result<T> result)
    {
        var problem = result.Problem;
        Assert.NotNull(problem);
        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.StartsWith("The payment provider does not ", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9{}]|http|Gr4vy|token", problem.Advice);
        return problem;
    }

    public static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _logs.Dispose();
        await Api.DisposeAsync();
        _key.Dispose();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    void IDisposable.Dispose()
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception}");
}
