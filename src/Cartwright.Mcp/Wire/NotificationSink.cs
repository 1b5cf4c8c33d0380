using System.Text.Json;

namespace Cartwright.Mcp.Wire;

/// <summary>Where the notifications of one call go before its answer: its own response, the old transport's stream, or nowhere.</summary>
internal abstract class NotificationSink
{
    public static NotificationSink None { get; } = new Closed();

    /// <summary>False when nothing would reach the client; spares the caller the work.</summary>
    public abstract bool IsOpen { get; }

    public abstract ValueTask Send(string method, Action<Utf8JsonWriter> writeParams);

    /// <summary>Writes a whole JSON-RPC notification.</summary>
    public static void Write(OutputBuffer output, string method, Action<Utf8JsonWriter> writeParams)
    {
        var writer = output.Writer;
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WriteString("method"u8, method);
        writer.WriteStartObject("params"u8);
        writeParams(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }

    private sealed class Closed : NotificationSink
    {
        public override bool IsOpen => false;

        public override ValueTask Send(string method, Action<Utf8JsonWriter> writeParams) => ValueTask.CompletedTask;
    }
}
