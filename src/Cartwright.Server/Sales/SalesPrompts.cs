using System.Globalization;
using Cartwright.Mcp;
using Cartwright.Server.Catalog;

namespace Cartwright.Server.Sales;

/// <summary>
/// The merchant's prompts. Each makes one message that names the tools to call, with their arguments filled in, and the form of the answer;
/// what cannot be called so is refused before a model sees it.
/// </summary>
internal sealed class SalesPrompts(SalesBook book, SalesReports reports, SalesCompletion completion, int topCount)
{
    private const string Rules =
        "Use only figures that the tools return; do not guess, and do not work out what they already tell. Give every amount with its currency, "
        + "and never add up or compare amounts of different currencies. If the result says that simulated orders or sample history are included, say so. "
        + "If a tool answers with an error, follow its advice and call it again.";

    private const int MostLanguage = 40;

    private static readonly PromptArgument Start = new("date_start", "First day, yyyy-mm-dd, today or yesterday; left out, the last 30 days");
    private static readonly PromptArgument End = new("date_end", "Last day, included; left out, today");

    public IReadOnlyList<McpPrompt> All() =>
    [
        Prompt(
            "summarize_sales",
            "Summarize sales",
            "A short summary of a period for a busy merchant.",
            [Start, End],
            async (given, cancellation) => await For(given, period =>
                $"""
                Summarize the shop's sales from {period}.

                1. {Call("sales_report", period.Dates)}
                2. {Call("top_products", N(topCount), period.Dates)}

                Answer in at most 150 words of Markdown: one sentence with orders, units, gross, refunds and net; one on the change against the period before;
                then up to four bullet points on what stands out (best and worst day, categories, best products). {Rules}
                """,
                cancellation)),
        Prompt(
            "sales_overview_json",
            "Sales overview as JSON",
            "The figures of a period as one JSON object, for a program to read.",
            [Start, End],
            async (given, cancellation) => await For(given, period =>
                $"""
                Give an overview of the shop's sales from {period}.

                1. {Call("sales_report", period.Dates)}
                2. {Call("top_products", N(topCount), period.Dates)}

                {AsJson(PromptSchemas.Overview)} {Rules}
                """,
                cancellation)),
        Prompt(
            "compare_periods_json",
            "Compare two periods as JSON",
            "The figures of two periods and the changes between them as one JSON object.",
            [
                Start,
                End,
                new("compare_start", "First day of the period to compare with; left out, as many days right before"),
                new("compare_end", "Last day of the period to compare with"),
            ],
            Compare),
        Prompt(
            "category_insights_json",
            "Insights into categories as JSON",
            "How one category, or each of them, does in a period, as one JSON object.",
            [new("category", "Category of the shop; left out, all of them"), Start, End],
            Categories),
        Prompt(
            "product_deepdive_markdown",
            "A product in depth",
            "A report on one product in Markdown: its sales in a period, against the period before, and its place among the others.",
            [new("product_id", "Id of the product", Required: true), Start, End],
            DeepDive),
        Prompt(
            "merchandising_actions_json",
            "What to do next, as JSON",
            "Proposals for the assortment and its promotion, each with the figures it rests on, as one JSON object.",
            [Start, End],
            async (given, cancellation) => await For(given, period =>
                $"""
                Propose what the merchant should do, from the sales from {period}.

                1. {Call("sales_report", period.Dates)}
                2. {Call("top_products", N(SalesReports.MostFound), period.Dates)}
                3. {CallBefore(period, "These are the days before: what rose, what fell?", "top_products", N(SalesReports.MostFound))}

                Propose three to seven actions, the most useful first. Each names figures of the tools as its reason; where the figures are too few to tell, say so in the reason and set confidence to low.
                {AsJson(PromptSchemas.Actions)} {Rules}
                """,
                cancellation)),
        Prompt(
            "natural_language_sales_summary",
            "Sales summary in a language",
            "A summary of a period in plain sentences, in the language of your choice.",
            [new("language", "Language of the answer, e.g. German; left out, English"), Start, End],
            Plain),
    ];

    private async ValueTask<Result<string>> Compare(IReadOnlyDictionary<string, string> given, CancellationToken cancellation)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.ReadOrUsual(Value(given, "date_start"), Value(given, "date_end"), facts);
        if (!read.Ok)
        {
            return read.Problem;
        }

