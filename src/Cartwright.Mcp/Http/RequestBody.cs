using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Mcp.Http;

/// <summary>
/// A request body in one piece. A small one stays where Kestrel received it; only one that came in several pieces is copied. Dispose
/// it after the last use of <see cref="Bytes"/> and of every slice of it.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private readonly PipeReader? _reader;
    private readonly SequencePosition _end;
    private readonly byte[]? _rented;

    private RequestBody(ReadOnlyMemory<byte> bytes, PipeReader? reader, SequencePosition end, byte[]? rented)
    {
        (Bytes, _reader, _end, _rented) = (bytes, reader, end, rented);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Null when the body is larger than allowed.</summary>
    public static async ValueTask<RequestBody?> Read(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var buffer = result.Buffer;
            if (buffer.Length > maxBytes)
            {
                reader.AdvanceTo(buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                return Take(reader, buffer);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public void Dispose()
    {
        _reader?.AdvanceTo(_end);
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }

    private static RequestBody Take(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            return new RequestBody(buffer.First, reader, buffer.End, rented: null);
        }

        var length = (int)buffer.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        buffer.CopyTo(rented);
        reader.AdvanceTo(buffer.End);
        return new RequestBody(rented.AsMemory(0, length), reader: null, default, rented);
    }
}
