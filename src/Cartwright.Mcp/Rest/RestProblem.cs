using Cartwright.Mcp.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Cartwright.Mcp.Rest;

/// <summary>What a REST call is answered with when it did not succeed: problem details (RFC 9457) without a type of their own.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What is wrong and what to do next: of a tool, its own advice unchanged.</param>
internal readonly record struct RestProblem(int Status, string Detail)
{
    public const string ContentType = "application/problem+json";

    private const string Params = "params";

    /// <summary>A failure that a tool tells.</summary>
    public static RestProblem Of(string advice, FailureKind? kind) => new(
        kind switch
        {
            FailureKind.Invalid => StatusCodes.Status400BadRequest,
            FailureKind.NotFound => StatusCodes.Status404NotFound,
            FailureKind.Conflict => StatusCodes.Status409Conflict,
            FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status422UnprocessableEntity,
        },
        advice);

    /// <summary>What JSON-RPC would answer as a protocol error.</summary>
    public static RestProblem Of(McpError error) => error.Kind is { } kind ? Of(OfBody(error.Message), kind) : new(
        error.Code switch
        {
            ErrorCodes.LegacyResourceNotFound or ErrorCodes.MethodNotFound => StatusCodes.Status404NotFound,
            ErrorCodes.MissingClientCapability => StatusCodes.Status409Conflict,
            ErrorCodes.InternalError => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status400BadRequest,
        },
        OfBody(error.Message));

    public async ValueTask Write(HttpContext http)
    {
        if (Status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = McpOptions.ComeBackAfter;
        }

        var output = OutputBuffer.Rent();
        var writer = output.Writer;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "about:blank"u8);
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(Status));
        writer.WriteNumber("status"u8, Status);
        writer.WriteString("detail"u8, Detail);
        writer.WriteEndObject();
        writer.Flush();
        await RestAnswer.Write(http, output.Written, Status, ContentType);
        output.Return();
    }

    /// <summary>The body of a REST call is what JSON-RPC has in <c>params</c>.</summary>
    private static string OfBody(string message)
    {
        if (!message.StartsWith(Params, StringComparison.Ordinal))
        {
            return message;
        }

        return message[Params.Length] == '.' ? message[(Params.Length + 1)..] : $"The body{message[Params.Length..]}";
    }
}
