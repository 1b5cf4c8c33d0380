using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Cartwright.Chat.Terminal;

/// <summary>
/// Listens to the keys while something is under way: Ctrl-C stops it, a question gets the keys pressed after it was put, and everything else
/// waits for the next line.
/// </summary>
#pragma warning disable CA1001 // What it holds is disposed of at the end of each work.
internal sealed class Attention(KeySource? keys, LiveArea? area)
#pragma warning restore CA1001
{
    private Channel<Key>? _question;
    private CancellationTokenSource? _stop;
    private CancellationTokenSource? _over;
    private Task _listening = Task.CompletedTask;

    /// <summary>Somebody can be asked for a key.</summary>
    public bool CanAsk => keys is not null;

    /// <summary>Does the work; false when Ctrl-C stopped it.</summary>
    public async Task<bool> Run(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var signal = keys is null ? OnInterrupt(stop) : null;
        _stop = stop;
        Listen();
        try
        {
            await work(stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await Silence();
        }
    }

    /// <summary>Does something within the work that reads the keys itself.</summary>
    public async Task<T> Pause<T>(Func<Task<T>> read)
    {
        await Silence();
        try
        {
            return await read();
        }
        finally
        {
            Listen();
        }
    }

    /// <summary>The next key that is one of these letters, in either case; Escape and Enter count as the last one.</summary>
    public async Task<char> Ask(string letters, CancellationToken cancellation)
    {
        _question = Channel.CreateUnbounded<Key>();
        try
        {
            while (true)
            {
                var key = await _question.Reader.ReadAsync(cancellation);
                if (key.Kind is KeyKind.Escape or KeyKind.Enter)
                {
                    return letters[^1];
                }

                if (key.Kind == KeyKind.Text && letters.Contains(key.Text, StringComparison.OrdinalIgnoreCase))
                {
                    return char.ToLowerInvariant(key.Text[0]);
                }
            }
        }
        finally
        {
            _question = null;
        }
    }

    private void Listen()
    {
        _over = new CancellationTokenSource();
        _listening = Listen(_stop!, _over.Token);
    }

    private async Task Silence()
    {
        await _over!.CancelAsync();
        await _listening;
        _over.Dispose();
    }

    private async Task Listen(CancellationTokenSource stop, CancellationToken over)
    {
        var waiting = new List<Key>();
        try
        {
            while (keys is not null)
            {
                var key = await keys.Read(over);
                if (key.IsControl('c'))
                {
                    // What was typed ahead belonged to what is stopped.
                    waiting.Clear();
                    await stop.CancelAsync();
                }
                else if (key.Kind == KeyKind.EndOfInput)
                {
                    waiting.Add(key);
                    await stop.CancelAsync();
                    break;
                }
                else if (key.Kind == KeyKind.Resumed)
                {
                    area?.Forget();
                }
                else if (_question is { } question)
                {
                    question.Writer.TryWrite(key);
                }
                else if (key.Kind != KeyKind.Resized)
                {
                    waiting.Add(key);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is over.
        }

        keys?.PutBack(waiting);
    }

    private static PosixSignalRegistration OnInterrupt(CancellationTokenSource stop) => PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        stop.Cancel();
    });
}
