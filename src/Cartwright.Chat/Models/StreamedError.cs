using System.Diagnostics.CodeAnalysis;

namespace Cartwright.Chat.Models;

/// <summary>An error that an endpoint reports in the middle of a streamed answer.</summary>
/// <param name="said">Its code, often an HTTP status, and its words.</param>
[SuppressMessage("Roslynator", "RCS1194", Justification = "There is none without what the endpoint said")]
internal sealed class StreamedError((string? Code, string? Message) said) : Exception("The endpoint reported an error.")
{
    public string? Code => said.Code;

    public string? Said => said.Message;
}
