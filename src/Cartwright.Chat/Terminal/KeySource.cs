using System.Threading.Channels;

namespace Cartwright.Chat.Terminal;

/// <summary>What came from the terminal: bytes, or something that was noticed beside them.</summary>
internal readonly record struct TerminalInput(byte[] Bytes, Key? Noticed = null)
{
    public static TerminalInput Of(Key key) => new([], key);
}

/// <summary>The keys of a terminal, one at a time. What is not read yet waits, so typing ahead is not lost.</summary>
internal sealed class KeySource(ChannelReader<TerminalInput> input, TimeProvider time)
{
    /// <summary>How long an Escape byte waits for the rest of a sequence; over slow lines these come in pieces.</summary>
    private static readonly TimeSpan EscapeDelay = TimeSpan.FromMilliseconds(50);

    private readonly KeyDecoder _decoder = new();
    private readonly Queue<Key> _keys = [];

    /// <summary>True when the next key is there already: drawing can wait.</summary>
    public bool HasMore
    {
        get
        {
            while (_keys.Count == 0 && input.TryRead(out var next))
            {
                Take(next);
            }

            return _keys.Count > 0;
        }
    }

    /// <summary>The next key. Cancelled, it has taken none.</summary>
    public async ValueTask<Key> Read(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (HasMore)
            {
                return _keys.Dequeue();
            }

            if (_decoder.IsWaiting)
            {
                await WaitOrGive(cancellation);
            }
            else if (!await input.WaitToReadAsync(cancellation))
            {
                return new Key(KeyKind.EndOfInput);
            }
        }
    }

    /// <summary>Puts a key back to be read again, before the others.</summary>
    public void PutBack(IEnumerable<Key> keys)
    {
        Key[] after = [.. _keys];
        _keys.Clear();
        foreach (var key in keys.Concat(after))
        {
            _keys.Enqueue(key);
        }
    }

    private async Task WaitOrGive(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(EscapeDelay, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            if (!await input.WaitToReadAsync(both.Token))
            {
                _keys.Enqueue(_decoder.Give());
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _keys.Enqueue(_decoder.Give());
        }
    }

    private void Take(TerminalInput next)
    {
        if (next.Noticed is { } key)
        {
            _keys.Enqueue(key);
        }

        _decoder.Feed(next.Bytes);
        while (_decoder.TryTake(out var typed))
        {
            _keys.Enqueue(typed);
        }
    }
}
