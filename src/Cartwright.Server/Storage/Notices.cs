namespace Cartwright.Server.Storage;

/// <summary>What a commit made true.</summary>
/// <param name="Topic">One of <see cref="Notices"/>' topics.</param>
/// <param name="Subject">The id of what has changed; empty when it may be anything of the topic.</param>
internal readonly record struct Notice(string Topic, string Subject);

/// <summary>
/// Tells whoever listens in this process what was committed. A notice is a hint to look again, not a record: it carries no data, may come
/// twice, and what happened while nobody could be told is made up for by one notice without a subject.
/// </summary>
internal sealed class Notices(Action<Exception> failed)
{
    public const string Cart = "cart";
    public const string Catalog = "catalog";

    /// <summary>A legacy MCP session subscribed to something, or no longer.</summary>
    public const string Session = "session";

    private Action<Notice>[] _listeners = [];

    /// <summary>Has the function called with every notice, on the thread that brings it: it must not wait for anything.</summary>
    public void Listen(Action<Notice> listener)
    {
        Action<Notice>[] known;
        do
        {
            known = Volatile.Read(ref _listeners);
        }
        while (Interlocked.CompareExchange(ref _listeners, [.. known, listener], known) != known);
    }

    public void Tell(Notice notice)
    {
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            try
            {
                listener(notice);
            }
#pragma warning disable CA1031 // What one listener makes of it must not keep it from the others, nor stop the writer.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failed(error);
            }
        }
    }
}
