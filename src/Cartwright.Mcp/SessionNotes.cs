using System.Collections.Concurrent;

namespace Cartwright.Mcp;

/// <summary>
/// What legacy sessions asked this instance to remember: a log level, subscribed resources. Best effort and bounded: sessions that ask
/// for nothing cost nothing, and beyond the bound nothing more is remembered.
/// </summary>
internal sealed class SessionNotes
{
    private const int MaxSessions = 10_000;
    private const int MaxSubscriptions = 100;

    private readonly ConcurrentDictionary<string, Note> _notes = new(StringComparer.Ordinal);

    /// <summary>The lowest level that the session wants; legacy servers send what they like until told, here from info on.</summary>
    public McpLogLevel LogLevel(string? sessionId) =>
        sessionId is not null && _notes.TryGetValue(sessionId, out var note) ? note.Level : McpLogLevel.Info;

    public bool IsSubscribed(string sessionId, string uri) =>
        _notes.TryGetValue(sessionId, out var note) && note.Uris.ContainsKey(uri);

    /// <summary>What the session subscribed to.</summary>
    public IEnumerable<string> Subscriptions(string sessionId) => _notes.TryGetValue(sessionId, out var note) ? note.Uris.Keys : [];

    /// <summary>Takes over what the session subscribed to at any instance.</summary>
    public void SetSubscriptions(string sessionId, IReadOnlyCollection<string> uris)
    {
        if (uris.Count == 0 && !_notes.ContainsKey(sessionId))
        {
            return;
        }

        if (Find(sessionId) is { } note)
        {
            foreach (var uri in note.Uris.Keys.Except(uris, StringComparer.Ordinal))
            {
                note.Uris.TryRemove(uri, out _);
            }

            foreach (var uri in uris.Take(MaxSubscriptions))
            {
                note.Uris[uri] = true;
            }
        }
    }

    public void SetLogLevel(string? sessionId, McpLogLevel level)
    {
        if (Find(sessionId) is { } note)
        {
            note.Level = level;
        }
    }

    public void SetSubscribed(string? sessionId, string uri, bool subscribed)
    {
        if (subscribed && Find(sessionId) is { } note && note.Uris.Count < MaxSubscriptions)
        {
            note.Uris[uri] = true;
        }
        else if (!subscribed && sessionId is not null && _notes.TryGetValue(sessionId, out var known))
        {
            known.Uris.TryRemove(uri, out _);
        }
    }

    public void Forget(string sessionId) => _notes.TryRemove(sessionId, out _);

    private Note? Find(string? sessionId)
    {
        if (sessionId is null)
        {
            return null;
        }

        return _notes.Count < MaxSessions
            ? _notes.GetOrAdd(sessionId, _ => new Note())
            : _notes.GetValueOrDefault(sessionId);
    }

    private sealed class Note
    {
        public McpLogLevel Level { get; set; } = McpLogLevel.Info;

        public ConcurrentDictionary<string, bool> Uris { get; } = new(StringComparer.Ordinal);
    }
}
