// Longer than most: what is seen of a turn is one state, drawn and changed under one lock.
using System.Text;
using Cartwright.Chat.Charts;
using Cartwright.Chat.Conversations;
using Cartwright.Chat.Models;

namespace Cartwright.Chat.Terminal;

/// <summary>Shows a turn while it goes on: the answer as it comes, the calls of tools, what was used.</summary>
internal sealed class TurnView(Screen screen, TimeProvider time, bool quiet)
{
    private const int ChartLines = 5;
    private const string Spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(80);

    /// <summary>The unfinished part is drawn at most this often; the eye sees no more. What takes long to draw is drawn less often.</summary>
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(25);

    /// <summary>After so long without anything new, the spinner says that something is under way.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(400);

    private readonly Lock _gate = new();
    private readonly MarkdownStream _text = new(screen.Canvas);
    private readonly StringBuilder _finished = new();
    private readonly Dictionary<int, ToolCall> _asked = [];
    private readonly SortedDictionary<int, CallStarted> _running = [];
    private readonly List<CallRecord> _calls = [];
    private readonly long _began = time.GetTimestamp();
    private long _drawn = -1;
    private TimeSpan _pause = Frame;
    private long _heard = time.GetTimestamp();
    private string _waiting = "";
    private Part _part = Part.None;
    private Func<IReadOnlyList<Row>>? _question;

    /// <summary>What stands last on the screen; between different parts there is an empty line.</summary>
    private enum Part
    {
        None,
        Text,
        Calls,
        Note,
    }

    /// <summary>Series and rankings are drawn below the call that they came from.</summary>
    public bool HasCharts { get; init; } = true;

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<CallRecord> Calls => _calls;

    /// <summary>Shows the events until they end or are cancelled; what was shown stays.</summary>
    public async Task Run(IAsyncEnumerable<ChatEvent> events, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ticking = screen.Area is null ? Task.CompletedTask : TickUntil(over.Token);
        try
        {
            await foreach (var happened in events.WithCancellation(cancellation))
            {
                lock (_gate)
                {
                    Take(happened);
                }
            }
        }
        finally
        {
            await over.CancelAsync();
            await ticking;
            lock (_gate)
            {
                EndText();
                _running.Clear();
                (_waiting, _question) = ("", null);
                var last = _finished.ToString();
                _finished.Clear();
                screen.Print(last);
                screen.Area?.Keep();
            }
        }
    }

    /// <summary>Shows a question below everything while it is put; then a line about its answer, if there is one.</summary>
    /// <param name="above">Lines about it that stay, or nothing.</param>
    /// <param name="question">The rows for the width that the terminal has when they are drawn.</param>
    public async Task<T> Ask<T>(string above, Func<IReadOnlyList<Row>> question, Func<Task<T>> answer, Func<T, string?> line)
    {
        lock (_gate)
        {
            EndText();
            if (above.Length > 0)
            {
                Begin(Part.Calls);
                _finished.Append(above);
            }

            _question = question;
            Draw();
        }

        try
        {
            var answered = await answer();
            lock (_gate)
            {
                if (line(answered) is { } said)
                {
                    Begin(Part.Calls);
                    _finished.Append(said).Append('\n');
                }
            }

            return answered;
        }
        finally
        {
            lock (_gate)
            {
                _question = null;
                Draw();
            }
        }
    }

    private void Take(ChatEvent happened)
    {
        _heard = time.GetTimestamp();
        _waiting = "";
        switch (happened)
        {
            case TextDelta delta:
                Add(SafeText.Clean(delta.Text));
                return;
            case CallsAsked asked:
                EndText();
                foreach (var call in asked.Calls)
                {
                    _asked[_asked.Count + 1] = call;
                }

                break;
            case CallStarted started:
                EndText();
                _running[started.Number] = started;
                break;
            case CallFinished finished:
                Finish(finished);
                break;
            case RetryWaiting retry:
                _waiting = $"{SafeText.Line(retry.Reason, 200)}; asking again in {ToolLine.Duration(retry.Wait)}";
                _heard += (long)(retry.Wait.TotalSeconds * time.TimestampFrequency);
                break;
            case RoundLimitReached limit:
                Note(screen.Paint.Warning($"Stopped after {limit.Rounds} rounds of tool calls. Say \"go on\" to let it go on."));
                break;
            case TurnFailed failed:
                screen.HasFailed = true;
                Note(screen.Paint.Bad(SafeText.Clean(failed.Advice)));
                break;
            case TurnEnded { Usage: { } usage } when !quiet:
                Note(screen.Paint.Dim(Usage(usage)));
                break;
            default:
                break;
        }

        Draw();
    }

