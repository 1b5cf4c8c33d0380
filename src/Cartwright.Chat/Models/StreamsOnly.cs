using System.ClientModel.Primitives;

namespace Cartwright.Chat.Models;

/// <summary>
/// Lets no answer through that claims success and is no stream of events: a web page, say, where the address is wrong. Errors within a
/// stream become exceptions.
/// </summary>
internal sealed class StreamsOnly : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        Check(message);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        Check(message);
    }

    private static void Check(PipelineMessage message)
    {
        if (message.Response is not { Status: >= 200 and < 300 } response)
        {
            return;
        }

        if (!(response.Headers.TryGetValue("Content-Type", out var type) && type!.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidDataException("The answer is no stream of events.");
        }

        if (response.ContentStream is { } stream && !message.BufferResponse)
        {
            response.ContentStream = new StreamErrors(stream);
        }
    }
}
