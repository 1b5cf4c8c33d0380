using Cartwright.Mcp;

namespace Cartwright.Server;

/// <summary>Expected failures as tools, prompts and resources answer them: the advice, with its kind for those who call over REST.</summary>
internal static class ProblemAnswers
{
    public static ToolResult ToToolResult(this Problem problem) => ToolResult.Fail(problem.Advice, KindOf(problem));

    public static PromptResult ToPromptResult(this Problem problem) =>
        PromptResult.Fail(new McpError(ErrorCodes.InvalidParams, problem.Advice) { Kind = KindOf(problem) });

    /// <summary>A resource that a problem stands in the way of is not there.</summary>
    public static ReadResult ToReadResult(this Problem problem, McpCall call) => ReadResult.Fail(McpError.ResourceNotFound(call, problem.Advice));

    private static FailureKind KindOf(Problem problem) => problem.Kind switch
    {
        ProblemKind.NotFound => FailureKind.NotFound,
        ProblemKind.Conflict or ProblemKind.OutOfStock => FailureKind.Conflict,
        ProblemKind.Unavailable => FailureKind.Unavailable,
        _ => FailureKind.Invalid,
    };
}