    private void Add(string text)
    {
        if (_part != Part.Text)
        {
            text = text.TrimStart('\n', ' ');
            if (text.Length == 0)
            {
                return;
            }

            Begin(Part.Text);
        }

        _finished.Append(_text.Add(text));
        if (_drawn < 0 || _finished.Length > 0 || time.GetElapsedTime(_drawn) >= _pause)
        {
            Draw();
        }
    }

    private void Finish(CallFinished finished)
    {
        EndText();
        var call = _asked.GetValueOrDefault(finished.Number) ?? new ToolCall("", "?", "");
        if (_running.Remove(finished.Number, out var started))
        {
            call = new ToolCall(started.Id, started.Tool, started.Arguments);
        }

        var record = new CallRecord(finished.Number, call.Tool, call.Arguments, finished.Outcome, finished.Took, finished.Bytes, finished.CutTo);
        _calls.Add(record);
        if (quiet)
        {
            return;
        }

        Begin(Part.Calls);
        _finished.Append(ToolLine.Finished(record, screen)).Append('\n');
        if (HasCharts && !finished.Outcome.Failed)
        {
            AddCharts(finished);
        }
    }

    private void AddCharts(CallFinished finished)
    {
        foreach (var chart in ChartFinder.Find(finished.Outcome.Structured))
        {
            foreach (var line in Chart.Draw(chart, screen.Canvas.Width - 4, chart.IsSeries ? 1 : ChartLines, screen.Canvas))
            {
                _finished.Append("    ").Append(line).Append('\n');
            }
        }
    }

    private void Note(string line)
    {
        EndText();
        Begin(Part.Note);
        _finished.Append(screen.Fold(line)).Append('\n');
    }

    private void Begin(Part part)
    {
        if (_part != Part.None && _part != part)
        {
            _finished.Append('\n');
        }

        _part = part;
    }

    private void EndText() => _finished.Append(_text.End());

    private async Task TickUntil(CancellationToken over)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                lock (_gate)
                {
                    if (time.GetElapsedTime(_drawn) >= _pause)
                    {
                        Draw();
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The turn is over.
        }
    }

    private void Draw()
    {
        var began = time.GetTimestamp();
        var finished = _finished.ToString();
        _finished.Clear();
        if (screen.Area is not null)
        {
            var rows = Rows();
            screen.Print(finished, rows, _question is null ? null : (rows.Count - 1, rows[^1].Width));
        }
        else
        {
            screen.Print(finished);
        }

        _drawn = time.GetTimestamp();
        _pause = Frame + (3 * time.GetElapsedTime(began, _drawn));
    }

    private List<Row> Rows()
    {
        var (canvas, paint) = (screen.Canvas, screen.Paint);
        if (_question is not null)
        {
            return [new Row("", 0), .. _question()];
        }

        var rows = new List<Row>(_text.Unfinished());
        if (_running.Count > 0)
        {
            rows.AddRange(_part is not (Part.None or Part.Calls) ? [new Row("", 0)] : []);
            rows.AddRange(_running.Values.Select(call => Ansi(ToolLine.Running(SpinnerMark(), call.Tool, call.Arguments, canvas.Width, paint))));
        }
        else if (paint.IsOn && (_part != Part.Text || time.GetElapsedTime(_heard) > Silence))
        {
            var seconds = (int)time.GetElapsedTime(_began).TotalSeconds;
            var text = _waiting.Length > 0 ? _waiting : $"thinking{(seconds > 1 ? $", {seconds} s" : "")}";
            rows.AddRange(_part != Part.None ? [new Row("", 0)] : []);
            rows.Add(Ansi($"{paint.Accent(SpinnerMark())} {paint.Dim(CellWidth.Cut(text, canvas.Width - 2))}"));
        }

        return rows;
    }

    private string SpinnerMark()
    {
        var frames = screen.Canvas.Unicode ? Spinner : "-\\|/";
        return screen.Paint.IsOn ? frames[(int)(time.GetElapsedTime(_began).TotalMilliseconds / Tick.TotalMilliseconds) % frames.Length].ToString() : "-";
    }

    private string Usage(TokenUsage usage)
    {
        var cost = usage.Cost is { } value ? $", cost {value.ToString(value >= 0.1m ? "0.00" : "0.######")}" : "";
        return $"{usage.Input:N0} tokens in, {usage.Output:N0} out{cost}, {ToolLine.Duration(time.GetElapsedTime(_began))}";
    }

    private static Row Ansi(string text) => new(text, AnsiText.Width(text));
}
