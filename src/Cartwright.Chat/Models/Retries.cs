namespace Cartwright.Chat.Models;

/// <summary>Whether and when a request is sent again.</summary>
internal static class Retries
{
    public const int MostAttempts = 4;

    /// <summary>Longer than this nobody wants to look at a spinner.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How long to wait before the next attempt: what the endpoint asks for, else 1, 2, 4 seconds. Null to give up.</summary>
    public static TimeSpan? Wait(ModelTrouble trouble, int attempt, TimeProvider time)
    {
        if (!trouble.IsPassing || attempt >= MostAttempts)
        {
            return null;
        }

        var wait = trouble.RetryAfter ?? (trouble.RetryAt is { } at ? at - time.GetUtcNow() : TimeSpan.FromSeconds(1 << (attempt - 1)));
        return wait > Longest ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
