namespace Cartwright.Chat.Models;

/// <summary>Tokens of a turn, all its requests together.</summary>
/// <param name="Cost">In the unit of the prices that are set; null without them.</param>
internal sealed record TokenUsage(long Input, long Output, decimal? Cost);
