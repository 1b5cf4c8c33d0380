using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>The keys of a piece's new sales. SQLite tells with each insert whether the sale is new; PostgreSQL is asked once for all of them.</summary>
internal sealed class SaleKeys
{
    private readonly HashSet<string>? _known;
    private readonly Queue<long> _free = [];
    private long _last;

    private SaleKeys(HashSet<string>? known) => _known = known;

    /// <summary>What follows the insert. PostgreSQL has the whole piece run again when another was faster, and then it knows.</summary>
    public string OnConflict => _known is null ? " on conflict (external_id) do nothing" : "";

    public static async ValueTask<SaleKeys> Of(DbSession session, IReadOnlyList<HistoryRow> rows)
    {
        if (!session.IsPostgres)
        {
            return new SaleKeys(null) { _last = await session.Integer("select max(key) from sale") ?? 0 };
        }

        var ids = rows.Where(row => row.Refusal is null).Select(row => row.OrderId).Distinct(StringComparer.Ordinal).ToArray();
        var known = await session.Query("select external_id from sale where external_id = any(@ids)", row => row.GetString(0), ("@ids", ids));
        var keys = new SaleKeys(known.ToHashSet(StringComparer.Ordinal));
        foreach (var key in await session.Query(
            "select nextval(pg_get_serial_sequence('sale', 'key')) from generate_series(1, @count)",
            row => row.GetInt64(0),
            ("@count", ids.Length - known.Count)))
        {
            keys._free.Enqueue(key);
        }

        return keys;
    }

    /// <summary>Inserts the sale, whose key is the first parameter; null when it is there already.</summary>
    public async ValueTask<long?> TryInsert(BulkStatement insert, string externalId)
    {
        if (insert is SqliteBulk sqlite)
        {
            insert.Bind(1, _last + 1);
            return sqlite.RunNow() == 1 ? ++_last : null;
        }

        if (_known!.Contains(externalId))
        {
            return null;
        }

        var key = _free.Dequeue();
        await insert.Bind(1, key).Run();
        return key;
    }
}
