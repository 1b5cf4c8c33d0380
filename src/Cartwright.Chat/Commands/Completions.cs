using Cartwright.Chat.Connections;
using Cartwright.Chat.Terminal;

namespace Cartwright.Chat.Commands;

/// <summary>Completes what is typed in the chat: commands, names of tools and prompts, their arguments and values, URIs.</summary>
internal sealed class Completions(ChatSession session, Offers offers)
{
    private IShopConnection Connection => session.Connection;

    /// <summary>Completes a whole line from a list.</summary>
    public static Completer? Values(IReadOnlyList<string> values) => values.Count == 0
        ? null
        : (text, cursor, _) => ValueTask.FromResult(new Completion(0, Matching(values.Select(value => new Candidate(value, "", "")), text[..cursor])));

    /// <summary>Completes a whole line with the values that the server knows for an argument.</summary>
    public static Completer Server(
        IShopConnection connection, CompletionReference reference, string argument, IReadOnlyDictionary<string, string> others) =>
        async (text, cursor, cancellation) =>
        {
            var values = await Ask(() => connection.Complete(reference, argument, text[..cursor], others, cancellation));
            return new Completion(0, [.. Clean(values).Select(value => new Candidate(value, "", ""))]);
        };

    /// <summary>Completes a line of the chat. A server that does not answer gives no candidates; what would not come through a terminal unchanged is none.</summary>
    public async ValueTask<Completion> Complete(string text, int cursor, CancellationToken cancellation)
    {
        var found = await Find(text, cursor, cancellation);
        return found with { Candidates = [.. found.Candidates.Where(candidate => IsHarmless(candidate.Text))] };
    }

    private async ValueTask<Completion> Find(string text, int cursor, CancellationToken cancellation)
    {
        var line = text[..cursor];
        if (CommandList.Split(line) is not { } command)
        {
            return await Attachment(line, cancellation);
        }

        if (line.AsSpan().IndexOfAny(' ', '\t', '\n') < 0)
        {
            return new Completion(0, Matching(
                CommandList.All.Select(one => new Candidate(one.Name, one.Description, one.Arguments.Length > 0 ? " " : "")), line));
        }

        var words = CommandLine.Split(line);
        if (words.Count == 0 || (!words[^1].IsOpen && char.IsWhiteSpace(line[^1])))
        {
            words.Add(new Word(line.Length, "", IsOpen: false));
        }

        var candidates = command.Name switch
        {
            "/call" => await Call(words, cancellation),
            "/prompt" => await Prompt(words, cancellation),
            "/read" when words.Count == 2 => await Uris(words[1].Text, cancellation),
            "/export" when words.Count == 2 => Matching([new Candidate("md", "Markdown"), new Candidate("json", "JSON")], words[1].Text),
            "/export" or "/save" or "/load" => Files(words[^1].Text),
            _ => [],
        };
        return new Completion(words[^1].Start, candidates);
    }

    /// <summary>A word of a message that begins with @.</summary>
    private async Task<Completion> Attachment(string line, CancellationToken cancellation)
    {
        var start = line.AsSpan().LastIndexOfAny(' ', '\t', '\n') + 1;
        if (start >= line.Length || line[start] != '@')
        {
            return Completion.None;
        }

        return new Completion(start + 1, await Uris(line[(start + 1)..], cancellation));
    }

    private async Task<IReadOnlyList<Candidate>> Call(List<Word> words, CancellationToken cancellation)
    {
        var tools = await Ask(() => session.Tools.Get(cancellation));
        if (words.Count == 2)
        {
            return Matching(tools.Select(tool => new Candidate(tool.Name, SafeText.Line(tool.Description ?? tool.Title ?? ""))), words[1].Text);
        }

        var schemas = tools.FirstOrDefault(tool => tool.Name == words[1].Text) is { } tool ? ArgumentSchema.Of(tool.InputSchema) : [];
        if (NamedArguments.SplitName(words[^1].Text) is not { } typed)
        {
            var used = Given(words);
            return Matching(
                schemas.Where(schema => !used.ContainsKey(schema.Name)).OrderByDescending(schema => schema.IsRequired)
                    .Select(schema => new Candidate($"{schema.Name}=", $"{(schema.IsRequired ? "needed. " : "")}{schema.Description}", "")),
                words[^1].Text);
        }

        var values = schemas.FirstOrDefault(schema => schema.Name == typed.Name)?.Values ?? [];
        return Named(typed.Name, values.Where(value => value.StartsWith(typed.Value, StringComparison.OrdinalIgnoreCase)));
    }

