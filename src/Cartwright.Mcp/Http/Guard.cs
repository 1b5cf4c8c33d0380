using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cartwright.Mcp.Http;

/// <summary>Stands before every handler of an endpoint: whom the gate refuses does not get in, and no exception gets out.</summary>
/// <param name="writeError">Answers with an error and an HTTP status, in the form of the endpoint.</param>
internal sealed partial class Guard(McpOptions options, ILogger logger, Func<HttpContext, McpError, int, ValueTask> writeError)
{
    private readonly Gate _gate = new(options);

    /// <summary>Lets the request through to <paramref name="handle"/> when the gate allows it.</summary>
    public async Task Run(HttpContext http, Func<HttpContext, Task> handle)
    {
        if (_gate.Check(http) is { } error)
        {
            await writeError(http, error, StatusCodes.Status403Forbidden);
            return;
        }

        try
        {
            await handle(http);
        }
        catch (OperationCanceledException exception) when (
            http.RequestAborted.IsCancellationRequested || exception.InnerException is ConnectionAbortedException)
        {
            // The client has gone, or let a stopping server wait too long; there is nobody to answer.
        }
        catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
        {
            // The body never came, or not as HTTP: the client's doing, which fills nobody's log.
            http.Response.StatusCode = exception.StatusCode;
            http.Response.Headers.Connection = "close";
        }
        catch (Exception exception) when (!http.Response.HasStarted && options.DescribeOutage?.Invoke(exception) is { } advice)
        {
            // The store of sessions, say; calls describe their own outages.
            http.Response.Headers.RetryAfter = McpOptions.ComeBackAfter;
            await writeError(http, new McpError(ErrorCodes.InternalError, advice), StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BadHttpRequestException) && !http.Response.HasStarted)
        {
            // A bug. What Kestrel would answer says nothing to a client.
            LogFailure(exception, http.Request.Method);
            await writeError(
                http, new McpError(ErrorCodes.InternalError, "Internal error. Try again."), StatusCodes.Status500InternalServerError);
        }
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "{Method} failed outside of any call")]
    private partial void LogFailure(Exception exception, string method);
}
