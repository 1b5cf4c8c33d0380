using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>How far a load is, or came. Records are those of the file that are done with, refused and skipped ones included.</summary>
/// <param name="SkippedOrders">Orders that were known already, from elsewhere than this load.</param>
internal sealed record LoadProgress(long Records, long Orders, long Lines, long SkippedOrders, long Refused)
{
    public static LoadProgress None { get; } = new(0, 0, 0, 0, 0);
}

/// <summary>What a load came to.</summary>
/// <param name="Before">Where it went on from, if it was begun before.</param>
/// <param name="IsNew">False: all of it was loaded before, and nothing was changed.</param>
/// <param name="IsComplete">False: it was stopped; the same load goes on from there.</param>
internal sealed record LoadOutcome(LoadProgress Before, LoadProgress After, bool IsNew, bool IsComplete);

/// <summary>
/// Loads history in pieces, each in a transaction together with how far the load has come: whatever ends it, the same load goes on from
/// there, and what comes out is the same. Between two pieces a running shop's writes get their turn. The next piece is read while one is
/// being written, so two are in memory.
/// </summary>
internal sealed class SalesLoader(Database database, TimeProvider time)
{
    /// <summary>Lines in one transaction.</summary>
    public int ChunkLines { get; init; } = 50_000;

    // Another process that waits for its turn to write looks every 100 ms at the latest.
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Is told after each piece.</summary>
    public Action<LoadProgress>? Progressed { get; init; }

    /// <summary>Is told the refused rows of each piece, by line and reason.</summary>
    public Action<IReadOnlyList<(long Line, string Reason)>>? Refused { get; init; }

    /// <summary>Loads all that is not loaded yet, until it is told to stop: then the piece under way is finished.</summary>
    public async ValueTask<Result<LoadOutcome>> Load(HistorySource source, CancellationToken stop = default)
    {
        var begun = await database.Write(session => Begin(session, source), isRepeatable: true, CancellationToken.None);
        if (!begun.Ok)
        {
            return begun.Problem;
        }

        var (load, before, startedAt, finished) = begun.Value;
        using var rows = source.Rows(DateTimeOffset.FromUnixTimeMilliseconds(startedAt)).GetEnumerator();
        if (!await TellAgain(rows, load, source.Book, before, finished, stop) || finished)
        {
            return new LoadOutcome(before, before, IsNew: !finished, IsComplete: finished && !stop.IsCancellationRequested);
        }

        var progress = before;
        var isMore = rows.MoveNext();
        var next = Chunk(rows, ref isMore);
        while (next.Count > 0)
        {
            if (stop.IsCancellationRequested)
            {
                return new LoadOutcome(before, progress, IsNew: true, IsComplete: false);
            }

            var (chunk, from) = (new SalesChunk(load, source.Book, next), progress);
            var writing = database.Write(session => Save(session, chunk, load, from), CancellationToken.None);
            next = Chunk(rows, ref isMore);
            var written = await writing;
            if (!written.Ok)
            {
                return written.Problem;
            }

            progress = written.Value;
            Refused?.Invoke(chunk.Refusals);
            Progressed?.Invoke(progress);
            await Task.Delay(Pause, time, CancellationToken.None);
        }

        var ended = await database.Write<bool>(
            async session => await session.Execute(
                "update sales_load set finished_at = @now where key = @key", ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("@key", load)) == 1,
            isRepeatable: true,
            CancellationToken.None);
        return ended.Ok ? new LoadOutcome(before, progress, IsNew: true, IsComplete: true) : ended.Problem;
    }

    private async ValueTask<Result<(long Key, LoadProgress Progress, long StartedAt, bool Finished)>> Begin(DbSession session, HistorySource source)
    {
        await Locks.SalesLoad(session);
        var known = await session.Query(
            "select key, records, orders, lines, skipped_orders, refused, started_at, finished_at from sales_load where fingerprint = @fingerprint",
            row => (row.GetInt64(0), new LoadProgress(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), row.GetInt64(6), !row.IsDBNull(7)),
            ("@fingerprint", source.Fingerprint));
        if (known.Count > 0)
        {
            return known[0];
        }

        var key = 1 + (await session.Integer("select max(key) from sales_load") ?? 0);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await session.Execute(
            """
            insert into sales_load (key, fingerprint, name, book, started_at, records, orders, lines, skipped_orders, refused)
            values (@key, @fingerprint, @name, @book, @now, 0, 0, 0, 0, 0)
            """,
            ("@key", key),
            ("@fingerprint", source.Fingerprint),
            ("@name", source.Name),
            ("@book", source.Book),
            ("@now", now));
        return (key, LoadProgress.None, now, false);
    }

    // The part that is done with is read, not written: what was refused of it is told again. False: stopped before its end.
    private async ValueTask<bool> TellAgain(IEnumerator<HistoryRow> rows, long load, int book, LoadProgress before, bool finished, CancellationToken stop)
    {
        var (left, told) = (before.Records, 0L);
        var currencies = new HashSet<string>(StringComparer.Ordinal);
        while (left > 0 && !(finished && told == before.Refused))
        {
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            var piece = new List<HistoryRow>();
            for (; piece.Count < Math.Min(left, ChunkLines) && rows.MoveNext(); currencies.Add(rows.Current.Currency?.Code ?? ""))
            {
                piece.Add(rows.Current);
            }

            left = piece.Count == 0 ? 0 : left - piece.Count;
            currencies.Remove("");
            var chunk = new SalesChunk(load, book, piece);
            var refused = await database.Read(session => chunk.RefusedBefore(session, currencies.Count > 1), CancellationToken.None);
            told += refused.Count;
            Refused?.Invoke(refused);
            Progressed?.Invoke(before);
        }

        return true;
    }

    // The lines of an order that lie together stay together, unless they are very many. Rows is always one ahead.
    private List<HistoryRow> Chunk(IEnumerator<HistoryRow> rows, ref bool isMore)
    {
        var chunk = new List<HistoryRow>(ChunkLines);
        while (isMore && (chunk.Count < ChunkLines || (chunk[^1].OrderId == rows.Current.OrderId && chunk.Count < 2 * ChunkLines)))
        {
            chunk.Add(rows.Current);
            isMore = rows.MoveNext();
        }

        return chunk;
    }

    private static async ValueTask<Result<LoadProgress>> Save(DbSession session, SalesChunk chunk, long load, LoadProgress from)
    {
        await Locks.SalesLoad(session);
        session.TakeTime();
        var to = await chunk.Save(session, from);
        var updated = await session.Execute(
            """
            update sales_load set records = @records, orders = @orders, lines = @lines, skipped_orders = @skipped, refused = @refused
            where key = @key and records = @from and finished_at is null
            """,
            ("@records", to.Records),
            ("@orders", to.Orders),
            ("@lines", to.Lines),
            ("@skipped", to.SkippedOrders),
            ("@refused", to.Refused),
            ("@key", load),
            ("@from", from.Records));
        return updated == 1 ? to : Problem.Conflict("Another process is loading the same: let it finish, or stop it, then try again.");
    }
}