    private async Task<IReadOnlyList<Candidate>> Prompt(List<Word> words, CancellationToken cancellation)
    {
        var prompts = await Ask(() => offers.Prompts(cancellation));
        if (words.Count == 2)
        {
            return Matching(prompts.Select(prompt => new Candidate(prompt.Name, SafeText.Line(prompt.Description ?? prompt.Title ?? ""))), words[1].Text);
        }

        if (prompts.FirstOrDefault(prompt => prompt.Name == words[1].Text) is not { } prompt)
        {
            return [];
        }

        var given = Given(words);
        if (NamedArguments.SplitName(words[^1].Text) is not { } typed)
        {
            return Matching(
                prompt.Arguments.Where(argument => !given.ContainsKey(argument.Name))
                    .Select(argument => new Candidate($"{argument.Name}=", $"{(argument.Required ? "needed. " : "")}{SafeText.Line(argument.Description ?? "")}", "")),
                words[^1].Text);
        }

        var reference = new CompletionReference.Prompt(prompt.Name);
        return Named(typed.Name, await Ask(() => Connection.Complete(reference, typed.Name, typed.Value, given, cancellation)));
    }

    /// <summary>Resources, and those that templates lead to.</summary>
    private async Task<IReadOnlyList<Candidate>> Uris(string typed, CancellationToken cancellation)
    {
        var found = new List<Candidate>();
        found.AddRange(Matching(
            (await Ask(() => offers.Resources(cancellation))).Select(resource => new Candidate(resource.Uri, SafeText.Line(resource.Description ?? resource.Title ?? resource.Name))),
            typed));
        foreach (var template in await Ask(() => offers.Templates(cancellation)))
        {
            var literal = UriTemplate.Literal(template.UriTemplate);
            if (typed.Length < literal.Length)
            {
                found.AddRange(Matching([new Candidate(literal, SafeText.Line($"{template.UriTemplate} {template.Description ?? template.Title}"), "")], typed));
            }
            else if (UriTemplate.Find(template.UriTemplate, typed) is { } place)
            {
                var reference = new CompletionReference.Template(template.UriTemplate);
                var values = Clean(await Ask(() => Connection.Complete(reference, place.Name, place.Prefix, place.Others, cancellation)));
                found.AddRange(values.Select(value => new Candidate($"{place.Before}{value}{place.After}", "")));
            }
        }

        return found;
    }

    private static List<Candidate> Files(string typed)
    {
        var folder = Path.GetDirectoryName(typed) is { Length: > 0 } named ? named : typed.StartsWith('/') ? "/" : ".";
        var prefix = typed[..(typed.LastIndexOf('/') + 1)];
        try
        {
            // What is typed is compared with the name itself; its quotes come after.
            var begun = typed[prefix.Length..];
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(file => file.Name, StringComparer.Ordinal)
                .Where(file => file.Name.StartsWith(begun, StringComparison.OrdinalIgnoreCase) && (begun.StartsWith('.') || !file.Name.StartsWith('.')))
                .Select(file => file is DirectoryInfo
                    ? new Candidate(CommandLine.Quote($"{prefix}{file.Name}/"), "", "")
                    : new Candidate(CommandLine.Quote(prefix + file.Name)))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>The arguments that are complete already.</summary>
    private static Dictionary<string, string> Given(List<Word> words)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words.SkipLast(1))
        {
            if (NamedArguments.SplitName(word.Text) is { } pair)
            {
                given[pair.Name] = pair.Value;
            }
        }

        return given;
    }

    private static List<Candidate> Named(string name, IEnumerable<string> values) =>
        [.. Clean(values).Select(value => new Candidate($"{name}={CommandLine.Quote(value)}"))];

    /// <summary>Values that would not come through a terminal unchanged are left out.</summary>
    private static IEnumerable<string> Clean(IEnumerable<string> values) => values.Where(value => value.Length > 0 && IsHarmless(value));

    private static bool IsHarmless(string text) => SafeText.Line(text, int.MaxValue) == text;

    private static List<Candidate> Matching(IEnumerable<Candidate> candidates, string typed) =>
        [.. candidates.Where(candidate => candidate.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))];

    private static async Task<IReadOnlyList<T>> Ask<T>(Func<Task<IReadOnlyList<T>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ConnectionProblem)
        {
            return [];
        }
    }
}
