using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Cartwright.Tests.Orders;

/// <summary>Everything that a server logs, at every level.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, string Text)> _lines = new();

    /// <summary>The lines of these categories.</summary>
    public string Of(string prefix) => string.Join('\n', _lines.Where(line => line.Category.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line.Text));

    public void Begin(ILoggingBuilder logging) => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(this);

    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Lines(string category, ConcurrentQueue<(string Category, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((category, $"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}"));
    }
}
