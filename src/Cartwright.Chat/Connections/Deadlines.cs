namespace Cartwright.Chat.Connections;

/// <summary>How long an answer is waited for.</summary>
internal static class Deadlines
{
    public static TimeSpan Connecting { get; } = TimeSpan.FromSeconds(10);

    public static TimeSpan Opening { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Of lists, prompts, resources, completion.</summary>
    public static TimeSpan Reading { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Of saying goodbye to the server.</summary>
    public static TimeSpan Leaving { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Of tools, which may have to work.</summary>
    public static TimeSpan Calling { get; } = TimeSpan.FromMinutes(3);
}
