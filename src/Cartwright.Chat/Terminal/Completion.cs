namespace Cartwright.Chat.Terminal;

/// <summary>One way to complete what is typed.</summary>
/// <param name="Text">What takes the place of the completed part.</param>
/// <param name="Description">One line about it, or nothing.</param>
/// <param name="Suffix">What follows when this is the one that was meant: a space, or nothing where more of the same word may follow.</param>
internal sealed record Candidate(string Text, string Description = "", string Suffix = " ");

/// <summary>The ways to complete the text from <paramref name="Start"/> to the cursor.</summary>
internal sealed record Completion(int Start, IReadOnlyList<Candidate> Candidates)
{
    public static readonly Completion None = new(0, []);

    /// <summary>What all candidates begin with.</summary>
    public string CommonPrefix
    {
        get
        {
            var prefix = Candidates.Count == 0 ? "" : Candidates[0].Text;
            foreach (var candidate in Candidates)
            {
                prefix = prefix[..prefix.AsSpan().CommonPrefixLength(candidate.Text)];
            }

            return prefix.Length > 0 && char.IsHighSurrogate(prefix[^1]) ? prefix[..^1] : prefix;
        }
    }
}

/// <summary>Completes the text before the cursor; it may ask a server.</summary>
internal delegate ValueTask<Completion> Completer(string text, int cursor, CancellationToken cancellation);
