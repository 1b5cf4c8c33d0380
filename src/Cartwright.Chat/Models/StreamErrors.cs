using System.Text.Json;

namespace Cartwright.Chat.Models;

/// <summary>
/// The body of a streamed answer, which ends with a <see cref="StreamedError"/> where the endpoint reports an error in the middle: an event
/// whose data have a member "error". The official client takes such an event for an empty piece. What came before is passed on.
/// </summary>
internal sealed class StreamErrors(Stream inner) : Stream
{
    private readonly MemoryStream _line = new();
    private StreamedError? _error;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => _error is not null ? throw _error : Look(buffer, inner.Read(buffer));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_error is not null)
        {
            throw _error;
        }

        var read = await inner.ReadAsync(buffer, cancellationToken);
        return Look(buffer.Span, read);
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _line.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>How much of what was read is to be passed on: all before the line with an error.</summary>
    private int Look(ReadOnlySpan<byte> buffer, int read)
    {
        var start = 0;
        while (start < read && buffer[start..read].IndexOf((byte)'\n') is var length and >= 0)
        {
            _line.Write(buffer.Slice(start, length));
            _error = Error();
            _line.SetLength(0);
            if (_error is not null)
            {
                return start > 0 ? start : throw _error;
            }

            start += length + 1;
        }

        _line.Write(buffer[start..read]);
        if (read == 0 && buffer.Length > 0 && (_error = Error()) is not null)
        {
            throw _error;
        }

        return read;
    }

    private StreamedError? Error()
    {
        var line = _line.GetBuffer().AsSpan(0, (int)_line.Length);
        if (!line.StartsWith("data:"u8) || line.IndexOf("\"error\""u8) < 0)
        {
            return null;
        }

        try
        {
            using var data = JsonDocument.Parse(line["data:".Length..].ToArray());
            return data.RootElement.ValueKind is JsonValueKind.Object && data.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind is JsonValueKind.Object or JsonValueKind.String
                ? new StreamedError(ErrorBody.Read(data.RootElement))
                : null;
        }
        catch (JsonException)
        {
            // The client finds that out by itself.
            return null;
        }
    }
}
