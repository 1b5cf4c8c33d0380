using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cartwright.Mcp.Wire;

/// <summary>
/// Where an answer is written before its first byte leaves, so that a failure half-way can still become an error answer. Rented from a
/// pool of its own: a buffer and its writer serve thousands of answers.
/// </summary>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    /// <summary>Larger buffers are not kept: one huge answer must not stay in memory.</summary>
    private const int MaxKept = 256 * 1024;

    /// <summary>Relaxed escaping: the answers are JSON, never part of an HTML page, and models pay for every escaped letter.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly Microsoft.Extensions.ObjectPool.DefaultObjectPool<OutputBuffer> Pool =
        new(new Policy(), maximumRetained: 128);

    private byte[] _bytes = new byte[4 * 1024];
    private int _length;

    private OutputBuffer() => Writer = new Utf8JsonWriter(this, WriterOptions);

    /// <summary>Writes JSON into this buffer. Flush it before touching the buffer in another way.</summary>
    public Utf8JsonWriter Writer { get; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public static OutputBuffer Rent() => Pool.Get();

    public void Return() => Pool.Return(this);

    public void Clear()
    {
        _length = 0;
        Writer.Reset(this);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 256);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }
    }

    private sealed class Policy : Microsoft.Extensions.ObjectPool.PooledObjectPolicy<OutputBuffer>
    {
        public override OutputBuffer Create() => new();

        public override bool Return(OutputBuffer obj)
        {
            obj.Clear();
            return obj._bytes.Length <= MaxKept;
        }
    }
}
