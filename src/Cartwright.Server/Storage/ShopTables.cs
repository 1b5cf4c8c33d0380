namespace Cartwright.Server.Storage;

/// <summary>The tables of a shop, for what goes through all of them: move, backup, restore.</summary>
internal static class ShopTables
{
    // Parents before what refers to them. The search index is not among them: each engine has its own, and it is made anew.
    private static readonly string[] Order =
    [
        "secret", "ended_session", "session_subscription", "store", "facet", "facet_value", "product", "product_facet", "image", "cart", "cart_line", "conversation",
        "idempotency", "orders", "order_line", "order_attempt", "order_refund", "order_event", "webhook_receipt", "sandbox_transaction",
        "sandbox_refund", "sandbox_step", "sandbox_delivery", "sales_product", "sales_load", "sale", "sale_line", "sale_refund", "sales_day",
        "sales_day_product", "sales_block",
    ];

    /// <summary>Those that the database has; an older schema has fewer.</summary>
    public static async ValueTask<IReadOnlyList<string>> Of(SqliteSession session)
    {
        var all = await session.Query(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'product_search%' and name <> 'schema_version'",
            row => row.GetString(0));
        return all.Except(Order, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new InvalidOperationException($"The table {unknown} is missing in the list of tables to copy.")
            : [.. Order.Where(all.Contains)];
    }

    /// <summary>Whether a table of PostgreSQL has the name of one that a shop's schema makes.</summary>
    public static bool IsOwn(string name) => name is "schema_version" or "product_search" || Order.Contains(name, StringComparer.Ordinal);

    /// <summary>
    /// The rows of a table on SQLite that can go to PostgreSQL, for a from clause: all of them, but for idempotency keys with NUL in them.
    /// PostgreSQL keeps no such text; two of them could become one; nobody can use them any more, and they expire.
    /// </summary>
    public static string Portable(string table) => table == "idempotency" ? "idempotency where instr(key, char(0)) = 0" : table;

    /// <summary>The columns of a table; types are text, bytea, and whole numbers of whatever name.</summary>
    public static async ValueTask<IReadOnlyList<(string Name, string Type)>> Columns(SqliteSession session, string table) => await session.Query(
        $"select name, lower(type) from pragma_table_info('{table}') order by cid", row => (row.GetString(0), row.GetString(1)));

    /// <summary>How many rows the tables have in all.</summary>
    public static async ValueTask<long> Count(DbSession session, IReadOnlyList<string> tables)
    {
        var all = 0L;
        foreach (var table in tables)
        {
            all += await session.Integer($"select count(*) from {table}") ?? 0;
        }

        return all;
    }

    /// <summary>Rows, money, pieces and bytes, in both databases: the first difference, or null.</summary>
    /// <param name="source">What was copied.</param>
    /// <param name="copy">What came of it.</param>
    /// <param name="schema">Whichever of them is on SQLite.</param>
    /// <param name="tables">The tables to compare.</param>
    /// <param name="cancellation">Heard between two tables.</param>
    public static async ValueTask<Problem?> Compare(
        DbSession source, DbSession copy, SqliteSession schema, IReadOnlyList<string> tables, CancellationToken cancellation)
    {
        foreach (var table in tables)
        {
            cancellation.ThrowIfCancellationRequested();
            var sums = (await Columns(schema, table)).Where(IsSummed).Select(column => column.Type == "bytea" ? $"length({column.Name})" : column.Name);
            string From(DbSession session) => copy.IsPostgres && !session.IsPostgres ? Portable(table) : table;
            string Sql(DbSession session) => $"select {string.Join(" || ' ' || ", sums.Select(column => $"coalesce(sum({column}), 0)").Prepend("count(*)").Select(sum => $"cast({sum} as text)"))} from {From(session)}";
            var (here, there) = (await source.First(Sql(source), row => row.GetString(0)), await copy.First(Sql(copy), row => row.GetString(0)));
            if (here != there)
            {
                return Problem.Unavailable($"The table {table} came out different (rows and sums {here}, in the copy {there}): there is no copy. Please report this.");
            }
        }

        return null;

        static bool IsSummed((string Name, string Type) column) =>
            column.Type == "bytea"
            || column.Name.EndsWith("_minor", StringComparison.Ordinal)
            || (column.Name is "quantity" or "units" or "stock" or "orders" && column.Type == "bigint");
    }
}
