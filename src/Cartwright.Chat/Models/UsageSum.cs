namespace Cartwright.Chat.Models;

/// <summary>Adds up the tokens of a turn.</summary>
internal sealed class UsageSum(Prices? prices)
{
    private long _input;
    private long _output;
    private bool _told;

    /// <summary>Null where the endpoint told nothing.</summary>
    public TokenUsage? Sum => _told ? new TokenUsage(_input, _output, prices?.Cost(_input, _output)) : null;

    public void Add(ModelReply reply)
    {
        _told |= reply.Input is not null || reply.Output is not null;
        _input += reply.Input ?? 0;
        _output += reply.Output ?? 0;
    }
}
