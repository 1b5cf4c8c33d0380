using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Cartwright.Server.Storage;

/// <summary>
/// Brings notices from process to process over LISTEN and NOTIFY. They are sent after the commit that they tell of, many in one message: within
/// the transaction every commit would wait for the one lock that orders notifications. What is lost that way, when a process dies between the
/// two, and while the connection is down, is made up for by telling that anything may have changed.
/// </summary>
internal sealed partial class PostgresNews : IAsyncDisposable
{
    private const string Channel = "cartwright";

    // PostgreSQL takes 8000 bytes.
    private const int MaxPayload = 7000;
    private const int MaxWaiting = 10_000;

    // In seconds: neither LISTEN nor NOTIFY waits for anybody.
    private const int StatementTimeout = 5;

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private static readonly Notice[] Anything = [new(Notices.Cart, ""), new(Notices.Catalog, ""), new(Notices.Session, "")];

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _listener;
    private readonly NpgsqlMultiHostDataSource? _listenerHosts;
    private readonly Action _forget;
    private readonly Func<ILogger> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _self;
    private readonly Channel<Notice> _waiting = System.Threading.Channels.Channel.CreateBounded<Notice>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    // Programs that neither listen nor tell anything need no connection for it.
    private readonly Notices _notices;
    private readonly Lazy<Task> _listening;
    private readonly Lazy<Task> _sending;

    /// <summary>Opens nothing until somebody listens or tells.</summary>
    /// <param name="connection">Leads to the server that takes writes: the others pass no notices on. Listening takes a connection beside the pool.</param>
    /// <param name="source">The pool, for telling.</param>
    /// <param name="forget">Leaves the pool's connections when one was lost.</param>
    /// <param name="self">Tells this process's own messages from those of others.</param>
    /// <param name="logger">Where interruptions go.</param>
    public PostgresNews(string connection, NpgsqlDataSource source, Action forget, string self, Func<ILogger> logger)
    {
        (_source, _forget, _self, _logger) = (source, forget, self, logger);
        (_listener, _listenerHosts) = Postgres.ConnectListener(connection);
        _notices = new Notices(error => LogNotTold(_logger(), error));
        _listening = new Lazy<Task>(() => Task.Run(Listen));
        _sending = new Lazy<Task>(() => Task.Run(Send));
    }

    /// <summary>From the first look at it, what others tell is told here.</summary>
    public Notices Notices
    {
        get
        {
            _ = _listening.Value;
            return _notices;
        }
    }

    /// <summary>Tells what was committed: here at once, to the others soon.</summary>
    public void Tell(IReadOnlyList<Notice> news)
    {
        if (news.Count == 0)
        {
            return;
        }

        _ = _sending.Value;
        foreach (var notice in news)
        {
            _notices.Tell(notice);
            _waiting.Writer.TryWrite(notice);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();

        // What was committed last should still be told; a database that is gone need not be waited for.
        var sending = _sending.IsValueCreated ? _sending.Value : Task.CompletedTask;
        await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(1)));
        await _stop.CancelAsync();
        await Task.WhenAll(sending, _listening.IsValueCreated ? _listening.Value : Task.CompletedTask);
        await _listener.DisposeAsync();
        _stop.Dispose();
    }

    private async Task Listen()
    {
        var isFirst = true;
        await UntilStopped(async () =>
        {
            await using var connection = await _listener.OpenConnectionAsync(_stop.Token);
            connection.Notification += (_, message) => Hear(message.Payload);
            await using (var command = new NpgsqlCommand($"listen {Channel}", connection) { CommandTimeout = StatementTimeout })
            {
                await command.ExecuteNonQueryAsync(_stop.Token);
            }

            if (!isFirst)
            {
                TellAll(Anything);
            }

            isFirst = false;
            while (true)
            {
                // Asks for a sign of life every few seconds (Keepalive).
                await connection.WaitAsync(_stop.Token);
            }
        }, () => _listenerHosts?.ClearDatabaseStates());
    }

    private async Task Send()
    {
        // Kept from one try to the next.
        string? payload = null;
        await UntilStopped(async () =>
        {
            while (payload is not null || await _waiting.Reader.WaitToReadAsync(_stop.Token))
            {
                payload ??= Next();
                await using var connection = await _source.OpenConnectionAsync(_stop.Token);
                await using var command = new NpgsqlCommand("select pg_notify($1, $2)", connection) { CommandTimeout = StatementTimeout };
                command.Parameters.Add(new NpgsqlParameter { Value = Channel, NpgsqlDbType = NpgsqlDbType.Text });
                command.Parameters.Add(new NpgsqlParameter { Value = payload, NpgsqlDbType = NpgsqlDbType.Text });
                await command.ExecuteNonQueryAsync(_stop.Token);
                payload = null;
            }
        }, _forget);
    }

    /// <summary>As much as fits into one message: who sends it, then a line for each notice.</summary>
    private string Next()
    {
        var text = new StringBuilder(_self);
        var known = new HashSet<Notice>();
        while (text.Length < MaxPayload && _waiting.Reader.TryRead(out var notice))
        {
            // Ids are ASCII; whatever else somebody made up is told as anything of its topic.
            var subject = notice.Subject.Length <= 200 && Ascii.IsValid(notice.Subject) && !notice.Subject.Contains('\n', StringComparison.Ordinal) ? notice.Subject : "";
            if (known.Add(notice with { Subject = subject }))
            {
                text.Append('\n').Append(notice.Topic).Append(' ').Append(subject);
            }
        }

        // The queue was full, so that some did not come in.
        if (_waiting.Reader.Count >= MaxWaiting - 1)
        {
            foreach (var notice in Anything.Where(known.Add))
            {
                text.Append('\n').Append(notice.Topic).Append(' ');
            }
        }

        return text.ToString();
    }

    private void Hear(string payload)
    {
        var lines = payload.Split('\n');
        if (lines[0] != _self)
        {
            TellAll(lines.Skip(1).Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2).Select(parts => new Notice(parts[0], parts[1])));
        }
    }

    private void TellAll(IEnumerable<Notice> notices)
    {
        foreach (var notice in notices)
        {
            _notices.Tell(notice);
        }
    }

    /// <summary>Does the work, and again after a while when its connection was lost.</summary>
    private async Task UntilStopped(Func<Task> work, Action forget)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await work();
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is DbException or IOException or SocketException or TimeoutException or ObjectDisposedException or InvalidOperationException)
            {
                LogLost(_logger(), error.Message);
                forget();
                await Task.WhenAny(Task.Delay(Retry, _stop.Token));
            }
        }
    }

    [LoggerMessage(1008, LogLevel.Information, "News between instances is interrupted: {Why}")]
    private static partial void LogLost(ILogger logger, string why);

    [LoggerMessage(1007, LogLevel.Error, "Somebody could not be told of a change.")]
    private static partial void LogNotTold(ILogger logger, Exception error);
}