        var period = read.Value;
        var before = (Value(given, "compare_start"), Value(given, "compare_end")) switch
        {
            (null, null) => SalesPeriods.HasBefore(period) ? period.Before : Problem.Invalid(
                $"There is no period before {SalesPeriods.Iso(period.Start)} to {SalesPeriods.Iso(period.End)} to compare with: name one with compare_start and compare_end."),
            ({ } start, { } end) => SalesPeriods.Read(start, end, facts, "compare_start", "compare_end"),
            _ => Problem.Invalid("compare_start and compare_end belong together: give both, or neither for as many days right before."),
        };
        return !before.Ok ? before.Problem :
            $"""
            Compare the shop's sales from {new Asked(period, facts)} with those from {new Asked(before.Value, facts)}.

            1. {Call("sales_report", new Asked(period, facts).Dates)}
            2. {Call("sales_report", new Asked(before.Value, facts).Dates)}

            In the answer, "current" has the figures of the first call, "compared" those of the second, and change_percent is (current - compared) / compared × 100, to one place; null where compared is zero or less.
            {AsJson(PromptSchemas.Comparison)} {Rules}
            """;
    }

    private async ValueTask<Result<string>> Categories(IReadOnlyDictionary<string, string> given, CancellationToken cancellation)
    {
        if (Value(given, "category") is not { } asked)
        {
            return await For(given, period => Message(period, "each category"), cancellation);
        }

        var categories = await book.Categories(cancellation);
        var category = categories.FirstOrDefault(name => string.Equals(name, asked, StringComparison.OrdinalIgnoreCase));
        return category is not null
            ? await For(given, period => Message(period, $"the category {Quote(category)} alone"), cancellation)
            : Problem.NotFound($"There is no category {SalesPeriods.Quote(asked)}" + (EditDistance.Nearest(asked, categories) is { } near
                ? $"; did you mean {near}?"
                : $"; there are: {string.Join(", ", categories.Take(20))}."));

        string Message(Asked period, string what) =>
            $"""
            Look at how {what} did from {period}.

            1. {Call("sales_report", period.Dates)}
            2. {CallBefore(period, "These are the days before, to compare with.", "sales_report")}
            3. {Call("top_products", N(SalesReports.MostFound), period.Dates)} Each product names its category.

            In the answer, "categories" is about {what}; net_change_percent is the change of its net against the days before, null where that was zero or less{(SalesPeriods.HasBefore(period.Period) ? "" : " or there are none")}.
            {AsJson(PromptSchemas.Categories)} {Rules}
            """;
    }

    private async ValueTask<Result<string>> DeepDive(IReadOnlyDictionary<string, string> given, CancellationToken cancellation)
    {
        var known = await reports.Known(given["product_id"], cancellation);
        return !known.Ok ? known.Problem : await For(
            given,
            period =>
                $"""
                Report on the product {Quote(Line(known.Value.Name))} (id {Quote(known.Value.ProductId)}) from {period}.

                1. {Call("find_products", Query(known.Value), period.Dates)} The row with exactly this id counts, others do not.
                2. {CallBefore(period, "These are the days before.", "find_products", Query(known.Value))}
                3. {Call("top_products", N(SalesReports.MostTop), period.Dates)} For its rank and its part of the net.
                4. {Call("sales_report", period.Dates)} For how the whole shop and its category did.

                Answer in Markdown with these headings: "# {Line(known.Value.Name)}", "## Figures" (a table with orders, units, gross, refunds and net of both periods, one per currency), "## Place in the shop" (rank, part of net and of its category), "## What it means" (at most five sentences), "## What to try" (up to three bullet points). If it sold nothing, say so under Figures and keep the rest short. {Rules}
                """,
            cancellation);
    }

    private async ValueTask<Result<string>> Plain(IReadOnlyDictionary<string, string> given, CancellationToken cancellation)
    {
        var language = Value(given, "language") ?? "English";
        if (language.Length > MostLanguage || !language.All(IsOfName))
        {
            return Problem.Invalid($"language {SalesPeriods.Quote(language)} is no name of a language: write it like German or Brazilian Portuguese.");
        }

        return await For(
            given,
            period =>
                $"""
                Tell the merchant in {language} how the shop did from {period}.

                1. {Call("sales_report", period.Dates)}
                2. {Call("top_products", N(topCount), period.Dates)}

                Answer in {language}, in one or two paragraphs of plain sentences: no tables, lists, headings or JSON. Write numbers, amounts and dates as is usual in {language}. Say what was sold, how it compares with the days before, which day was the best, and what sold best. {Rules}
                """,
            cancellation);
    }

    /// <summary>The message for the period that was asked for.</summary>
    private async ValueTask<Result<string>> For(IReadOnlyDictionary<string, string> given, Func<Asked, string> message, CancellationToken cancellation)
    {
        var facts = await book.Facts(cancellation);
        var read = SalesPeriods.ReadOrUsual(Value(given, "date_start"), Value(given, "date_end"), facts);
        return read.Ok ? message(new Asked(read.Value, facts)) : read.Problem;
    }

    private McpPrompt Prompt(
        string name,
        string title,
        string description,
        IReadOnlyList<PromptArgument> arguments,
        Func<IReadOnlyDictionary<string, string>, CancellationToken, ValueTask<Result<string>>> write) => new(
        name,
        arguments,
        async (given, call) =>
        {
            var unknown = given.Keys.FirstOrDefault(key => arguments.All(argument => argument.Name != key));
            var text = unknown is null
                ? await write(given, call.Aborted)
                : Problem.Invalid($"{name} has no argument {SalesPeriods.Quote(unknown)}; it has: {string.Join(", ", arguments.Select(argument => argument.Name))}.");
            return text.Ok
                ? new PromptResult([new PromptMessage(Content.Text(text.Value))], description)
                : text.Problem.ToPromptResult();
        })
        {
            Title = title,
            Description = description,
            Complete = completion.Complete,
        };

    /// <summary>Clients send what a form had: nothing typed is nothing asked for.</summary>
    private static string? Value(IReadOnlyDictionary<string, string> given, string name) =>
        given.GetValueOrDefault(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>Nothing with which the name of a language could go on as an instruction of its own.</summary>
    private static bool IsOfName(char letter) =>
        char.IsLetter(letter) || letter is ' ' or '-' or '(' or ')' || char.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static string Call(string tool, params IEnumerable<string> arguments) => $"Call {tool} with {{{string.Join(", ", arguments)}}}.";

    /// <summary>The same call for the days right before, where there can be any.</summary>
    private static string CallBefore(Asked period, string purpose, string tool, params IEnumerable<string> arguments) => SalesPeriods.HasBefore(period.Period)
        ? $"{Call(tool, [.. arguments, period.Before.Dates])} {purpose}"
        : "There is no period before this one to compare with: do not ask for one, and leave comparisons out.";

    private static string N(int count) => $"\"n\": {count}";

    private static string Query(SoldProduct product) => $"\"query\": {Quote(product.ProductId)}";

    /// <summary>A string of JSON on one line, with every letter as it is: the escapes of a writer would cut emoji in two.</summary>
    private static string Quote(string text) =>
        $"\"{string.Concat(text.Select(letter => letter is '"' or '\\' ? $"\\{letter}" : BreaksLine(letter) ? $"\\u{(int)letter:x4}" : $"{letter}"))}\"";

    /// <summary>A name, which may come from anywhere, on one line.</summary>
    private static string Line(string text) => string.Concat(text.Select(letter => BreaksLine(letter) ? ' ' : letter));

    private static bool BreaksLine(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029';

    private static string AsJson(string schema) =>
        $"Answer with one JSON object and nothing else, no code fence around it, that is valid under this JSON Schema:\n{schema}\n";

    /// <summary>A period as a message writes it.</summary>
    private sealed record Asked(Period Period, SalesFacts Facts)
    {
        public Asked Before => this with { Period = Period.Before };

        public string Dates => $"\"date_start\": \"{SalesPeriods.Iso(Period.Start)}\", \"date_end\": \"{SalesPeriods.Iso(Period.End)}\"";

        public override string ToString() => $"{SalesPeriods.Iso(Period.Start)} to {SalesPeriods.Iso(Period.End)} (both included, {Facts.Zone.Id})";
    }
}
