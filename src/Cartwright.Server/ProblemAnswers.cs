using Cartwright.Mcp;

namespace Cartwright.Server;

/// <summary>Expected failures as tools answer them.</summary>
internal static class ProblemAnswers
{
    /// <summary>The advice, with its kind for those who call over REST.</summary>
    public static ToolResult ToToolResult(this Problem problem) => ToolResult.Fail(problem.Advice, problem.Kind switch
    {
        ProblemKind.NotFound => FailureKind.NotFound,
        ProblemKind.Conflict or ProblemKind.OutOfStock => FailureKind.Conflict,
        ProblemKind.Unavailable => FailureKind.Unavailable,
        _ => FailureKind.Invalid,
    });
}
