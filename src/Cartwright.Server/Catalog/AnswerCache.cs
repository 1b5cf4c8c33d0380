using System.Collections.Concurrent;
using Cartwright.Mcp;

namespace Cartwright.Server.Catalog;

/// <summary>
/// Answers by query, of one catalogue version. Bounded: when it is full it starts over, which costs a few queries and needs no
/// bookkeeping on the way.
/// </summary>
internal sealed class AnswerCache
{
    // Some 20 KB each.
    private const int MaxAnswers = 256;

    // A query longer than this is nobody's usual one.
    private const int MaxKey = 512;

    private readonly ConcurrentDictionary<string, ToolResult> _answers = new(StringComparer.Ordinal);

    public ToolResult? Find(string query) => _answers.GetValueOrDefault(query);

    public void Keep(string query, ToolResult answer)
    {
        if (query.Length > MaxKey)
        {
            return;
        }

        if (_answers.Count >= MaxAnswers)
        {
            _answers.Clear();
        }

        _answers[query] = answer;
    }
}
