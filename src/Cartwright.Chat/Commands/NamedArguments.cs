using System.Text.Json.Nodes;

namespace Cartwright.Chat.Commands;

/// <summary>The arguments of a command, key=value, as they were typed.</summary>
internal sealed class NamedArguments
{
    private readonly List<(string Name, string Value)> _named = [];

    public IReadOnlyList<(string Name, string Value)> Named => _named;

    /// <summary>Reads words. Words without a name belong to <paramref name="only"/>, the one argument that can be meant, if there is one.</summary>
    public static (NamedArguments Arguments, string? Problem) Read(IEnumerable<Word> words, string? only, IEnumerable<string> known)
    {
        var arguments = new NamedArguments();
        var bare = new List<string>();
        foreach (var word in words)
        {
            if (word.IsOpen)
            {
                return (arguments, $"A quote or a bracket of {SafeText.Line(word.Text, 40)} is not closed: close it.");
            }

            if (SplitName(word.Text) is { } named)
            {
                arguments._named.Add(named);
            }
            else
            {
                bare.Add(word.Text);
            }
        }

        if (bare.Count > 0 && (only is null || arguments.Has(only)))
        {
            var names = string.Join(", ", known.Select(name => $"{name}=..."));
            return (arguments, $"\"{SafeText.Line(bare[0], 40)}\" is not key=value; {(names.Length > 0 ? $"what can be given: {names}" : "nothing is to be given here")}.");
        }

        if (bare.Count > 0)
        {
            arguments._named.Add((only!, string.Join(' ', bare)));
        }

        return (arguments, null);
    }

    public bool Has(string name) => _named.Exists(pair => pair.Name == name);

    public void Add(string name, string value) => _named.Add((name, value));

    /// <summary>As a prompt takes them: texts, the last one of a name.</summary>
    public IReadOnlyDictionary<string, string> Texts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        _named.ForEach(pair => texts[pair.Name] = pair.Value);
        return texts;
    }

    /// <summary>As a tool takes them, with the types of its schema. A name given more than once makes a list.</summary>
    public (JsonObject Arguments, string? Problem) Json(IReadOnlyList<ArgumentSchema> schemas)
    {
        var json = new JsonObject();
        foreach (var group in _named.GroupBy(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal))
        {
            var schema = schemas.FirstOrDefault(schema => schema.Name == group.Key);
            var values = new List<JsonNode?>();
            foreach (var text in group)
            {
                var (value, problem) = schema?.Read(text) ?? (text, null);
                if (problem is not null)
                {
                    return (json, problem);
                }

                values.Add(value);
            }

            json[group.Key] = values.Count == 1 ? values[0] : new JsonArray([.. values]);
        }

        return (json, null);
    }

    /// <summary>Name and value of a word like query=fern; nothing when it has no name.</summary>
    public static (string Name, string Value)? SplitName(string word)
    {
        var at = word.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && word.AsSpan(0, at).IndexOfAnyExcept(NameLetters) < 0 ? (word[..at], word[(at + 1)..]) : null;
    }

    private static readonly System.Buffers.SearchValues<char> NameLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$");
}
